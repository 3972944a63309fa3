"""The page on the wall: fed from Redis alone, it shows figures and never computes them."""

from wallboard.app import create_wallboard
from wallboard.server import BoardServer, CannotServe
from wallboard.site import Site

__all__ = ["BoardServer", "CannotServe", "Site", "create_wallboard"]

"""The page on the wall: fed from Redis alone, it shows figures and never computes them."""

from wallboard.app import create_wallboard
from wallboard.server import BoardServer, CannotServe, serve

__all__ = ["BoardServer", "CannotServe", "create_wallboard", "serve"]

"""The wallboard's configuration: which figures it shows, in which order, and from where they are amber or red."""

from sla.board.book import load_board
from sla.board.limits import level_of
from sla.board.tiles import tiles_for

__all__ = ["level_of", "load_board", "tiles_for"]

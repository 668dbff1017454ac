"""Where the shelves of this site are."""

from .files import Folder, Shelf, room

__all__ = ["Shelf", "room", "store"]


def store() -> Folder:
    """The store of this site."""
    return Folder()

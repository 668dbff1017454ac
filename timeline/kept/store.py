"""Where the shelves of this site are: in Valkey when one is named, else in a folder of this machine."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from django.conf import settings

from .copies import Copy, Standing
from .files import Folder


class Shelf(Protocol):
    """Where copies lie that may be right."""

    name: str

    def find(self, address: str, coding: str) -> Copy | None: ...

    def keep(
        self,
        address: str,
        standing: Standing,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        is_stream: bool = False,
    ) -> None: ...

    def is_right(self, copy: Copy, edition: int) -> None: ...


class Store(Protocol):
    """Shelves, of which one at most is up."""

    @property
    def is_away(self) -> bool: ...

    def look(self, name: str, addresses: Sequence[str], coding: str) -> tuple[Shelf | None, Sequence[Copy | None]]: ...

    def put_up(self, name: str) -> None: ...

    def clear(self, but: str = "") -> None: ...

    def tell(self) -> None: ...


def store() -> Store:
    """The store of this site."""
    if not settings.CACHE_URL:
        return Folder()
    from . import valkey

    return valkey.Server()

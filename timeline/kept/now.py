"""The edition of now, as a process knows it that answers from copies; views always ask for themselves.

What was read within a second is believed, unless the store has heard of a new edition: on one machine that is at once.
Where there are several, the folder of another does not hear of it. With replicas nothing is believed, so that nobody
who saw an edition on one machine is shown an earlier one by another.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from timeline import replicas

from . import store

SECOND = 1.0


class Now(NamedTuple):
    """The number of the edition, and the name of the shelf for its answers."""

    version: int
    shelf: str


class _Known(NamedTuple):
    now: Now
    heard: int
    until: float


NOTHING = _Known(Now(0, ""), 0, 0.0)
_known = NOTHING


def shelf() -> str:
    """The name of the shelf, as far as this process knows; "" is not at all."""
    return _known.now.shelf


def now(heard: int) -> Now:
    """The edition of now; ``heard`` is what the store had heard before."""
    known = _known
    if heard == known.heard and time.monotonic() < known.until and not settings.REPLICAS:
        return known.now
    began = time.monotonic()
    replicas.allow()
    found = at_once(partial(replicas.newest, _ask)) or Now(0, "")
    _note(_Known(found, heard, began + SECOND))
    return found


def learn(shelf: str) -> None:
    """The name of the shelf, from who read it."""
    if shelf != _known.now.shelf:
        _note(_Known(Now(0, shelf), 0, 0.0))


def forget() -> None:
    """This process counts a new edition, or has just committed one."""
    global _known
    _known = _known._replace(until=0.0)


def _note(known: _Known) -> None:
    """Whoever sees that words were taken away, by another machine perhaps, clears the shelves of before."""
    global _known
    before, _known = _known, known
    if known.now.shelf != before.now.shelf:
        store.store().clear(but=known.now.shelf)


def at_once[Answer](ask: Callable[[], Answer]) -> Answer:
    """The first question of a request to the database, without one before it whether the connection still stands.

    When it did not, it is asked once more on a new one.
    """
    stood = connection.connection is not None
    connection.health_check_done = True  # type: ignore[attr-defined] # not in the stubs
    try:
        return ask()
    except (OperationalError, InterfaceError):
        if not stood or connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return ask()


def _ask() -> Now | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version, shelf FROM timeline_edition WHERE id = 1")
        found = cursor.fetchone()
    return Now(*found) if found else None

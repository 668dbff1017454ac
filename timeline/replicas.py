"""Replicas: which server of the database answers a reader, so that nobody goes back in time. DECISIONS 139.

An answer that only reads what is public may come from a replica (``DATABASE_REPLICA_URLS``), and all of it from one.
It is chosen when the edition is read. A replica without the newest edition that is known of is not asked; the primary,
which is written to, is always believed. Which edition is the newest the primary says; while that is away, what this
process has seen and what any replica has.

Django asks ``connections["default"]`` for everything; for one request it is the connection of the replica.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg.errors
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

REST = 0.1
"""Seconds for which a replica that lags or does not answer is not asked."""

AWAY = (OperationalError, InterfaceError)


class Numbered(Protocol):
    """An edition."""

    @property
    def version(self) -> int: ...


class _Reading(threading.local):
    """How the request of this thread reads."""

    is_allowed = False
    alias = ""
    """The replica that answers it; none while the primary does."""
    primary: Any = None
    """The connection whose place that of a replica has."""
    tried: frozenset[str] = frozenset()
    """Replicas that failed during this request."""


_this = _Reading()
_rests: dict[str, float] = {}
"""Until when replicas are left in peace, by their alias."""
_newest = 0
"""The highest edition that this process knows of."""


def connect() -> None:
    """Let no choice outlive its request; called once, when Django starts."""
    if settings.REPLICAS:
        for signal in (request_started, request_finished):
            signal.connect(leave, dispatch_uid="timeline.replicas")


def allow() -> None:
    """The request that begins only reads what is public."""
    leave()
    _this.is_allowed = bool(settings.REPLICAS)


def leave(**_signal: Any) -> None:
    """From now on this thread asks the primary."""
    _use("")
    _this.is_allowed, _this.tried = False, frozenset()


def newest[Edition: Numbered](read: Callable[[], Edition | None]) -> Edition | None:
    """What ``read`` finds, on the server that answers this request from now on."""
    if not _this.is_allowed or _this.alias:
        return read()
    least = _least()
    for alias in _candidates():
        edition = _ask(alias, read)
        if edition and edition.version >= least:
            note(edition.version)
            return edition
        _rests[alias] = time.monotonic() + REST
    _use("")
    edition = read()
    if edition:
        note(edition.version)
    _this.is_allowed = False
    return edition


def another(trouble: Exception) -> bool:
    """Whether a request that failed may begin anew, since it was a replica that failed it."""
    failed = _this.alias
    if not failed or isinstance(trouble.__cause__, psycopg.errors.QueryCanceled):
        return False
    _this.tried |= {failed}
    _was_lost(connections[failed])
    _use("")
    return True


@contextmanager
def primary() -> Iterator[None]:
    """Within the block the primary is asked, whoever answers this request."""
    alias = _this.alias
    _use("")
    try:
        yield
    finally:
        _use(alias)


def note(version: int) -> None:
    """There is an edition of this number: no reader gets an earlier one from a replica any more."""
    global _newest
    _newest = max(_newest, version)


def edition_of(alias: str) -> int | None:
    """The number of the edition that a replica has; None when it does not answer."""
    found = _ask(alias, _version)
    _use("")
    return found


def _use(alias: str) -> None:
    if _this.alias == alias:
        return
    if not _this.alias:
        _this.primary = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[alias] if alias else _this.primary
    _this.alias = alias


def _least() -> int:
    """The newest edition that is known of."""
    there = _ask("", _version)
    if there is None:
        there = max((_ask(alias, _version) or 0 for alias in settings.REPLICAS if alias not in _this.tried), default=0)
    return max(_newest, there)


def _version() -> int:
    """The number of the edition on the server that is in use."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT version FROM timeline_edition WHERE id = 1")
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def _candidates() -> list[str]:
    """The replicas that may be asked now, in any order: so each has its share."""
    now = time.monotonic()
    fit = [alias for alias in settings.REPLICAS if alias not in _this.tried and _rests.get(alias, 0) <= now]
    return random.sample(fit, len(fit))


def _ask[Found](alias: str, read: Callable[[], Found]) -> Found | None:
    """What a server answers; None when it does not. A connection that was lost meanwhile is made anew once."""
    _use(alias)
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.health_check_done = True  # this question is one
    try:
        return read()
    except AWAY:
        if not _was_lost(connection):
            return None
    try:
        return read()
    except AWAY:
        return None


def _was_lost(connection: Any) -> bool:
    """Whether a connection broke off, as one does that was kept while its server went; then it is let go of."""
    lost = connection.connection is not None and connection.connection.closed
    if lost:
        connection.close()
    return bool(lost)

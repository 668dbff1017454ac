"""Shelves in Valkey, or in Redis, which several machines share (``CACHE_URL``).

One key says which shelf is up. Whoever clears it deletes that key in one act of the server, then its copies; a copy is
put there only while its shelf is up, in one act too. What nobody has asked for longest goes when ``maxmemory`` is
reached (``allkeys-lru``), and all after a week.

A server that is away is left in peace for a second after each failure. What could not be cleared there is on a shelf
whose name nobody looks for: the row of the edition has another one.
"""

import functools
import hashlib
import json
import logging
import re
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from valkey import Valkey
from valkey.backoff import NoBackoff
from valkey.exceptions import ConnectionError as NotReachedError
from valkey.exceptions import ValkeyError
from valkey.retry import Retry

from .copies import MOST, Copy, Standing, as_said, bodies, chosen, readable, said

PATIENCE = 0.2
"""Seconds that a server may take to answer; it is beside us."""

PAUSE = 1.0
"""Seconds after a failure in which it is not asked."""

WEEK = 7 * 24 * 3600

FIELDS = ("edition", "seen", "head")
PLAIN = "plain"
"""The field of a body that is not compressed; others are named by their coding."""

PUT_UP = """
local before = redis.call('GET', KEYS[1])
if before == ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return before or 0
"""
CLEAR = """
local name = redis.call('GET', KEYS[1])
if not name or name == ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return name
"""
FORGET = """
local keys = redis.call('SPOP', KEYS[1], 1000)
for _, key in ipairs(keys) do redis.call('UNLINK', key) end
return #keys
"""
KEEP = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('UNLINK', KEYS[3])
redis.call('HSET', KEYS[3], unpack(ARGV, 3))
redis.call('EXPIRE', KEYS[3], ARGV[2])
redis.call('SADD', KEYS[2], KEYS[3])
redis.call('EXPIRE', KEYS[2], ARGV[2])
return 1
"""
RIGHT = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'edition', ARGV[1], 'seen', ARGV[2])
return redis.call('EXPIRE', KEYS[1], ARGV[3])
"""

logger = logging.getLogger(__name__)
_rests_until = 0.0


class Server:
    """The store that several machines share."""

    @property
    def is_away(self) -> bool:
        """Whether it did not answer a moment ago."""
        return time.monotonic() < _rests_until

    def look(self, name: str, addresses: Sequence[str], coding: str) -> "tuple[Shelf | None, list[Copy | None]]":
        """The shelf of this name, or any for who knows no name, if it is up, and what is there: asked at once."""
        shelf: Shelf | None = None
        found: list[Copy | None] = [None] * len(addresses)
        if self.is_away:
            return shelf, found
        with _without_failing():
            name = name or (_client().get(_key("up")) or b"").decode()
            asking = _client().pipeline(transaction=False)
            asking.mget(_key("up"), _key("news"))
            for address in addresses:
                asking.hmget(_place(name, address), [*FIELDS, coding or PLAIN])
            (up, news), *rows = asking.execute()
            if name and up == name.encode():
                shelf = Shelf(name, int(news or 0))
                found = [shelf.copy(address, coding, row) for address, row in zip(addresses, rows, strict=True)]
        return shelf, found

    def put_up(self, name: str) -> None:
        """Begin to keep. Whoever calls this holds the lock of the edition, whose shelf has this name."""
        with _without_failing():
            if before := _client().eval(PUT_UP, 1, _key("up"), name):
                _forget(before.decode())

    def clear(self, but: str = "") -> None:
        """Forget all that is kept, at once and for good, or all of other shelves than one."""
        try:
            if before := _client().eval(CLEAR, 1, _key("up"), but):
                _forget(before.decode())
        except ValkeyError:
            _rest()
            logger.critical("Kept answers could not be removed; their shelf is not looked at any more.", exc_info=True)

    def tell(self) -> None:
        """There is a new edition."""
        with _without_failing():
            _client().incr(_key("news"))


class Shelf:
    """Copies in Valkey, each a hash."""

    def __init__(self, name: str, heard: int) -> None:
        self.name, self.heard = name, heard

    def find(self, address: str, coding: str) -> Copy | None:
        """The copy of an answer, if there is a sound one, for a reader who takes ``coding``."""
        _shelf, (found,) = Server().look(self.name, [address], coding)
        return found

    def copy(self, address: str, coding: str, row: list[bytes | None]) -> Copy | None:
        """What a hash says."""
        edition, seen, text, body = row
        if edition is None or seen is None or text is None:
            return None
        head: dict[str, Any] = json.loads(text)
        there: dict[str, int] = head["bodies"]
        name = chosen(there, coding)
        if name is not None and name != coding:
            body = _client().hget(_place(self.name, address), name or PLAIN)
        if name is not None and (body is None or zlib.crc32(body) != there[name]):
            return None
        content, name = readable(body, name, coding) if name is not None and body is not None else (None, "")
        return Copy(
            address=address,
            edition=int(edition),
            coding=name,
            body=content,
            seen=float(seen),
            heard=self.heard,
            **as_said(head),
        )

    def keep(
        self,
        address: str,
        standing: Standing,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        is_stream: bool = False,
    ) -> None:
        """Keep an answer, or with ``body`` None the tag of one."""
        if len(body or b"") > MOST or Server().is_away:
            return
        kept = bodies(headers, body)
        checksums = {coding: zlib.crc32(part) for coding, part in kept.items()}
        head = said(standing, headers, is_stream=is_stream) | {"bodies": checksums}
        fields: list[Any] = ["edition", standing.edition, "seen", time.time(), "head", json.dumps(head)]
        for coding, part in kept.items():
            fields += [coding or PLAIN, part]
        with _without_failing():
            keys = (_key("up"), _key(f"{self.name}:all"), _place(self.name, address))
            _client().eval(KEEP, 3, *keys, self.name, WEEK, *fields)

    def is_right(self, copy: Copy, edition: int) -> None:
        """Note for which edition a copy was found right, now and then at least."""
        if copy.is_settled(edition):
            return
        with _without_failing():
            _client().eval(RIGHT, 1, _place(self.name, copy.address), edition, time.time(), WEEK)


def room() -> tuple[int, str]:
    """The bytes that the server may hold, 0 for any number, and what goes when it is full. Raises ``ValkeyError``."""
    memory = _client().info("memory")
    return memory["maxmemory"], memory["maxmemory_policy"]


@functools.cache
def _client() -> Any:
    """A pool of connections; each process and thread has its own."""
    address = re.sub(r"^redis(s?://)", r"valkey\1", settings.CACHE_URL)
    return Valkey.from_url(
        address,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 1),  # a connection that was kept while the server was started anew
        retry_on_error=[NotReachedError],
    )


@contextmanager
def _without_failing() -> Iterator[None]:
    """What is asked within the block may be left undone."""
    try:
        yield
    except (ValkeyError, ValueError, KeyError):  # the last two: what is there is none of ours
        _rest()


def _rest() -> None:
    global _rests_until
    _rests_until = time.monotonic() + PAUSE


def _forget(name: str) -> None:
    """Take away the copies of a shelf that is not up any more."""
    while _client().eval(FORGET, 1, _key(f"{name}:all")):
        pass


def _key(name: str) -> str:
    """A key of this site."""
    return f"nenpyo:{settings.BASE_URL}:{name}"


def _place(name: str, address: str) -> str:
    return _key(f"{name}:{hashlib.sha256(address.encode()).hexdigest()[:32]}")

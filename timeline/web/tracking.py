"""Tracking: what of an address only says where a reader came from; one list for our addresses and those of sources.

The list is ``tracking.toml``, which says where each name was seen. DECISIONS 124.
"""

import functools
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

LIST = Path(__file__).with_name("tracking.toml")


class Site(NamedTuple):
    """The names that one site gives a meaning: see ``tracking.toml``."""

    origin: frozenset[str]
    gift: frozenset[str]
    page: frozenset[str]


class Anywhere(NamedTuple):
    """What is tracking on every site: names, and what names begin with."""

    names: frozenset[str]
    beginnings: tuple[str, ...]


@functools.cache
def _read() -> dict[str, Any]:
    return tomllib.loads(LIST.read_text())


@functools.cache
def listed() -> Anywhere:
    """What is tracking on every site."""
    anywhere = _read()["anywhere"]
    return Anywhere(frozenset(anywhere["names"]), tuple(anywhere["beginnings"]))


@functools.cache
def sites() -> dict[str, Site]:
    """The sites of the list, by their domain."""
    names = _read()["sites"]
    return {domain: Site(*(frozenset(own.get(key, ())) for key in Site._fields)) for domain, own in names.items()}


def is_tracking(name: str, host: str = "") -> bool:
    """Whether a parameter says only where a reader came from; a ``host`` may have names of its own."""
    name, own = _plain(name), list(_sites_of(host))
    if any(name in site.page for site in own):
        return False
    anywhere = name in listed().names or name.startswith(listed().beginnings)
    return anywhere or any(name in site.origin for site in own)


def is_gift(name: str, host: str) -> bool:
    """Whether a parameter opens an article for who has no subscription."""
    name = _plain(name)
    return any(name in site.gift for site in _sites_of(host))


def without_tracking(query: str, host: str = "") -> tuple[str, list[str]]:
    """A query string without tracking, and the names taken out; what stays keeps its spelling and order."""
    kept: list[str] = []
    gone: list[str] = []
    for item in query.split("&") if query else ():
        name = unquote_plus(item.partition("=")[0])
        if is_tracking(name, host):
            gone.append(name)
        else:
            kept.append(item)
    return "&".join(kept) if gone else query, gone


def _plain(name: str) -> str:
    """A name as the list has it: programs escape the ``&`` before it, or add a second ``?``."""
    return name.lower().removeprefix("amp;").lstrip("?")


def _sites_of(host: str) -> Iterator[Site]:
    return (sites()[domain] for domain in _domains(host) if domain in sites())


def _domains(host: str) -> Iterable[str]:
    """A host and what it is below of."""
    labels = host.lower().split(".")
    return (".".join(labels[start:]) for start in range(len(labels) - 1))

"""What fits a search best first: by where its words stand, then key entries, then the latest event.

Entries whose headline and names have all the words come first, those where the headline alone has them before the
others; then those that need their summary, statements and figures for it, then quotations and what sources say,
then titles of sources (``search.query.ranked``). Each tier is a search of its own in an order that an index has,
so that a page stops looking when it is full.

DECISIONS 136 says why.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from timeline import search
from timeline.models import PublishedEntry
from timeline.models.querysets import ListPosition, PublishedEntryQuerySet

PLACE = re.compile(r"(after|before)\.([1-7])([kn])\.(\d{4}-\d{2}-\d{2})\.(\d)\.(\d{1,18})", re.ASCII)
"""Of an entry: its tier, whether it is a key entry, and where it stands in time."""

IN_TIME = re.compile(r"((after|before)\.)?\d{4}(-.*)?", re.ASCII)
"""A place in a list in the order of time, such as ``2021``: who asks for it wants that list."""

COLUMNS = ("entry_id", "is_key", "sort_date", "sort_rank", "period", "digest")


@dataclass(frozen=True)
class Place:
    """Just behind one entry of the order, or just before it."""

    tier: int
    is_key: bool
    position: ListPosition
    backwards: bool = False

    @classmethod
    def read(cls, text: str) -> "Place":
        """From the ``page`` parameter, as ``after.2k.2025-04-16.0.57``. Raises ValueError when it is no such place."""
        if not (match := PLACE.fullmatch(text)):
            raise ValueError(text)
        way, tier, weight, day, rank, entry = match.groups()
        position = ListPosition(date.fromisoformat(day), int(rank), int(entry))
        return cls(int(tier), weight == "k", position, way == "before")


def place_of(row: PublishedEntry) -> str:
    """Where a row of :func:`find` stands."""
    position = ListPosition(row.sort_date, row.sort_rank, row.pk)
    return f"{row.tier}{'k' if row.is_key else 'n'}.{position}"  # type: ignore[attr-defined] # from the query


def find(
    rows: PublishedEntryQuerySet, reading: search.Reading, limit: int, place: Place | None = None
) -> list[PublishedEntry]:
    """The first entries of ``rows`` that a search finds, or the first behind a place: one query.

    Each row has its ``tier``. Before a place they come in reverse: the nearest first.
    """
    backwards = place is not None and place.backwards
    parts: list[tuple[str, tuple[Any, ...]]] = []
    for tier, (text, is_key) in enumerate(reading.tiers(), 1):
        if place and (tier > place.tier if backwards else tier < place.tier):
            continue
        found = rows.matching(search.Question(text))
        if is_key is not None:
            found = found.filter(is_key=is_key)
        if place and tier == place.tier:
            found = found.beyond(place.position, is_key=place.is_key, backwards=backwards)
        sql, values = found.weightiest(backwards=backwards).values(*COLUMNS)[:limit].query.sql_with_params()
        parts.append((f"(SELECT {tier} AS tier, found.* FROM ({sql}) found)", values))  # noqa: S608 - made by Django
    if backwards:
        parts.reverse()
    # PostgreSQL asks one after the other, and only until it has enough.
    statement = f"{' UNION ALL '.join(sql for sql, _values in parts)} LIMIT {limit}"
    return list(PublishedEntry.objects.raw(statement, [value for _sql, values in parts for value in values]))

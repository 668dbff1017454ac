"""What fits a search best first: by where its words stand, then key entries, then the latest event.

Entries whose headline has all the words come first, whichever name it uses of somebody or something, then those that
need other names for it, then those that need their summary, statements and figures, then quotations and what sources
say, then titles of sources (``search.query.ranked``); in each the key entries before the others. Each tier is a search
of its own in an order that an index has, so that a page stops looking when it is full.

DECISIONS 136, 160 and 190 say why.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from timeline import search
from timeline.models import PublishedEntry
from timeline.models.querysets import VECTORS, ListPosition, PublishedEntryQuerySet
from timeline.public.language import foreign

PLACE = re.compile(r"(after|before)\.([1-7])([kn])\.(\d{4}-\d{2}-\d{2})\.(\d)\.(\d{1,18})", re.ASCII)
"""Of an entry: its tier, whether it is a key entry, and where it stands in time."""

NUMBERS = (1, 3, 5, 6, 7)
"""Of the tiers, as addresses have them. Older ones have 2 and 4 for what is no key entry of the first two."""

IN_TIME = re.compile(r"((after|before)\.)?\d{4}(-.*)?", re.ASCII)
"""A place in a list in the order of time, such as ``2021``: who asks for it wants that list."""

SHOWN = {"entry_id", "is_key", "sort_date", "sort_rank", "period", "digest"}
COLUMNS = tuple(field.attname for field in PublishedEntry._meta.concrete_fields if field.attname in SHOWN)
"""What a list needs to know of each row, in the order in which the model has it."""

TEXT = "'the text of a tier'"
"""Stands in the statement of all tiers for what differs between them."""

ORDER = ("is_key", "sort_date", "sort_rank", "entry_id")
"""Within a tier: the greatest first. An index has this order."""

UNPACKING = 3
"""How many times as long it takes to look at the words of a row as to fetch it: a vector is unpacked. The planner does
not know that; left to itself it looks through the whole table."""

MARGIN = 2
"""How many times as many rows are looked through as should fill a page; what is expected is a guess."""

MOST = 2_000
"""Rows that are looked through at first. Where more must be, the database may well expect too many: each word that is
in fewer entries than it notes it takes to be in every two hundredth."""

LARGE = 20_000
"""Entries in all from which on that can pay: to ask what is expected takes as long as to plan the search."""


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
        position = ListPosition(date.fromisoformat(day), int(rank), entry_id=int(entry))
        number = max(one for one in NUMBERS if one <= int(tier))
        return cls(number, weight == "k", position, way == "before")


def place_of(row: PublishedEntry) -> str:
    """Where a row of :func:`find` stands."""
    position = f"{row.sort_date.isoformat()}.{row.sort_rank}.{row.pk}"
    return f"{row.tier}{'k' if row.is_key else 'n'}.{position}"  # type: ignore[attr-defined] # from the query


def _tiers(reading: search.Reading) -> list[tuple[int, str]]:
    """The tiers of a search, the best first, each with its number and what the index is asked for."""
    return list(zip(NUMBERS, reading.tiers(), strict=True))


def find(
    rows: PublishedEntryQuerySet,
    reading: search.Reading,
    limit: int,
    place: Place | None = None,
    *,
    found: list[int] | None = None,
    among: int = 0,
) -> list[PublishedEntry]:
    """The first entries of ``rows`` that a search finds, or the first behind a place: one query, or two.

    Each row has its ``tier``. Before a place they come in reverse: the nearest first. Where all that match are
    ``found`` already, each of them is looked at. Where very many match ``among`` so many, the database is asked
    what it expects in each tier, and of a dense one the rows that come first are looked through before the others.
    """
    if found is not None:
        return _among(found, reading, limit, place)
    tiers = _tiers(reading)
    if place and place.backwards:
        tiers.reverse()
    matching = rows.matching(search.Question(TEXT), foreign()).order_by().values(*COLUMNS)
    sql, values = matching.query.sql_with_params()
    if place:
        tiers = [one for one in tiers if (one[0] <= place.tier if place.backwards else one[0] >= place.tier)]
    questions = [[text if value == TEXT else value for value in values] for _number, text in tiers]
    sizes = _sizes(sql, questions) if among >= LARGE else [0] * len(tiers)
    parts, parameters = [], []
    for (number, _text), asked, size in zip(tiers, questions, sizes, strict=True):
        for part, before, behind in _parts(sql, number, limit, place, _windows(size, among, limit)):
            parts.append(part)
            parameters += before + asked + behind
    # Statements sent together are one transaction, so the setting holds for the second only (see ``facets``).
    statement = f"SET LOCAL enable_seqscan = off; {' UNION ALL '.join(parts)} LIMIT {limit}"
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        cursor.nextset()
        return [_row(*found) for found in cursor.fetchall()]


# What a vector is joined to is unpacked once, and not for each tier; OFFSET 0 keeps that a step of its own.
AMONG = """
SELECT * FROM (
    SELECT CASE {tiers} END tier, {columns} FROM (
        SELECT {columns}, {vector} || '' vector FROM timeline_publishedentry WHERE entry_id = ANY(%s) OFFSET 0
    ) unpacked OFFSET 0
) found WHERE {beyond} ORDER BY {order} LIMIT {limit}
"""


def _among(found: list[int], reading: search.Reading, limit: int, place: Place | None) -> list[PublishedEntry]:
    """The first of a few entries, by a look at each of them."""
    backwards = place is not None and place.backwards
    tiers = _tiers(reading)
    parameters: list[Any] = [*(text for _number, text in tiers), found]
    beyond = "true"
    if place:
        sign, other = (">", "<") if backwards else ("<", ">")
        beyond = f"(tier {other} %s OR (tier = %s AND ({', '.join(ORDER)}) {sign} (%s, %s, %s, %s)))"
        at = place.position
        parameters += [place.tier, place.tier, place.is_key, at.sort_date, at.rank, at.entry_id]
    order = ", ".join(f"{column}{'' if backwards else ' DESC'}" for column in ORDER)
    statement = AMONG.format(
        vector=f"coalesce(vector_{foreign()}, vector)" if foreign() in VECTORS else "vector",
        tiers=" ".join(f"WHEN vector @@ %s::tsquery THEN {number}" for number, _text in tiers),
        columns=", ".join(COLUMNS),
        beyond=beyond,
        order=f"tier{' DESC' if backwards else ''}, {order}",
        limit=limit,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [_row(*one) for one in cursor.fetchall()]


def _sizes(sql: str, questions: list[list[Any]]) -> list[int]:
    """How many entries the database expects in each tier, by what it noted of all: one query, which looks at none."""
    each = " UNION ALL ".join([f"({sql})"] * len(questions))
    # What is shared among processes is expected in pieces, and in another order.
    statement = f"SET LOCAL max_parallel_workers_per_gather = 0; EXPLAIN (FORMAT JSON) {each}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for asked in questions for value in asked])
        cursor.nextset()
        (((explained,),),) = cursor.fetchall()
    plan = explained["Plan"]
    return [one["Plan Rows"] for one in (plan["Plans"] if len(questions) > 1 else [plan])]


def _windows(size: int, among: int, limit: int) -> list[int]:
    """How many rows to look through, and if these are too few, for what finds ``limit`` of ``size`` among so many.

    None where it is quicker to fetch all that the index of words has.
    """
    if size <= 0 or size * size <= UNPACKING * MARGIN * limit * among:
        return []
    first = MARGIN * limit * among // size
    return [first, 4 * first] if first <= MOST else []


def _parts(
    sql: str, number: int, limit: int, place: Place | None, windows: list[int]
) -> Iterator[tuple[str, list[Any], list[Any]]]:
    """What finds a tier, each with the parameters before and behind those of ``sql``.

    The rows of its first ``windows`` are looked through in its order before the index is asked for all others.
    """
    backwards = place is not None and place.backwards
    order = f"ORDER BY {', '.join(f'{column}{"" if backwards else " DESC"}' for column in ORDER)}"
    beyond, position = "true", []
    if place and place.tier == number:
        beyond = f"({', '.join(ORDER)}) {'>' if backwards else '<'} (%s, %s, %s, %s)"
        position = [place.is_key, place.position.sort_date, place.position.rank, place.position.entry_id]
    name = connection.ops.quote_name(PublishedEntry._meta.db_table)

    def part(found: str) -> str:
        found = f"SELECT * FROM ({found}) found WHERE {beyond} {order} LIMIT {limit}"  # noqa: S608 - names of ours
        return f"(SELECT {number} AS tier, found.* FROM ({found}) found)"  # noqa: S608 - as above

    seen = 0
    for last in windows:
        window = f"SELECT * FROM {name} WHERE {beyond} {order} LIMIT {last - seen} OFFSET {seen}"  # noqa: S608 - as above
        yield part(sql.replace(f" FROM {name}", f" FROM ({window}) {name}", 1)), position, position
        seen = last
    # OFFSET 0 hides order and limit from the planner, who would walk through the table for them.
    if not seen:
        yield part(f"{sql} OFFSET 0"), [], position
    else:
        window = f"SELECT entry_id FROM {name} WHERE {beyond} {order} LIMIT {seen}"  # noqa: S608 - as above
        yield part(f"{sql} AND {name}.entry_id NOT IN ({window}) OFFSET 0"), [], position * 2


def _row(tier: int, *values: Any) -> PublishedEntry:
    row = PublishedEntry.from_db(connection.alias, COLUMNS, values)
    row.tier = tier  # type: ignore[attr-defined] # where it was found
    return row

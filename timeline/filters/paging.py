"""A page of the chronological list: keyset paging and grouping by year and month.

The ``page`` parameter names a place, not a number, so the last page costs what the
first does and no link shifts when an entry is added: ``2021`` or ``2021-04`` (start
there), ``after.DATE.RANK.WEIGHT.ID`` and ``before.DATE.RANK.WEIGHT.ID`` (just past one entry). In a list of what fits
best first it is a place of that order (``relevance``).

DECISIONS 43 says why.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from timeline import edtf
from timeline.edtf.values import FIRST_YEAR, LAST_YEAR
from timeline.filters import ParameterProblem, Question, relevance
from timeline.filters.problems import quote
from timeline.filters.question import RELEVANCE
from timeline.models import PublishedEntry
from timeline.models.querysets import ListPosition
from timeline.search import Reading

PAGE_SIZE = 25
"""Entries on a page (DECISIONS 143)."""

CURSOR = re.compile(r"(after|before)\.(\d{4}-\d{2}-\d{2})\.(\d)\.(?:([012])\.)?(\d{1,18})", re.ASCII)
"""Addresses of before the order knew of weights have none."""
START = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)


@dataclass
class Month:
    """Entries of one month, or of a season, a quarter or a year when no month is known."""

    label: str
    id: str
    continued: bool
    gap: str = ""
    """The unresearched stretch between the month before on the page and this one, in words."""
    is_later: bool = False
    """Whether it begins below the first screen, as far as a view knows."""
    rows: list[PublishedEntry] = field(default_factory=list)


@dataclass
class Year:
    """Months of one year; ``continued`` when the page before already had part of it."""

    year: int
    id: str
    continued: bool
    months: list[Month] = field(default_factory=list)


@dataclass
class Listing:
    """One page: the rows, the same grouped, and the query strings of its neighbours.

    ``place_before`` and ``place_after`` are what ``page`` is in these; empty where there is none.
    """

    rows: list[PublishedEntry]
    years: list[Year]
    previous: str = ""
    next: str = ""
    is_first: bool = True
    place_before: str = ""
    place_after: str = ""


@dataclass(frozen=True)
class Place:
    """Where a page starts; ``backwards`` when it ends just before ``position``."""

    position: ListPosition
    backwards: bool = False


def read_place(text: str, newest_first: bool) -> Place:
    """Read the ``page`` parameter. Raises ValueError when it names no place."""
    if match := CURSOR.fullmatch(text):
        way, date, rank, weight, entry = match.groups()
        position = ListPosition(datetime.date.fromisoformat(date), int(rank), int(weight or 1), int(entry))
        return Place(position, backwards=way == "before")
    if match := START.fullmatch(text):
        year, month = int(match[1]), int(match[2] or 0)
        if not FIRST_YEAR <= year < LAST_YEAR:
            raise ValueError(text)
        if not newest_first:
            return Place(ListPosition(datetime.date(year, month or 1, 1)))
        after = datetime.date(year + 1, 1, 1) if month in (0, 12) else datetime.date(year, month + 1, 1)
        return Place(ListPosition(after))
    raise ValueError(text)


def asked_place(question: Question) -> Place | relevance.Place | None:
    """The place the ``page`` parameter names; a problem is added when there is no such place."""
    if not question.typed["page"]:
        return None
    try:
        if question.order == RELEVANCE:
            return relevance.Place.read(question.typed["page"])
        return read_place(question.typed["page"], question.newest_first)
    except ValueError:
        message = _("There is no page “%s”.") % quote(question.typed["page"])
        question.problems.append(ParameterProblem("page", message))
        return None


def list_entries(question: Question, size: int = PAGE_SIZE) -> Listing:
    """The page of ``question`` that its ``page`` parameter asks for: at most two queries.

    A page parameter that names no place adds a problem and shows the first page.
    """
    place = asked_place(question)
    if question.order == RELEVANCE and question.reading:
        ranked = place if isinstance(place, relevance.Place) else None
        return _best_first(question, question.reading, ranked, size)
    newest = question.newest_first
    if not isinstance(place, Place):
        rows = _rows(question, newest, size + 1)
        return _listing(question, rows[:size], group(rows[:size]), _position, later=len(rows) > size)
    # "Later in the list" is later in time, unless the newest comes first.
    later, earlier = ("before", "after") if newest else ("after", "before")
    if place.backwards:
        rows = _rows(question, not newest, size + 1, earlier, place.position)
        rows, has_before = list(reversed(rows[:size])), len(rows) > size
        neighbour = rows[0].sort_date if has_before else None
        return _listing(question, rows, group(rows, neighbour), _position, earlier=has_before, later=True)
    rows = _rows(question, newest, size + 1, later, place.position)
    rows, has_after = rows[:size], len(rows) > size
    edge = _position(rows[0]) if rows else place.position
    before = next(iter(_rows(question, not newest, 1, earlier, edge)), None)
    years = group(rows, before.sort_date if before else None)
    return _listing(question, rows, years, _position, earlier=before is not None, later=has_after)


def _rows(
    question: Question, newest_first: bool, limit: int, way: str = "", edge: ListPosition | None = None
) -> list[PublishedEntry]:
    """The first ``limit`` entries of the question, or those "before" or "after" the ``edge``: one query."""
    parts = [part.for_list() for part in question.in_time]
    if edge:
        parts = [getattr(part, way)(edge) for part in parts]
    first, *others = parts
    first = first.chronological(newest_first)[:limit]
    # The others are few: sought in the order of time, they would be looked for among all entries.
    return list(first.union(*others, all=True).chronological(newest_first)[:limit] if others else first)


def _best_first(question: Question, reading: Reading, place: relevance.Place | None, size: int) -> Listing:
    """A page of what fits best first, without headings: it is in no order of time. A query more, for the counts."""
    counts = question.counts
    if not counts.total:
        return Listing([], [])
    among = counts.everything if counts.capped else 0
    find = partial(relevance.find, question.others, reading, found=counts.found, among=among)
    found = find(size + 1, place)
    rows, earlier, later = found[:size], False, len(found) > size
    if place and place.backwards:
        rows, earlier, later = rows[::-1], later, True
    elif place and rows:
        edge = relevance.Place.read(f"before.{relevance.place_of(rows[0])}")
        earlier = bool(find(1, edge))
    return _listing(question, rows, [], relevance.place_of, earlier=earlier, later=later)


def _position(row: PublishedEntry) -> ListPosition:
    return ListPosition(row.sort_date, row.sort_rank, row.weight, row.pk)


def _listing(
    question: Question,
    rows: list[PublishedEntry],
    years: list[Year],
    place_of: Callable[[PublishedEntry], Any],
    *,
    earlier: bool = False,
    later: bool = False,
) -> Listing:
    listing = Listing(rows, years, is_first=not earlier)
    if rows and later:
        listing.place_after = f"after.{place_of(rows[-1])}"
        listing.next = question.query(page=listing.place_after)
    if rows and earlier:
        listing.place_before = f"before.{place_of(rows[0])}"
        listing.previous = question.query(page=listing.place_before)
    return listing


def group(rows: list[PublishedEntry], neighbour: datetime.date | None = None) -> list[Year]:
    """Rows under headings of year and month; ``neighbour`` is the date of the entry before."""
    years: list[Year] = []
    for row in rows:
        date = row.sort_date
        month, words = edtf.heading(date, row.sort_rank)
        if not years or years[-1].year != date.year:
            continued = not years and neighbour is not None and neighbour.year == date.year
            years.append(Year(date.year, f"y{date.year}", continued))
        months = years[-1].months
        identity = f"m{date.year}-{month:02}"
        if not months or months[-1].id != identity:
            label = words or _("Month not stated")
            continued = (
                len(years) == 1
                and not months
                and neighbour is not None
                and (neighbour.year, neighbour.month) == (date.year, month)
            )
            months.append(Month(label, identity, continued))
        months[-1].rows.append(row)
    return years

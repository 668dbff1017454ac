"""Coverage: which months have been researched, which have not, and what research left open.

A blank month that nobody has researched proves nothing, so readers are told. Months
are numbers, ``12 × year + month − 1``; ``coverage`` is what ``Edition.coverage`` holds,
``[[first day, last day]]`` as ISO 8601 text.
"""

import datetime
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from timeline import edtf
from timeline.models import Edition, PublishedEntry

from .language import said_here

Coverage = list[list[str]]
Stretch = tuple[int, int]
"""A first and a last month, inclusive."""


def month_of(date: datetime.date) -> int:
    """The number of the month of a day."""
    return date.year * 12 + date.month - 1


def first_day(month: int) -> datetime.date:
    """The first day of a month."""
    return datetime.date(month // 12, month % 12 + 1, 1)


def researched(coverage: Coverage) -> frozenset[int]:
    """Every month that lies in a researched stretch, at least with some of its days."""
    return _researched(tuple((first, last) for first, last in coverage))


def last_researched(coverage: Coverage) -> datetime.date | None:
    """The last day that has been researched, if that is kept."""
    return max((datetime.date.fromisoformat(last) for _first, last in coverage), default=None)


@lru_cache(maxsize=8)
def _researched(coverage: tuple[tuple[str, str], ...]) -> frozenset[int]:
    months: set[int] = set()
    for ends in coverage:
        first, last = (month_of(datetime.date.fromisoformat(text)) for text in ends)
        months.update(range(first, last + 1))
    return frozenset(months)


def gaps(coverage: Coverage, first: int, last: int) -> list[Stretch]:
    """The stretches between two months, both included, that have not been researched.

    Empty when no coverage is kept at all: then nothing is known of what is missing.
    """
    if not coverage:
        return []
    known = researched(coverage)
    return stretches(month for month in range(first, last + 1) if month not in known)


def summary(coverage: Coverage) -> str:
    """Where research begins and ends, and how much of it was done; nothing when no coverage is kept."""
    known = researched(coverage)
    if not known:
        return ""
    first, last = min(known), max(known)
    number = last - first + 1
    if len(known) == number:
        return _("Covers %s; every month is researched.") % words((first, last))
    sentence = _("Covers %(stretch)s; %(known)d of %(number)d months researched.")
    return sentence % {"stretch": words((first, last)), "known": len(known), "number": number}


def stretches(months: Iterable[int]) -> list[Stretch]:
    """Months in ascending order as unbroken stretches."""
    found: list[Stretch] = []
    for month in months:
        if found and found[-1][1] == month - 1:
            found[-1] = (found[-1][0], month)
        else:
            found.append((month, month))
    return found


def words(stretch: Stretch) -> str:
    """ "August 2019 – March 2025", "2021"."""
    return _words(*stretch, get_language() or "")


@lru_cache(maxsize=2048)
def _words(first: int, last: int, language: str) -> str:
    if first % 12 == 0 and last % 12 == 11:
        years = (f"{first // 12}", f"{last // 12}")
        return edtf.display(edtf.parse(years[0] if years[0] == years[1] else "/".join(years)))
    ends = (first_day(first).strftime("%Y-%m"), first_day(last).strftime("%Y-%m"))
    return edtf.display(edtf.parse(ends[0] if first == last else "/".join(ends)))


def open_questions(edition: Edition) -> list[dict[str, Any]]:
    """What research left open: question, note, and the document of the entry it goes on from, if that is public."""
    asked = {row["entry"] for row in edition.open_questions if row["entry"]}
    rows = PublishedEntry.objects.filter(pk__in=asked).with_documents()
    documents = {row.pk: row.document for row in said_here(rows)} if asked else {}
    return [{**row, "entry": documents.get(row["entry"])} for row in edition.open_questions]

"""Dates with a stated precision: their ends, their bounds, their place in the chronology."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

FIRST_YEAR = 1000
LAST_YEAR = 2100
MAX_LENGTH = len("2025-04-16%/2025-04-18%")
"""The longest canonical text."""


class Precision(StrEnum):
    """What the notation states: a unit of the calendar, a closed interval, or a half-open one."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    INTERVAL = "interval"
    OPEN = "open"


class EDTFError(ValueError):
    """A text that is not a date we accept; `str()` is the sentence for the person who typed it.

    `code` names the reason: empty, junk, year, month, day, weekday, no_year, ambiguous, reversed,
    dateline or open. `candidates` holds the possible readings of an ambiguous date, to offer as
    buttons.
    """

    def __init__(self, message: str, *, code: str, candidates: "Iterable[EDTF]" = ()) -> None:
        super().__init__(message)
        self.code = code
        self.candidates: tuple[EDTF, ...] = tuple(candidates)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """One calendar date, complete or reduced (EDTF Level 0), with its qualifier (Level 1).

    It cannot hold a date that does not exist or whose bounds would leave the calendar.
    """

    year: int
    month: int | None = None
    day: int | None = None
    approximate: bool = False
    uncertain: bool = False

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            message = _("The year %(year)d is outside %(first)d–%(last)d.") % {
                "year": self.year,
                "first": FIRST_YEAR,
                "last": LAST_YEAR,
            }
            raise EDTFError(message, code="year")
        if self.month is None:
            if self.day is not None:
                raise EDTFError(_("A day needs its month."), code="day")
            return
        if not 1 <= self.month <= 12:
            raise EDTFError(_("There is no month %(month)d.") % {"month": self.month}, code="month")
        if self.day is not None and not 1 <= self.day <= calendar.monthrange(self.year, self.month)[1]:
            raise EDTFError(_("There is no %(date)s.") % {"date": self.words()}, code="day")

    def __str__(self) -> str:
        qualifier = {(True, True): "%", (True, False): "~", (False, True): "?"}
        return self.unqualified + qualifier.get((self.approximate, self.uncertain), "")

    @property
    def unqualified(self) -> str:
        """The date without its qualifier: also a valid ISO 8601 date of the same precision."""
        if self.month is None:
            return f"{self.year:04}"
        if self.day is None:
            return f"{self.year:04}-{self.month:02}"
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

    @property
    def precision(self) -> Precision:
        if self.month is None:
            return Precision.YEAR
        return Precision.MONTH if self.day is None else Precision.DAY

    def words(self, *, year: bool = True) -> str:
        """The date in words without its qualifier: 16 April 2025, April 2025, 2025."""
        if self.month is None:
            return pgettext("date", "%(year)d") % {"year": self.year}
        if self.day is None:
            pattern = pgettext("date", "%(month)s %(year)d") if year else "%(month)s"
        elif year:
            pattern = pgettext("date", "%(day)d %(month)s %(year)d")
        else:
            pattern = pgettext("date", "%(day)d %(month)s")
        return pattern % {
            "day": self.day,
            "month": MONTHS[self.month],
            "year": self.year,
        }

    @property
    def first(self) -> date:
        """The first day it may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The last day it may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


@dataclass(frozen=True, slots=True)
class EDTF:
    """A date or an interval of dates. `None` is an open end; a single date has both ends equal."""

    start: PartialDate | None
    end: PartialDate | None

    def __post_init__(self) -> None:
        if self.start is None and self.end is None:
            raise EDTFError(_("An interval needs at least one date."), code="open")
        if self.start and self.end and self.end.last < self.start.first:
            raise EDTFError(_("The end is before the start."), code="reversed")

    def __str__(self) -> str:
        if self.is_single:
            return str(self.start)
        return f"{self.start or '..'}/{self.end or '..'}"

    @property
    def text(self) -> str:
        """The canonical EDTF string: what is stored, and what `parse` gives back unchanged."""
        return str(self)

    @property
    def ends(self) -> tuple[PartialDate, ...]:
        """The ends that are stated, one or two; a single date has one."""
        both = (self.start,) if self.is_single else (self.start, self.end)
        return tuple(end for end in both if end)

    @property
    def is_single(self) -> bool:
        """Whether it is one date (a day, a month or a year) and not an interval."""
        return self.start == self.end

    @property
    def precision(self) -> Precision:
        if self.start is None or self.end is None:
            return Precision.OPEN
        return self.start.precision if self.is_single else Precision.INTERVAL

    @property
    def approximate(self) -> bool:
        """Whether either end carries `~` or `%` (EDTF Level 1)."""
        return any(end.approximate for end in self.ends)

    @property
    def uncertain(self) -> bool:
        """Whether either end carries `?` or `%` (EDTF Level 1)."""
        return any(end.uncertain for end in self.ends)

    @property
    def lower(self) -> date | None:
        """The first day it may mean; None when the start is open."""
        return self.start.first if self.start else None

    @property
    def last(self) -> date | None:
        """The last day it may mean, inclusive; None when the end is open."""
        return self.end.last if self.end else None

    @property
    def upper(self) -> date | None:
        """The day after the last one, as in a half-open `daterange`; None when the end is open."""
        return self.last + timedelta(days=1) if self.last else None

    @property
    def financial_year(self) -> int | None:
        """The Japanese financial year it spans, April to March, named after its first year."""
        if self.start is None or self.end is None:
            return None
        ends = (self.start.unqualified, self.end.unqualified)
        year = self.start.year
        return year if ends == (f"{year:04}-04", f"{year + 1:04}-03") else None

    @property
    def sort_key(self) -> tuple[date, int]:
        """Where it stands in the chronology: `(sort_date, sort_rank)`. The rule:

        0. "by" (`../X`) stands at the last day of X, before what is stated for that day;
        1. days, intervals and open-ended `X/..` stand at their first day;
        2. a month stands at its last day, after every exact day in it;
        3. a year stands at its last day, after everything else in it.

        A qualifier changes nothing: about 16 April stands with 16 April.
        """
        if self.start is None:
            return self.ends[0].last, 0
        if self.precision is Precision.MONTH:
            return self.start.last, 2
        if self.precision is Precision.YEAR:
            return self.start.last, 3
        return self.start.first, 1

    @property
    def sort_date(self) -> date:
        return self.sort_key[0]

    @property
    def sort_rank(self) -> int:
        return self.sort_key[1]

    def overlaps(self, other: "EDTF") -> bool:
        """Whether some day may be meant by both (the same rule as `daterange &&`)."""
        return (self.lower is None or other.last is None or self.lower <= other.last) and (
            other.lower is None or self.last is None or other.lower <= self.last
        )

"""What is read of one date of a text, and how it becomes a date."""

import re
from typing import NamedTuple

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from timeline.edtf.values import EDTFError, Part, PartialDate


class Fields(NamedTuple):
    """What one end of a typed text states; a range may leave its year, era or month to the other."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    part: Part | None = None
    third: int | None = None
    """The first, second or last third of the month, from 0."""
    approximate: bool = False
    uncertain: bool = False
    weekday: int | None = None
    era: str = ""

    def has_year(self) -> bool:
        return self.year is not None

    def is_more_than_a_day(self) -> bool:
        return self.year is not None or self.month is not None or self.part is not None


def form(pattern: str) -> re.Pattern[str]:
    """A form of date. ASCII keeps `[a-z]` and `\\d` to what the look-ups of a reader can answer."""
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


def number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def quotable(text: str) -> str:
    """A typed text, short and printable enough to be quoted in a message."""
    text = "".join(char for char in text[:200] if char.isprintable()).strip()
    return text if len(text) <= 40 else text[:39] + "…"


def first_of(fields: Fields, typed: str) -> PartialDate:
    """The date, or the first day of the third of a month."""
    if fields.third is None:
        return _complete(fields, typed)
    return _complete(fields._replace(day=10 * fields.third + 1), typed)


def last_of(fields: Fields, typed: str) -> PartialDate:
    """The date, or the last day of the third of a month."""
    if fields.third is None:
        return _complete(fields, typed)
    if fields.third < 2:
        return _complete(fields._replace(day=10 * fields.third + 10), typed)
    month = _complete(fields, typed)
    return _complete(fields._replace(day=month.last.day), typed)


def _complete(fields: Fields, typed: str) -> PartialDate:
    if fields.year is None:
        message = _("“%(text)s” has no year. Write it too, such as 2025-04-16.")
        raise EDTFError(message % {"text": quotable(typed)}, code="no_year")
    found = PartialDate(fields.year, fields.month, fields.day, fields.approximate, fields.uncertain, fields.part)
    if fields.weekday is not None and found.first.weekday() != fields.weekday:
        message = _("%(date)s is a %(weekday)s, not a %(typed)s.") % {
            "date": found.words(),
            "weekday": WEEKDAYS[found.first.weekday()],
            "typed": WEEKDAYS[fields.weekday],
        }
        raise EDTFError(message, code="weekday")
    return found

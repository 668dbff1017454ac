"""Dates in figures: EDTF, with strokes and points, of eight digits; and figures that may be several dates."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from timeline.edtf.reading.fields import Fields, form, number, quotable
from timeline.edtf.values import EDTF, EDTFError, Part, PartialDate

_COMPACT = form(r"(\d{4})(\d\d)(\d\d)")
_PART = form(r"(\d{4})-(\d\d)")
_YEAR_FIRST = form(r"(-?\d{3,})(?:([-/.])(\d{1,2})(?:\2(\d{1,2}))?)?")
_YEAR_LAST = form(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4,})")
_MONTH_AND_YEAR = form(r"(\d{1,2})[-/.](\d{4,})")

_SHORT_YEAR = form(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{1,2})")
_TWO_YEARS = form(r"(\d{4})[-–/](\d\d)")
_OTHER_PARTS = range(25, 42)


def read_figures(text: str) -> Fields | None:
    if match := _COMPACT.fullmatch(text):
        return Fields(int(match[1]), int(match[2]), int(match[3]))
    if match := _PART.fullmatch(text):
        return _year_and_part(int(match[1]), int(match[2]), text)
    if match := _YEAR_FIRST.fullmatch(text):
        return Fields(int(match[1]), number(match[3]), number(match[4]))
    if match := _MONTH_AND_YEAR.fullmatch(text):
        return Fields(int(match[2]), int(match[1]))
    if match := _YEAR_LAST.fullmatch(text):
        return _day_and_month(int(match[1]), int(match[3]), int(match[4]), text)
    return None


def as_two_years(text: str) -> EDTF | None:
    """The years that somebody may mean by what EDTF reads as a part of one: 2020/2021 for 2020-21, a spring.

    None for all other texts.
    """
    years = _two_years(text.strip())
    return years if years and _PART.fullmatch(text.strip()) and int(text.strip()[-2:]) in Part else None


def refuse_short_years(text: str) -> None:
    """Answer 4/16/25 and 2024-25 with what may be meant."""
    if (years := _two_years(text)) and not as_two_years(text):
        financial = EDTF(PartialDate(years.ends[0].year, 4), PartialDate(years.ends[-1].year, 3))
        message = _(
            "“%(text)s” could be the years %(years)s or the financial year %(financial)s. Write the one you mean."
        )
        words = {"text": quotable(text), "years": years, "financial": financial}
        raise EDTFError(message % words, code="ambiguous", candidates=(years, financial))
    if match := _SHORT_YEAR.fullmatch(text):
        first, middle, last = match[1], match[3], match[4]
        readings = [(last, first, middle), (last, middle, first), (first, middle, last)]
        ask_for_year(text, (one for one in readings if len(one[0]) == 2))


def ask_for_year(text: str, readings: Iterable[tuple[str, str | int, str | int | None]]) -> None:
    """Refuse a year of two digits, and offer the `readings` that exist: (year, month, day)."""
    candidates = []
    for year, month, day in readings:
        # What spreadsheets take the digits for: 49 is 2049, 50 is 1950.
        century = 2000 if int(year) < 50 else 1900
        try:
            one = PartialDate(century + int(year), int(month), int(day) if day else None)
        except EDTFError:
            continue
        if one not in candidates:
            candidates.append(one)
    if not candidates:
        return
    message = _("“%(text)s” has no year of four digits. Is %(dates)s meant? Write it like that.")
    words = {"text": quotable(text), "dates": _(" or ").join(map(str, candidates))}
    raise EDTFError(message % words, code="short_year", candidates=[EDTF(one, one) for one in candidates])


def _two_years(text: str) -> EDTF | None:
    """2024-25 as two years; a number that may be a month is one."""
    match = _TWO_YEARS.fullmatch(text)
    if match is None or int(match[2]) <= 12 or int(match[2]) != (int(match[1]) + 1) % 100:
        return None
    return EDTF(PartialDate(int(match[1])), PartialDate(int(match[1]) + 1))


def _year_and_part(year: int, part: int, text: str) -> Fields:
    """The number after a year: a month, or one of the parts of a year that EDTF has."""
    if part in Part:
        return Fields(year, part=Part(part))
    if part in _OTHER_PARTS:
        message = _(
            "There is no month %(month)d. Of the parts of a year that EDTF has, the seasons 21 to 24, the quarters "
            "33 to 36 and the halves 40 and 41 can be written; else write the months, such as 2025-01/2025-04."
        )
        raise EDTFError(message % {"month": part}, code="month")
    return Fields(year, part)


def _day_and_month(first: int, second: int, year: int, text: str) -> Fields:
    """Read 28/6/2019, and refuse 04/05/2025, which is 4 May in London and 5 April in Washington."""
    if first == second or max(first, second) > 12:
        return Fields(year, second, first) if second <= 12 else Fields(year, first, second)
    day_first, month_first = PartialDate(year, second, first), PartialDate(year, first, second)
    message = _("“%(text)s” could be %(one)s or %(other)s. Write %(first)s or %(second)s.") % {
        "text": text,
        "one": day_first.words(year=False),
        "other": month_first.words(),
        "first": day_first,
        "second": month_first,
    }
    candidates = [EDTF(day_first, day_first), EDTF(month_first, month_first)]
    raise EDTFError(message, code="ambiguous", candidates=candidates)

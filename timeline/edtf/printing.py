"""Date to words. Every pattern goes through gettext, so a translation may turn its parts round."""

from dataclasses import dataclass
from datetime import date

from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import pgettext

from timeline.edtf.values import EDTF, RANKS, Extent, Part, PartialDate, Precision
from timeline.punctuation import listed


def display(value: EDTF, extent: str = "") -> str:
    """The date in words, for the middle of a sentence: `16 April 2025`, `about May 2025`.

    `extent` is an `Extent`, or "" where nothing is said of it; it changes nothing of a date that
    cannot last. A template that opens a line with the words capitalises them.
    """
    start, end = value.start, value.end
    if start and end and not value.is_single:
        between = extent == Extent.BETWEEN
        words = _between(start, end) if between and not value.financial_year else _span(start, end)
        if value.financial_year and between:
            pattern = pgettext("date", "some time in financial year %(year)d, %(months)s")
            words = pattern % {"year": value.financial_year, "months": words}
        elif value.financial_year:
            pattern = pgettext("date", "financial year %(year)d, %(months)s")
            words = pattern % {"year": value.financial_year, "months": words}
        if value.approximate and value.uncertain:
            return pgettext("date", "%(date)s, approximate and uncertain") % {"date": words}
        if value.approximate:
            return pgettext("date", "%(date)s, approximate") % {"date": words}
    else:
        words = value.ends[0].words()
        if value.approximate:
            words = pgettext("date", "about %(date)s") % {"date": words}
        if value.may_last and extent == Extent.LASTED:
            words = pgettext("date", "throughout %(date)s") % {"date": words}
        if end is None:
            words = pgettext("date", "from %(date)s") % {"date": words}
        elif start is None:
            words = pgettext("date", "by %(date)s") % {"date": words}
    if value.uncertain:
        words = pgettext("date", "%(date)s (uncertain)") % {"date": words}
    return words


def datetime_attribute(value: EDTF) -> str:
    """The `datetime` of an HTML `<time>`, which knows only an exact day, month or year; else ""."""
    if not value.is_single or value.approximate or value.uncertain or value.ends[0].part:
        return ""
    return value.text


@dataclass(frozen=True, slots=True)
class Gutter:
    """The date beside an entry in a list: read as `strong rest year`, with a mark and a note.

    `year` stands apart because on wide screens the year heading of the list makes it redundant.
    `mark` is the class of the drawn mark: p-day, p-month, p-span, p-between, p-year, p-about or p-by.
    """

    strong: str
    rest: str
    year: str
    mark: str
    note: str


def gutter(value: EDTF, *, derived: bool = False, extent: str = "") -> Gutter:
    """Print a date for the gutter of a list.

    `derived` says that no source states it outright; `extent` is an `Extent`, or "" where nothing is said of it.
    """
    start, end, year = value.start, value.end, ""
    interval = value.precision is Precision.INTERVAL
    notes = []
    if start and end and value.financial_year:
        strong, rest, mark = pgettext("date", "FY %(year)d") % {"year": start.year}, "", "p-year"
        notes.append(_span(start, end))
    elif start and end and interval:
        year = str(start.year) if _within_one_year(start, end) else ""
        strong, _space, rest = _span(start, end, year=not year).partition(" ")
        mark = "p-span"
    else:
        only = value.ends[0]
        words, mark = _marked(value, only)
        lasted = value.may_last and extent == Extent.LASTED
        mark = "p-span" if lasted and mark == "p-month" else mark
        year = str(only.year) if _leaves_year(only) or mark == "p-year" else ""
        # "28 June" is strong in its day, "By 28 June" in all but its month; a year stands whole.
        strong, _space, rest = words.rpartition(" ")
        if not (strong and only.month):
            strong, rest = words, ""
        if only.precision is Precision.MONTH and not value.approximate:
            notes.append(pgettext("date", "all month") if lasted else pgettext("date", "month only"))
        elif only.part:
            notes.append(_span(*only.months, year=only.part is Part.WINTER))
    if interval and extent == Extent.BETWEEN:
        mark = "p-between"
        notes.append(pgettext("date", "some time between"))
    if derived and value.precision is Precision.DAY:
        notes.append(pgettext("date", "day worked out from the report"))
    elif derived and value.precision in (Precision.INTERVAL, Precision.OPEN):
        notes.append(pgettext("date", "worked out from the report"))
    if value.approximate and interval:
        notes.append(pgettext("date", "approximate"))
    if value.uncertain:
        notes.append(pgettext("date", "uncertain"))
    return Gutter(strong, rest, year, mark, listed(notes))


def heading(day: date, rank: int) -> tuple[int, str]:
    """What a date that stands there (:attr:`EDTF.sort_key`) stands under in its year: a number, and words.

    The number is that of the month or of a part of the year, as EDTF has it; 0 and no words for a whole year.
    """
    if rank == RANKS[Precision.YEAR]:
        return 0, ""
    for part in Part:
        if RANKS[part.precision] == rank and (part.month + part.length - day.month) % 12 == 1:
            return int(part), capfirst(part.words(day.year - 1 if part is Part.WINTER else None))
    return day.month, str(MONTHS[day.month])


def _marked(value: EDTF, only: PartialDate) -> tuple[str, str]:
    """The words and the mark of a date with one end, its year left to the heading if it can be."""
    words = only.words(year=not _leaves_year(only))
    if value.precision is Precision.OPEN:
        if value.approximate:
            words = pgettext("date", "about %(date)s") % {"date": words}
        if value.end is None:
            return pgettext("date in a list", "From %(date)s") % {"date": words}, "p-span"
        return pgettext("date in a list", "By %(date)s") % {"date": words}, "p-by"
    if value.approximate:
        return pgettext("date in a list", "About %(date)s") % {"date": words}, "p-about"
    if only.precision is Precision.YEAR:
        return pgettext("date in a list", "All year"), "p-year"
    if only.part:
        return capfirst(words), "p-span"
    return words, "p-day" if only.day else "p-month"


def _leaves_year(only: PartialDate) -> bool:
    """Whether its year can be left to the heading: a winter has two, and a year is nothing without it."""
    return only.precision is not Precision.YEAR and only.part is not Part.WINTER


def _within_one_year(start: PartialDate, end: PartialDate) -> bool:
    return start.year == end.year and start.month is not None and end.month is not None


def _span(start: PartialDate, end: PartialDate, *, year: bool = True) -> str:
    """An interval in words, what both ends share said once: 22–23 July 2025."""
    parts: dict[str, object] = {"start": start.words(), "end": end.words(), "year": end.year}
    if not _within_one_year(start, end):
        years = start.month is None and end.month is None
        pattern = pgettext("years", "%(start)s–%(end)s") if years else _apart()
        return pattern % parts
    if end.month and start.month == end.month and start.day and end.day:
        parts |= {"start": start.day, "end": end.day, "month": MONTHS[end.month]}
        words = pgettext("days of one month", "%(start)d–%(end)d %(month)s") % parts
    else:
        months = start.day is None and end.day is None
        pattern = pgettext("months", "%(start)s–%(end)s") if months else _apart()
        words = pattern % {"start": start.words(year=False), "end": end.words(year=False)}
    return pgettext("range", "%(range)s %(year)d") % (parts | {"range": words}) if year else words


def _between(start: PartialDate, end: PartialDate) -> str:
    """An interval in which something happened once, what both ends share said once."""
    if not _within_one_year(start, end):
        pattern = pgettext("range, not all of it", "some time between %(start)s and %(end)s")
        return pattern % {"start": start.words(), "end": end.words()}
    if end.month and start.month == end.month and start.day and end.day:
        days: dict[str, object] = {"start": start.day, "end": end.day, "month": MONTHS[end.month], "year": end.year}
        pattern = pgettext("days of one month", "some time between %(start)d and %(end)d %(month)s %(year)d")
        return pattern % days
    pattern = pgettext("days or months of one year", "some time between %(start)s and %(end)s %(year)d")
    return pattern % {"start": start.words(year=False), "end": end.words(year=False), "year": end.year}


def _apart() -> str:
    return pgettext("range", "%(start)s – %(end)s")

"""Text to date: EDTF itself, what people and programs write in English and Japanese, and good refusals.

    fields      what is read of one date, and how it becomes a date
    figures     dates in figures, and figures that may be several dates
    english     dates in English words
    japanese    dates in kanji, eras
    times       the time of day behind a date
    ends        one date with its qualifier and weekday
    spans       intervals, open ends, financial years

A refusal says what to write instead, and carries what may be meant as `candidates`.
"""

import re
import unicodedata
from dataclasses import replace
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from timeline.edtf.reading.ends import read_date, refuse_nearly
from timeline.edtf.reading.english import WEEKDAY
from timeline.edtf.reading.fields import first_of, form, last_of, quotable
from timeline.edtf.reading.figures import as_two_years
from timeline.edtf.reading.japanese import WEEKDAYS
from timeline.edtf.reading.spans import read_financial_year, read_half_open, read_range, read_solidus
from timeline.edtf.values import EDTF, EDTFError, PartialDate

__all__ = ["MAX_TYPED_LENGTH", "as_two_years", "from_bound", "parse", "to_bound"]

MAX_TYPED_LENGTH = 120
"""Longer input is not a date; the limit also keeps every regular expression cheap."""

# Done before NFKC, which would make an approximate "~" of the full-width wave dash.
_DASHES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2212", "-") | dict.fromkeys("\u2012\u2013\u2014\u2015\u301c\uff5e", "–")
)
# A word processor turns 2025-04-16 into 2025–04–16; 2020–21 stays two years.
_DASHED = re.compile(r"\d{4}–(?:0?[1-9]|1[0-2])(–\d{1,2})? ?[~?%]*")

_REMARK = form(r"(.+?),? \(?(approximate and uncertain|approximate|uncertain)\)?")
_RELATIVE = form(
    rf"\b{WEEKDAY}\b|[{WEEKDAYS}]曜|\b(?:yesterday|today|tonight|tomorrow|week|weekend)\b"
    r"|\b(?:last|next|this) (?:month|year|spring|summer|autumn|fall|winter)\b|\bago\b"
    r"|昨日|今日|明日|先[週月]|今[週月春夏秋冬]|来[週月春夏秋冬]|昨[春夏秋冬]"
)
_TILDE = form(r"~ ?(?P<after>[^~]+)|(?P<before>[^~]*[年月日旬]) ?~")


@lru_cache(maxsize=8192)  # a page asks for the same dates again and again, and reading one takes 50 µs
def parse(text: str) -> EDTF:
    """Read a date in EDTF, as far as we declare it (`timeline.edtf`), or as people and programs write it.

    Raises EDTFError, and nothing else, for every other text.
    """
    text = text.strip()
    typed = _normalise(text) if len(text) <= MAX_TYPED_LENGTH else text
    if not typed:
        raise EDTFError(
            _("Write a date: a year, a month such as 2025-12, or a day such as 2025-12-01."),
            code="empty",
        )
    found = _read(typed) if len(typed) <= MAX_TYPED_LENGTH else None
    if found is None:
        raise _not_a_date(text, typed)
    return found


def from_bound(text: str) -> date | None:
    """The first day a reader means by `from`: 2019 is 1 January 2019. None for an empty text."""
    return parse(text).lower if text.strip() else None


def to_bound(text: str) -> date | None:
    """The day after the last a reader means by `to`: 2019 gives 1 January 2020. None if empty."""
    return parse(text).upper if text.strip() else None


def _normalise(text: str) -> str:
    """Full-width to half-width, two kinds of dash, single spaces, nothing invisible."""
    text = unicodedata.normalize("NFKC", text.translate(_DASHES))
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    typed = " ".join(visible.split())
    return typed.replace("–", "-") if _DASHED.fullmatch(typed) else typed


def _not_a_date(text: str, typed: str) -> EDTFError:
    if len(typed) <= MAX_TYPED_LENGTH and _RELATIVE.search(typed):
        code = "dateline"
        message = _(
            "“%(text)s” has no date of its own. Look at the report's dateline and write the day "
            "it means, such as 2025-04-16."
        )
    elif typed.count("/") == 1 and (typed.startswith("/") or typed.endswith("/")):
        code = "open"
        message = _("Write “..” for an open end, such as 2025-04-16/.. or ../2025-04-16.")
    else:
        code = "junk"
        message = _("“%(text)s” is not a date. Write a year, a month such as 2025-12, or a day such as 2025-12-01.")
    return EDTFError(message % {"text": quotable(text)}, code=code)


def _read(typed: str) -> EDTF | None:
    if match := _REMARK.fullmatch(typed):
        found = _read(match[1])
        return found and _qualified(found, match[2].lower())
    _refuse_tilde(typed)
    refuse_nearly(typed)
    fields = read_date(typed)
    if fields and fields.is_more_than_a_day():
        return EDTF(first_of(fields, typed), last_of(fields, typed))
    return read_solidus(typed) or read_financial_year(typed) or read_half_open(typed) or read_range(typed)


def _qualified(found: EDTF, remark: str) -> EDTF:
    def qualify(end: PartialDate | None) -> PartialDate | None:
        return end and replace(
            end,
            approximate=end.approximate or "approximate" in remark,
            uncertain=end.uncertain or "uncertain" in remark,
        )

    return EDTF(qualify(found.start), qualify(found.end))


def _refuse_tilde(typed: str) -> None:
    """Refuse a tilde that stands for “about” in EDTF and for “from” or “by” in Japanese."""
    match = _TILDE.fullmatch(typed)
    fields = read_date(match["after"] or match["before"]) if match else None
    if match is None or fields is None or not fields.has_year():
        return
    one = first_of(fields, typed)
    about = EDTF(*[replace(one, approximate=True)] * 2)
    half_open = EDTF(None, last_of(fields, typed)) if match["after"] else EDTF(one, None)
    message = _(
        "“%(text)s” could mean about then, or from or until then. Of %(about)s and %(open)s, write the one you mean."
    )
    words = {"text": quotable(typed), "about": about, "open": half_open}
    raise EDTFError(message % words, code="ambiguous", candidates=(about, half_open))

"""What must hold of every date, and of every text: found by trying, not by thinking of cases."""

import calendar
import unicodedata
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import assume, example, given
from hypothesis import strategies as st

from timeline.edtf import EDTF, EDTFError, Extent, Part, PartialDate, display, gutter, heading, parse
from timeline.edtf.values import FIRST_YEAR, LAST_YEAR


@pytest.fixture(autouse=True, scope="module")
def english():
    with translation.override("en"):
        yield


@st.composite
def partial_dates(draw: st.DrawFn, *, qualified: bool = True) -> PartialDate:
    year = draw(st.integers(FIRST_YEAR, LAST_YEAR))
    month = draw(st.none() | st.integers(1, 12))
    day = month and draw(st.none() | st.integers(1, calendar.monthrange(year, month)[1]))
    doubt = st.booleans() if qualified else st.just(False)
    return PartialDate(year, month, day, draw(doubt), draw(doubt))


@st.composite
def parts_of_years(draw: st.DrawFn, *, qualified: bool = True) -> PartialDate:
    doubt = st.booleans() if qualified else st.just(False)
    year, part = draw(st.integers(FIRST_YEAR, LAST_YEAR)), draw(st.sampled_from(Part))
    return PartialDate(year, None, None, draw(doubt), draw(doubt), part)


@st.composite
def dates(draw: st.DrawFn, *, qualified: bool = True) -> EDTF:
    kind = draw(st.sampled_from(["single", "part", "interval", "until", "from"]))
    if kind == "part":
        one = draw(parts_of_years(qualified=qualified))
        return EDTF(one, one)
    one = draw(partial_dates(qualified=qualified))
    if kind == "single":
        return EDTF(one, one)
    if kind == "until":
        return EDTF(None, one)
    if kind == "from":
        return EDTF(one, None)
    other = draw(partial_dates(qualified=qualified))
    return EDTF(one, other) if one.first <= other.last else EDTF(other, one)


@given(dates())
def test_the_canonical_text_reads_back_as_the_same_date(value):
    assert parse(str(value)) == value
    assert str(parse(str(value))) == str(value)


@given(dates())
def test_bounds_are_ordered_and_the_last_day_is_the_day_before_upper(value):
    if value.lower and value.upper:
        assert value.lower < value.upper
    if value.last and value.upper:
        assert value.last + timedelta(days=1) == value.upper
    assert value.lower or value.upper


@given(dates())
def test_every_date_stands_inside_its_own_bounds(value):
    assert value.lower is None or value.lower <= value.sort_date
    assert value.upper is None or value.sort_date < value.upper


@given(dates(), dates())
def test_overlap_is_symmetric_and_every_date_overlaps_itself(one, other):
    assert one.overlaps(other) == other.overlaps(one)
    assert one.overlaps(one)


@given(dates())
def test_every_date_can_be_printed(value):
    assert heading(*value.sort_key)[0] in {0, *range(1, 13), *Part}
    for extent in ("", *Extent):
        printed = gutter(value, extent=extent)
        assert display(value, extent)
        assert printed.strong
        assert printed.mark in {"p-day", "p-month", "p-span", "p-between", "p-year", "p-about", "p-by"}


@given(dates(qualified=False))
def test_the_words_a_reader_sees_may_be_typed_back(value):
    assume(value.financial_year is None)
    assert parse(display(value)) == value


@given(partial_dates() | parts_of_years())
def test_a_single_date_in_words_keeps_its_qualifier(one):
    value = EDTF(one, one)
    assert parse(display(value)) == value


@given(partial_dates(qualified=False))
def test_typed_forms_agree_with_the_canonical_one(one):
    month = f"{one.month}月" if one.month else ""
    day = f"{one.day}日" if one.day else ""
    forms = [
        f"{one.year}年{month}{day}",
        one.unqualified.replace("-", "/"),
        one.unqualified.replace("-", "."),
        one.unqualified.replace("-0", "-"),
        "".join(chr(ord(char) + 0xFEE0) for char in one.unqualified),
        in_kanji(one),
        f"  {one.words().upper()} ",
    ]
    if one.year > 2018:
        forms.append(f"令和{one.year - 2018}年{month}{day}")
    assert {str(parse(form)) for form in forms} == {one.unqualified}


def in_kanji(one: PartialDate) -> str:
    """A date as the official gazette prints it: 二〇二五年四月十六日."""

    def by_tens(number: int) -> str:
        tens, ones = divmod(number, 10)
        return ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")

    year = "".join(DIGITS[int(digit)] for digit in str(one.year))
    return (
        f"{year}年" + (f"{by_tens(one.month)}月" if one.month else "") + (f"{by_tens(one.day)}日" if one.day else "")
    )


@given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)))
def test_a_day_stays_the_day_with_its_weekday_and_midnight(day):
    one = PartialDate(day.year, day.month, day.day)
    weekday = "月火水木金土日"[one.first.weekday()]
    forms = [f"{one}T00:00:00Z", f"{one} 0:00", f"{in_kanji(one)}{weekday}曜日", f"{one} {one.first:%a}"]
    assert {str(parse(form)) for form in forms} == {str(one)}


DIGITS = "〇一二三四五六七八九"
PIECES = [*"0123456789-/.~?%–〜年月日 ,()", "..", "2025", "04", "30", "Apr", "May", "令和", "元"]
WORDS = ["about ", "from ", " to ", "by ", "Wed ", "FY", "年度", "から", "まで", "\x00", "１"]
WORDS += [
    "before ",
    "early ",
    "end of ",
    "spring ",
    "Q2 ",
    "winter ",
    "十",
    "七",
    "R7",
    "(水)",
    "T00:00Z",
    " 0:00",
    "'25",
]
WORDS += ["末", "以降", "上旬", "第2四半期", "春", "午後3時", "-21", "-33", "the first half of "]
almost_dates = st.lists(st.sampled_from(PIECES + WORDS), max_size=14).map("".join)


@given(st.text() | st.text(st.characters()) | almost_dates)
@example("\ud800")
@example("2025-04-16" + "\u200b" * 9999 + "x")
def test_no_text_raises_anything_but_a_sentence(text):
    try:
        value, sentence = parse(text), ""
    except EDTFError as error:
        value, sentence = None, str(error)
    assert value is None or parse(str(value)) == value
    assert bool(value) != bool(sentence)
    assert all(unicodedata.category(char) not in ("Cc", "Cs") for char in sentence)

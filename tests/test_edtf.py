"""Dates with a stated precision: what is read, what is refused and how, what is printed."""

import re
from datetime import date
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.utils import translation

from timeline.choices import DateExtent
from timeline.edtf import (
    EDTF,
    MAX_LENGTH,
    EDTFError,
    Extent,
    Gutter,
    PartialDate,
    datetime_attribute,
    display,
    from_bound,
    gutter,
    parse,
    reading,
    to_bound,
)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def refusal(text: str) -> EDTFError:
    with pytest.raises(EDTFError) as caught:
        parse(text)
    return caught.value


# What is read


@pytest.mark.parametrize(
    "text",
    [
        "2025",
        "2025-04",
        "2025-04-16",
        "2025~",
        "2025-04?",
        "2025-04-16%",
        "2019/2022",
        "2025-04-16/2025-04-18",
        "2019-05-17/2019-11",
        "2019-06-14~/2019-06-28",
        "2019-06-14/2019-06-28?",
        "../2019",
        "../2025-10~",
        "2025/..",
        "2022-04-01/..",
    ],
)
def test_edtf_is_kept_as_written(text):
    assert str(parse(text)) == parse(text).text == text
    assert len(text) <= MAX_LENGTH


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # figures
        ("2025-4", "2025-04"),
        ("2025-4-6", "2025-04-06"),
        ("2025/04/16", "2025-04-16"),
        ("2025/04", "2025-04"),
        ("2025.4.16", "2025-04-16"),
        ("20250416", "2025-04-16"),
        ("9/2025", "2025-09"),
        ("28/6/2019", "2019-06-28"),
        ("6/28/2019", "2019-06-28"),
        ("28.6.2019", "2019-06-28"),
        ("5/5/2025", "2025-05-05"),
        ("２０２５－０４－１６", "2025-04-16"),
        ("2025–04–16", "2025-04-16"),
        ("2025\u201104\u201116", "2025-04-16"),
        ("  2025-04-16\n", "2025-04-16"),
        ("\u200e2025-04-16\u200b", "2025-04-16"),
        # English
        ("April 2025", "2025-04"),
        ("apr 2025", "2025-04"),
        ("Sept. 2025", "2025-09"),
        ("2025 April", "2025-04"),
        ("16 Apr 2025", "2025-04-16"),
        ("16 April, 2025", "2025-04-16"),
        ("16th of April 2025", "2025-04-16"),
        ("16-Apr-2025", "2025-04-16"),
        ("Apr 16, 2025", "2025-04-16"),
        ("APRIL 16TH 2025", "2025-04-16"),
        ("2025 April 16", "2025-04-16"),
        ("Wednesday 16 April 2025", "2025-04-16"),
        ("Wed, 16 Apr 2025", "2025-04-16"),
        # Japanese
        ("2025年", "2025"),
        ("2025年4月", "2025-04"),
        ("2025年4月16日", "2025-04-16"),
        ("２０２５年４月１６日（水）", "2025-04-16"),
        ("令和7年4月", "2025-04"),
        ("令和7年4月16日", "2025-04-16"),
        ("令和元年6月28日", "2019-06-28"),
        ("平成31年4月", "2019-04"),
        ("2025 年 4 月 16 日(水曜日)", "2025-04-16"),
        ("2024年度", "2024-04/2025-03"),
        ("令和6年度", "2024-04/2025-03"),
        # with doubt
        ("2025-04~?", "2025-04%"),
        ("2025/04/16?", "2025-04-16?"),
        ("about April 2025", "2025-04~"),
        ("c. 2025", "2025~"),
        ("circa 16 April 2025", "2025-04-16~"),
        ("2025年4月頃", "2025-04~"),
        ("約2025年", "2025~"),
        ("April 2025 (uncertain)", "2025-04?"),
        ("about April 2025 (uncertain)", "2025-04%"),
        # ranges
        ("2025-04-16 – 2025-04-18", "2025-04-16/2025-04-18"),
        ("2025-04-16 to 2025-04-18", "2025-04-16/2025-04-18"),
        ("2025-04-16 / 2025-04-18", "2025-04-16/2025-04-18"),
        ("2019–2022", "2019/2022"),
        ("2019-2022", "2019/2022"),
        ("27–29 October 2025", "2025-10-27/2025-10-29"),
        ("27-29 October 2025", "2025-10-27/2025-10-29"),
        ("October 27–29, 2025", "2025-10-27/2025-10-29"),
        ("22 July – 3 August 2025", "2025-07-22/2025-08-03"),
        ("18 December 2019 – 3 January 2020", "2019-12-18/2020-01-03"),
        ("April–May 2025", "2025-04/2025-05"),
        ("from April to May 2025", "2025-04/2025-05"),
        ("between 2019 and 2022", "2019/2022"),
        ("28/6/2019–30/6/2019", "2019-06-28/2019-06-30"),
        ("2025年4月16日〜18日", "2025-04-16/2025-04-18"),
        ("2025年4月16日から5月1日まで", "2025-04-16/2025-05-01"),
        ("about 14 June – 28 June 2019", "2019-06-14~/2019-06-28"),
        ("14–28 June 2019, approximate", "2019-06-14~/2019-06-28~"),
        ("JFY2024", "2024-04/2025-03"),
        ("Japanese fiscal year 2024", "2024-04/2025-03"),
        ("US fiscal year 2024", "2023-10/2024-09"),
        ("by June 2025", "../2025-06"),
        ("until 2019", "../2019"),
        ("2025年6月まで", "../2025-06"),
        ("by about June 2025", "../2025-06~"),
        ("from 1 April 2022", "2022-04-01/.."),
        ("since 2022", "2022/.."),
        ("2022年4月から", "2022-04/.."),
        # an interval of one day is that day
        ("2025-04-16/2025-04-16", "2025-04-16"),
    ],
)
def test_what_people_type_is_read_and_echoed_as_edtf(typed, meant):
    assert parse(typed).text == meant


# What is refused. The sentence is shown to whoever typed the text.


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2025-13", "There is no month 13."),
        ("2025-00", "There is no month 0."),
        ("2025-02-30", "There is no 30 February 2025."),
        ("2025-04-31/..", "There is no 31 April 2025."),
        ("29 February 2025", "There is no 29 February 2025."),
        ("2025年4月31日", "There is no 31 April 2025."),
        ("31/4/2025", "There is no 31 April 2025."),
        ("2025-10-28/2025-10-27", "The end is before the start."),
        ("2025-10/2024", "The end is before the start."),
        ("../..", "An interval needs at least one date."),
        ("20255", "The year 20255 is outside 1000–2100."),
        ("-0001", "The year -1 is outside 1000–2100."),
        ("0999", "The year 999 is outside 1000–2100."),
        ("0000", "The year 0 is outside 1000–2100."),
        ("0000/2025", "The year 0 is outside 1000–2100."),
        ("2101", "The year 2101 is outside 1000–2100."),
        ("9999-12-31", "The year 9999 is outside 1000–2100."),
        ("0001-01-01/..", "The year 1 is outside 1000–2100."),
        ("16 April", "“16 April” has no year. Write it too, such as 2025-04-16."),
        ("April 16-18", "“April 16-18” has no year. Write it too, such as 2025-04-16."),
        ("spring", "“spring” has no year. Write it too, such as 2025-04-16."),
        ("Friday 16 April 2025", "16 April 2025 is a Wednesday, not a Friday."),
        ("2025年4月16日（金）", "16 April 2025 is a Wednesday, not a Friday."),
        ("", "Write a date: a year, a month such as 2025-12, or a day such as 2025-12-01."),
        (
            " \u3000\t",
            "Write a date: a year, a month such as 2025-12, or a day such as 2025-12-01.",
        ),
        (
            "2025-01-28/",
            "Write “..” for an open end, such as 2025-04-16/.. or ../2025-04-16.",
        ),
        (
            "early spring",
            ("“early spring” is not a date. Write a year, a month such as 2025-12, or a day such as 2025-12-01."),
        ),
    ],
)
def test_a_text_that_is_no_date_is_answered_with_a_sentence(typed, sentence):
    assert str(refusal(typed)) == sentence


@pytest.mark.parametrize("typed", ["Wednesday", "last Wednesday", "yesterday", "next month", "水曜日"])
def test_a_weekday_asks_for_the_dateline(typed):
    error = refusal(typed)
    assert error.code == "dateline"
    assert str(error) == (
        f"“{typed}” has no date of its own. Look at the report's dateline and write the day it "
        "means, such as 2025-04-16."
    )


def test_a_date_with_two_readings_is_refused_and_offers_both():
    error = refusal("04/05/2025")
    assert str(error) == ("“04/05/2025” could be 4 May or 5 April 2025. Write 2025-05-04 or 2025-04-05.")
    assert [str(candidate) for candidate in error.candidates] == ["2025-05-04", "2025-04-05"]


def test_a_range_with_two_readings_offers_no_single_day():
    error = refusal("04/05/2025 – 06/05/2025")
    assert (error.code, error.candidates) == ("ambiguous", ())


def test_a_financial_year_of_no_country_offers_the_japanese_and_the_american():
    error = refusal("FY 2024")
    assert error.code == "ambiguous"
    assert [str(candidate) for candidate in error.candidates] == [
        "2024-04/2025-03",
        "2023-10/2024-09",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "202X",  # unspecified digit, Level 1
        "2025-25",  # season of a hemisphere, Level 2
        "Y17000000",  # long year, Level 1
        "2025?-04-16",  # qualified component, Level 2
        "[2025-04-16, 2025-04-18]",  # set, Level 2
        "2025-04-16T10:00:00Z",  # clock time, Level 0
        "2025-04-16/18",  # short interval of ISO 8601-1
        "2025–",
        "16",
        "April",
        "to",
        "../april",
        "foo/..",
        "2025-04-16/2025-04-17/2025-04-18",
        "April 2025 May 2025",
        "Monday April 2025",
        "2025\x00",
        "\ud800",
        "²⁰²⁵⁻",
        "٢٠٢٥",
        "fr\u0130 16 April 2025",
    ],
)
def test_what_lies_outside_the_declared_subset_is_refused(typed):
    refusal(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "9" * 10_000,
        "2025" + "\u200b" * 10_000 + "-04",
        "2025" + " " * 10_000 + "x",
        "a" * 10_000,
        "–" * 10_000,
        "/" * 10_000,
        "\ufdfa" * 120,  # eighteen characters each in NFKC
        "about " * 20,
        ", approximate" * 9,
        "(" * 120,
    ],
)
def test_long_input_is_refused_with_a_short_sentence_and_nothing_long_is_read(monkeypatch, typed):
    read = []
    monkeypatch.setattr(reading, "_read", lambda text, read_it=reading._read: read.append(text) or read_it(text))
    assert len(str(refusal(typed))) < 300
    assert all(len(text) <= reading.MAX_TYPED_LENGTH for text in read)


def test_no_form_of_a_date_repeats_what_repeats():
    """Only a pattern with a repetition of repetitions can take exponential time for a short text."""
    modules = [import_module(one.name) for one in iter_modules(reading.__path__, "timeline.edtf.reading.")]
    values = [value for module in [reading, *modules] for value in vars(module).values()]
    forms = [form for value in values for form in (value if isinstance(value, tuple) else [value])]
    forms = [form for form in forms if isinstance(form, re.Pattern)]
    assert len(forms) > 30
    assert [form.pattern for form in forms if repeats_a_repetition(re._parser.parse(form.pattern, form.flags))] == []


def test_the_guard_sees_a_repetition_of_repetitions():
    patterns = {"(a+)+": True, "(?:a|b*)*": True, "(a+b)?c+": False, r"(?:\d{4}-){2}x*": False}
    assert {text: repeats_a_repetition(re._parser.parse(text)) for text in patterns} == patterns


def repeats_a_repetition(parsed, inside=False):
    """Whether something repeated without end holds something else that is."""

    def within(part, inside):
        if isinstance(part, re._parser.SubPattern):
            return repeats_a_repetition(part, inside)
        return isinstance(part, list | tuple) and any(within(one, inside) for one in part)

    for kind, argument in parsed:
        endless = str(kind) in ("MAX_REPEAT", "MIN_REPEAT") and argument[1] == re._constants.MAXREPEAT
        if (endless and inside) or within(argument, inside or endless):
            return True
    return False


def test_a_message_quotes_only_what_can_be_shown():
    assert str(refusal("a\x00\ud800\u202eb")).startswith("“ab” is not a date.")


def test_no_value_can_hold_a_date_that_does_not_exist():
    for parts in [(2025, 2, 30), (2025, 13), (2025, None, 3), (9999, 12, 31), (0,)]:
        with pytest.raises(EDTFError):
            PartialDate(*parts)
    with pytest.raises(EDTFError):
        EDTF(PartialDate(2025), PartialDate(2024))


# What a date covers


@pytest.mark.parametrize(
    ("text", "precision", "lower", "upper"),
    [
        ("2025-04-16", "day", date(2025, 4, 16), date(2025, 4, 17)),
        ("2025-04", "month", date(2025, 4, 1), date(2025, 5, 1)),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 3, 1)),
        ("2025", "year", date(2025, 1, 1), date(2026, 1, 1)),
        ("2025~", "year", date(2025, 1, 1), date(2026, 1, 1)),
        ("2025-04-16/2025-04-18", "interval", date(2025, 4, 16), date(2025, 4, 19)),
        ("2019-05-17/2019-11", "interval", date(2019, 5, 17), date(2019, 12, 1)),
        ("2025-10/2025-10-15", "interval", date(2025, 10, 1), date(2025, 10, 16)),
        ("2024-04/2025-03", "interval", date(2024, 4, 1), date(2025, 4, 1)),
        ("../2019", "open", None, date(2020, 1, 1)),
        ("2025-04/..", "open", date(2025, 4, 1), None),
        ("2100-12-31", "day", date(2100, 12, 31), date(2101, 1, 1)),
        ("1000", "year", date(1000, 1, 1), date(1001, 1, 1)),
    ],
)
def test_bounds_are_half_open_and_an_open_end_has_none(text, precision, lower, upper):
    value = parse(text)
    assert (value.precision, value.lower, value.upper) == (precision, lower, upper)


def test_the_last_day_is_inclusive():
    assert parse("2025-04").last == date(2025, 4, 30)
    assert parse("2025-04/..").last is None


@pytest.mark.parametrize(
    ("text", "approximate", "uncertain"),
    [
        ("2025", False, False),
        ("2025~", True, False),
        ("2025?", False, True),
        ("2025%", True, True),
        ("2019-06-14~/2019-06-28", True, False),
        ("2019-06-14/2019-06-28?", False, True),
        ("../2019-06~", True, False),
    ],
)
def test_a_qualifier_of_either_end_is_a_qualifier_of_the_whole(text, approximate, uncertain):
    value = parse(text)
    assert (value.approximate, value.uncertain) == (approximate, uncertain)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("2025-04", "2025-04-30", True),
        ("2025-04", "2025-05-01", False),
        ("2025-04-16/..", "2030", True),
        ("../2025-04-15", "2025-04-16/..", False),
        ("../2025-04-16", "2025-04-16/..", True),
        ("2025", "2025-12-31/2026-01-02", True),
    ],
)
def test_overlap_is_that_of_half_open_ranges(one, other, overlap):
    assert parse(one).overlaps(parse(other)) is overlap
    assert parse(other).overlaps(parse(one)) is overlap


@pytest.mark.parametrize(
    ("typed", "start", "stop"),
    [
        ("2019", date(2019, 1, 1), date(2020, 1, 1)),
        ("Sept 2025", date(2025, 9, 1), date(2025, 10, 1)),
        ("2025-04-16", date(2025, 4, 16), date(2025, 4, 17)),
        ("2025/..", date(2025, 1, 1), None),
        ("", None, None),
        ("  ", None, None),
    ],
)
def test_a_filter_starts_with_the_first_day_and_ends_after_the_last(typed, start, stop):
    assert (from_bound(typed), to_bound(typed)) == (start, stop)


def test_a_filter_refuses_what_is_no_date():
    for bound in (from_bound, to_bound):
        with pytest.raises(EDTFError, match=r"There is no month 13\."):
            bound("2024-13-45")


# The order of the chronology


def test_order_by_then_days_then_month_then_year():
    chronology = [
        "2025-04-01",
        "../2025-04-16",
        "2025-04-16",
        "2025-04-17~",
        "2025-04-18/2026",
        "2025-04-20/..",
        "2025-04-30",
        "2025-04",
        "2025-05-01",
        "2025-12-31",
        "2025-12",
        "2025",
        "2026-01-01",
    ]
    dates = [parse(text) for text in reversed(chronology)]
    assert [str(value) for value in sorted(dates, key=lambda value: value.sort_key)] == chronology


def test_the_sort_key_is_a_date_and_a_rank():
    value = parse("2025-04")
    assert value.sort_key == (value.sort_date, value.sort_rank) == (date(2025, 4, 30), 2)


# What is printed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2025-04-16", "16 April 2025"),
        ("2025-04", "April 2025"),
        ("2019", "2019"),
        ("2025-04-16~", "about 16 April 2025"),
        ("2025-05~", "about May 2025"),
        ("2025-04?", "April 2025 (uncertain)"),
        ("2025-04%", "about April 2025 (uncertain)"),
        ("2025-10-27/2025-10-29", "27–29 October 2025"),
        ("2021-03-18/2021-04-16", "18 March – 16 April 2021"),
        ("2019-12-18/2020-01-03", "18 December 2019 – 3 January 2020"),
        ("2025-05/2025-07", "May–July 2025"),
        ("2025-10/2026-04", "October 2025 – April 2026"),
        ("2019/2022", "2019–2022"),
        ("2019-05-17/2019-11", "17 May – November 2019"),
        ("2025-04/2025-07-09", "April – 9 July 2025"),
        ("2025-06/2028", "June 2025 – 2028"),
        ("2024-04/2025-03", "financial year 2024, April 2024 – March 2025"),
        ("2019-06-14~/2019-06-28", "14–28 June 2019, approximate"),
        ("2019-06-14/2019-06-28?", "14–28 June 2019 (uncertain)"),
        ("2019-06-14~/2019-06-28?", "14–28 June 2019, approximate and uncertain"),
        ("../2025-06", "by June 2025"),
        ("../2025-06~", "by about June 2025"),
        ("2022-04-01/..", "from 1 April 2022"),
        ("2022-04-01?/..", "from 1 April 2022 (uncertain)"),
    ],
)
def test_display_says_the_date_in_words_with_its_precision(text, words):
    assert display(parse(text)) == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-06-28", Gutter("28", "June", "2019", "p-day", "")),
        ("2019-06-28?", Gutter("28", "June", "2019", "p-day", "uncertain")),
        ("2025-04-16~", Gutter("About 16", "April", "2025", "p-about", "")),
        ("2019-06-14~/2019-06-28", Gutter("14–28", "June", "2019", "p-span", "approximate")),
        ("2021-03-18/2021-04-16", Gutter("18", "March – 16 April", "2021", "p-span", "")),
        (
            "2019-12-18/2020-01-03",
            Gutter("18", "December 2019 – 3 January 2020", "", "p-span", ""),
        ),
        ("2025-05/2025-07", Gutter("May–July", "", "2025", "p-span", "")),
        ("2019/2022", Gutter("2019–2022", "", "", "p-span", "")),
        ("2025-10", Gutter("October", "", "2025", "p-month", "month only")),
        ("2025-04~", Gutter("About", "April", "2025", "p-about", "")),
        ("2022", Gutter("All year", "", "2022", "p-year", "")),
        ("2022~", Gutter("About 2022", "", "", "p-about", "")),
        ("2024-04/2025-03", Gutter("FY 2024", "", "", "p-year", "April 2024 – March 2025")),
        ("../2025-10", Gutter("By", "October", "2025", "p-by", "month only")),
        ("../2019-06-28", Gutter("By 28", "June", "2019", "p-by", "")),
        ("../2019", Gutter("By 2019", "", "", "p-by", "")),
        ("../2025-06~", Gutter("By about", "June", "2025", "p-by", "")),
        ("2022-04-01/..", Gutter("From 1", "April", "2022", "p-span", "")),
    ],
)
def test_the_gutter_of_a_list(text, expected):
    assert gutter(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2025-10-27/2025-10-29", "some time between 27 and 29 October 2025"),
        ("2021-03-18/2021-04-16", "some time between 18 March and 16 April 2021"),
        ("2019-12-18/2020-01-03", "some time between 18 December 2019 and 3 January 2020"),
        ("2025-05/2025-07", "some time between May and July 2025"),
        ("2019/2022", "some time between 2019 and 2022"),
        ("2019-06-14~/2019-06-28", "some time between 14 and 28 June 2019, approximate"),
        ("2025-04-16/2025-04-18?", "some time between 16 and 18 April 2025 (uncertain)"),
        ("2024-04/2025-03", "some time in financial year 2024, April 2024 – March 2025"),
        ("2025-04-01/2025-04", "some time between 1 April and April 2025"),
        ("2025-10-27", "27 October 2025"),
        ("2025-10", "October 2025"),
        ("2022-04-01/..", "from 1 April 2022"),
        ("../2019-06-28", "by 28 June 2019"),
    ],
)
def test_what_happened_at_some_time_between_two_dates_is_said_so(text, words):
    assert display(parse(text), Extent.BETWEEN) == words


@pytest.mark.parametrize(
    ("text", "words", "note"),
    [
        ("2025-10-27/2025-10-29", "27–29 October 2025", ""),
        ("2024-04/2025-03", "financial year 2024, April 2024 – March 2025", "April 2024 – March 2025"),
        ("2025-10", "throughout October 2025", "all month"),
        ("2022", "throughout 2022", ""),
        ("2025-04~", "throughout about April 2025", ""),
        ("2025-10-27", "27 October 2025", ""),
        ("2022-04-01/..", "from 1 April 2022", ""),
    ],
)
def test_what_lasted_fills_its_dates(text, words, note):
    assert display(parse(text), Extent.LASTED) == words
    assert gutter(parse(text), extent=Extent.LASTED).note == note


@pytest.mark.parametrize(
    ("text", "lasts"),
    [
        ("2025-10-27", False),
        ("2025-10-27~", False),
        ("2025-10", True),
        ("2025", True),
        ("2025-10-27/2025-10-29", True),
        ("2025-10-27~/2025-10-27", False),
        ("2025-04/..", False),
        ("../2025-04", False),
    ],
)
def test_only_a_date_of_several_days_with_both_ends_can_be_lasted_through(text, lasts):
    assert parse(text).may_last is lasts


def test_the_vocabulary_has_the_terms_of_dates():
    assert DateExtent.values == list(Extent)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("2019-06-28", "day worked out from the report"),
        ("2019-06-14~/2019-06-28", "worked out from the report, approximate"),
        ("2025-10", "month only"),
        ("2025-04-16?", "day worked out from the report, uncertain"),
    ],
)
def test_the_gutter_notes_a_date_that_no_source_states(text, note):
    assert gutter(parse(text), derived=True).note == note


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("2025-04-16", "2025-04-16"),
        ("2025-04", "2025-04"),
        ("2025", "2025"),
        ("2025-04~", ""),
        ("2025-04-16?", ""),
        ("2025-04-16/2025-04-18", ""),
        ("../2025", ""),
    ],
)
def test_html_gets_a_machine_date_only_where_it_has_one(text, attribute):
    assert datetime_attribute(parse(text)) == attribute


def test_months_are_named_in_the_language_of_the_page():
    with translation.override("ja"):
        assert "4月" in display(parse("2025-04"))
        assert "4月" in gutter(parse("2025-04-16")).rest

"""Dates as newspapers, ministries and programs write them: what is read, and what is asked instead."""

from datetime import date

import pytest
from django.utils import translation

from timeline.edtf import EDTFError, Gutter, as_two_years, datetime_attribute, display, gutter, heading, parse


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def refusal(text: str) -> EDTFError:
    with pytest.raises(EDTFError) as caught:
        parse(text)
    return caught.value


def offers(error: EDTFError) -> list[str]:
    return [one.text for one in error.candidates]


# A weekday, in any dress


@pytest.mark.parametrize(
    "typed",
    [
        "2025年4月16日水曜日",
        "2025年4月16日水曜",
        "2025年4月16日 水曜日",
        "2025年4月16日水",
        "2025年4月16日（水）",
        "2025年4月16日[水曜]",
        "2025年4月16日（水・祝）",
        "2025年4月16日(水祝)",
        "2025年4月16日（水・振休）",
        "水曜日、2025年4月16日",
        "令和7年4月16日 水曜日",
        "2025/4/16(水)",
        "2025-04-16 Wed",
        "2025-04-16, Wed.",
        "16 April 2025, Wednesday",
        "16 April 2025 (Wed.)",
        "April 16 (Wed), 2025",
        "Wednesday, the 16th of April 2025",
    ],
)
def test_a_weekday_may_stand_anywhere_and_is_checked(typed):
    assert parse(typed).text == "2025-04-16"
    wrong = typed.replace("水", "木").replace("Wednesday", "Thursday").replace("Wed", "Thu")
    assert str(refusal(wrong)) == "16 April 2025 is a Wednesday, not a Thursday."


def test_both_ends_of_an_interval_may_have_a_weekday():
    assert parse("4月16日（水）〜2025年4月18日（金）").text == "2025-04-16/2025-04-18"


# Kanji and eras


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("令和七年四月十六日", "2025-04-16"),
        ("二〇二五年四月十六日", "2025-04-16"),
        ("二○二五年四月十六日（水）", "2025-04-16"),
        ("二千二十五年十一月廿三日", "2025-11-23"),
        ("令和元年五月一日", "2019-05-01"),
        ("平成三十一年四月三十日", "2019-04-30"),
        ("令和七年度", "2025-04/2026-03"),
        ("R7.4.16", "2025-04-16"),
        ("R7/4/16", "2025-04-16"),
        ("r7-4-16", "2025-04-16"),
        ("R元.5.1", "2019-05-01"),
        ("R7年4月16日", "2025-04-16"),
        ("R7.4", "2025-04"),
        ("令和7.4.16", "2025-04-16"),
        ("令7.4.16", "2025-04-16"),
        ("㋿7年4月16日", "2025-04-16"),
        ("令和7年（2025年）4月16日", "2025-04-16"),
        ("令和7(2025)年4月16日", "2025-04-16"),
        ("2025年（令和7年）4月16日", "2025-04-16"),
        ("令和七（二〇二五）年四月", "2025-04"),
        ("昭和64年1月7日", "1989-01-07"),
        ("S64.1.7", "1989-01-07"),
        ("平成元年1月8日", "1989-01-08"),
        ("平成元年", "1989"),
        ("大正元年7月30日", "1912-07-30"),
        ("明治45年7月29日", "1912-07-29"),
        ("M6.1.1", "1873-01-01"),
        ("明治元年", "1868"),
        # papers that were written before an era ended name years ahead
        ("平成40年", "2028"),
        ("平成32年度", "2020-04/2021-03"),
        ("令和6年4月～7年3月", "2024-04/2025-03"),
    ],
)
def test_kanji_and_eras_are_read(typed, meant):
    assert parse(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("令和7年（2024年）4月16日", "令和7年 is 2025, not 2024."),
        ("2024年（令和7年）4月16日", "令和7年 is 2025, not 2024."),
        ("平成元年1月7日", "平成 began on 8 January 1989. Write 1989-01-07, if that is meant."),
        ("R1.4.30", "令和 began on 1 May 2019. Write 2019-04-30, if that is meant."),
        (
            "明治5年11月9日",
            (
                "“明治5年11月9日” is a day of the old calendar, which Japan kept until 1872. Write the day of the "
                "Gregorian calendar, such as 1868-10-23."
            ),
        ),
    ],
)
def test_a_date_that_its_era_does_not_have_is_answered_in_words(typed, sentence):
    error = refusal(typed)
    assert (error.code, str(error)) == ("era", sentence)


# Programs


@pytest.mark.parametrize(
    "typed",
    [
        "2025-04-16T00:00:00Z",
        "2025-04-16T00:00:00.000Z",
        "2025-04-16T00:00:00+09:00",
        "2025-04-16 00:00:00",
        "2025-04-16 00:00:00+00:00",
        "2025/4/16 0:00",
        "4/16/2025 12:00:00 AM",
        "16.04.2025 00:00",
        "20250416T000000Z",
        "Wed, 16 Apr 2025 00:00:00 +0000",
        "Wed Apr 16 2025 00:00:00 GMT+0900 (Japan Standard Time)",
        "2025年4月16日 0時",
        "2025年4月16日（水）午前0時00分",
    ],
)
def test_midnight_is_the_day(typed):
    assert parse(typed).text == "2025-04-16"


def test_an_interval_of_midnights_is_one_of_days():
    assert parse("2025-04-16T00:00:00Z/2025-04-18T00:00:00Z").text == "2025-04-16/2025-04-18"


@pytest.mark.parametrize(
    "typed",
    [
        "2025-04-16T10:00",
        "2025-04-16 10:30:00",
        "2025-04-16 24:00",
        "4/16/2025 12:00 PM",
        "2025年4月16日午後3時",
        "2025年4月16日0時半",
    ],
)
def test_another_time_of_day_asks_for_the_day_alone(typed):
    error = refusal(typed)
    assert (error.code, offers(error)) == ("time", ["2025-04-16"])
    assert str(error) == f"“{typed}” has a time of day. A date here has none: write 2025-04-16."


def test_a_moment_of_a_time_zone_asks_for_the_day_where_it_happened():
    error = refusal("2025-04-15T15:00:00Z")
    assert str(error) == (
        "“2025-04-15T15:00:00Z” has a time of day, and that moment is another day elsewhere. Write the day it was "
        "where it happened: 2025-04-15 or 2025-04-16."
    )
    assert offers(error) == ["2025-04-15", "2025-04-16"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("16-Apr-25", ["2025-04-16"]),
        ("16 Apr '25", ["2025-04-16"]),
        ("Apr 16, '25", ["2025-04-16"]),
        ("Apr 16, 25", ["2025-04-16"]),
        ("16/Apr/25", ["2025-04-16"]),
        ("Apr-25", ["2025-04"]),
        ("April '25", ["2025-04"]),
        ("4/16/25", ["2025-04-16"]),
        ("16.4.25", ["2025-04-16", "2016-04-25"]),
        ("04/05/25", ["2025-04-05", "2025-05-04", "2004-05-25"]),
        ("16/4/98", ["1998-04-16"]),
        ("25年4月16日", ["2025-04-16"]),
    ],
)
def test_a_year_of_two_digits_is_asked_about(typed, meant):
    error = refusal(typed)
    assert (error.code, sorted(offers(error))) == ("short_year", sorted(meant))
    assert str(error) == (
        f"“{typed}” has no year of four digits. Is {' or '.join(offers(error))} meant? Write it like that."
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("FY2024-25", ["2024-04/2025-03", "2024-10/2025-09"]),
        ("FY2024/25", ["2024-04/2025-03", "2024-10/2025-09"]),
        ("fiscal 2024", ["2024-04/2025-03", "2023-10/2024-09"]),
        ("2024-25", ["2024/2025", "2024-04/2025-03"]),
        ("2019–20", ["2019/2020", "2019-04/2020-03"]),
        ("Winter 2025", ["2024-24", "2025-24"]),
        ("2025年冬", ["2024-24", "2025-24"]),
        ("2025年4月~", ["2025-04~", "2025-04/.."]),
        ("~July 2025", ["2025-07~", "../2025-07"]),
        ("end of July 2025", ["2025-07-31", "2025-07-21~/2025-07-31~"]),
        ("2025年7月末", ["2025-07-31", "2025-07-21~/2025-07-31~"]),
        ("END OF JULY 2025", ["2025-07-31", "2025-07-21~/2025-07-31~"]),
        ("beginning of 2025", ["2025-01-01", "2025-01"]),
    ],
)
def test_what_has_two_readings_offers_both(typed, meant):
    assert offers(refusal(typed)) == meant


@pytest.mark.parametrize("typed", ["early 2025", "mid-2025", "2025年半ば"])
def test_a_part_of_a_year_without_agreed_months_asks_for_them(typed):
    assert "Write those it means, such as 2025-01/2025-04~." in str(refusal(typed))


@pytest.mark.parametrize(
    ("typed", "years"), [("2020-21", "2020/2021"), ("2023-24", "2023/2024"), ("2025-21", None), ("2010-11", None)]
)
def test_a_season_that_may_be_two_years_says_so(typed, years):
    """EDTF takes 2020-21 for a spring; whoever writes two years so is told, and not refused."""
    assert parse(typed).text == typed
    assert (found := as_two_years(typed)) is None or found.text == years
    assert bool(found) == bool(years)


# Open ends, and parts of a month


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("by the end of July 2025", "../2025-07"),
        ("until end of July 2025", "../2025-07"),
        ("2025年7月末まで", "../2025-07"),
        ("2025年7月末までに", "../2025-07"),
        ("2025年7月以前", "../2025-07"),
        ("〜2025年7月", "../2025-07"),
        ("～2025年7月末", "../2025-07"),
        ("2025年度末まで", "../2026-03"),
        ("on or before 16 April 2025", "../2025-04-16"),
        ("since April 2025", "2025-04/.."),
        ("2025年4月以降", "2025-04/.."),
        ("2025年4月〜", "2025-04/.."),
        ("April 2025 onwards", "2025-04/.."),
        ("from 1 April 2025 on", "2025-04-01/.."),
        ("no earlier than 2025", "2025/.."),
        # before and after leave out what they name
        ("before 1 August 2025", "../2025-07-31"),
        ("before August 2025", "../2025-07"),
        ("before January 2025", "../2024-12"),
        ("before 2025", "../2024"),
        ("2025年8月1日より前", "../2025-07-31"),
        ("after 31 December 2024", "2025-01-01/.."),
        ("after 2024", "2025/.."),
        ("after Q4 2024", "2025-01/.."),
        # thirds of a month: exact in Japanese, about in English
        ("2025年4月上旬", "2025-04-01/2025-04-10"),
        ("2025年4月中旬", "2025-04-11/2025-04-20"),
        ("2024年2月下旬", "2024-02-21/2024-02-29"),
        ("2025年4月上旬～中旬", "2025-04-01/2025-04-20"),
        ("early April 2025", "2025-04-01~/2025-04-10~"),
        ("mid-April 2025", "2025-04-11~/2025-04-20~"),
        ("late April 2025", "2025-04-21~/2025-04-30~"),
        ("mid-April to late May 2025", "2025-04-11~/2025-05-31~"),
        ("by mid-July 2025", "../2025-07-20~"),
        # what both ends share is said once
        ("2025年4～6月", "2025-04/2025-06"),
        ("2025年4月16～18日", "2025-04-16/2025-04-18"),
        ("2025年4月16日~18日", "2025-04-16/2025-04-18"),
        ("2024～25年", "2024/2025"),
        ("令和6～7年", "2024/2025"),
        ("JFY2024-25", "2024-04/2025-03"),
        ("US FY2024-25", "2024-10/2025-09"),
        ("2025年度上半期", "2025-04/2025-09"),
        ("2025年度下期", "2025-10/2026-03"),
    ],
)
def test_open_ends_and_stretches_are_read(typed, meant):
    assert parse(typed).text == meant


# Seasons, quarters, halves


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Spring 2025", "2025-21"),
        ("the spring of 2025", "2025-21"),
        ("2025年春", "2025-21"),
        ("2025年の夏", "2025-22"),
        ("fall 2025", "2025-23"),
        ("winter 2025–26", "2025-24"),
        ("winter 1999–2000", "1999-24"),
        ("Winter 2024/25", "2024-24"),
        ("2024～25年冬", "2024-24"),
        ("about summer 2025", "2025-22~"),
        ("Q2 2025", "2025-34"),
        ("2025 Q2", "2025-34"),
        ("2025-Q2", "2025-34"),
        ("2Q 2025", "2025-34"),
        ("second quarter of 2025", "2025-34"),
        ("2025年第2四半期", "2025-34"),
        ("2025年第二四半期", "2025-34"),
        ("2025年4～6月期", "2025-34"),
        ("2025年度第2四半期", "2025-35"),
        ("2025年度第4四半期", "2026-33"),
        ("H1 2025", "2025-40"),
        ("second half of 2025", "2025-41"),
        ("2025年上半期", "2025-40"),
        ("2025年後半", "2025-41"),
        # EDTF has no interval of seasons: the months take their place
        ("spring–summer 2025", "2025-03/2025-08"),
        ("2025-21/2025-23", "2025-03/2025-11"),
        ("by summer 2025", "../2025-08"),
        ("Q1–Q3 2025", "2025-01/2025-09"),
    ],
)
def test_parts_of_a_year_are_kept_as_such(typed, meant):
    assert parse(typed).text == parse(meant).text == meant


@pytest.mark.parametrize(
    ("text", "precision", "first", "last", "words", "beside"),
    [
        ("2025-21", "season", date(2025, 3, 1), date(2025, 5, 31), "spring 2025", ("Spring", "2025", "March–May")),
        ("2025-22", "season", date(2025, 6, 1), date(2025, 8, 31), "summer 2025", ("Summer", "2025", "June–August")),
        (
            "2025-23",
            "season",
            date(2025, 9, 1),
            date(2025, 11, 30),
            "autumn 2025",
            ("Autumn", "2025", "September–November"),
        ),
        (
            "2023-24",
            "season",
            date(2023, 12, 1),
            date(2024, 2, 29),
            "winter 2023–24",
            ("Winter 2023–24", "", "December 2023 – February 2024"),
        ),
        (
            "2025-34",
            "quarter",
            date(2025, 4, 1),
            date(2025, 6, 30),
            "the second quarter of 2025",
            ("Second quarter", "2025", "April–June"),
        ),
        (
            "2025-41",
            "half",
            date(2025, 7, 1),
            date(2025, 12, 31),
            "the second half of 2025",
            ("Second half", "2025", "July–December"),
        ),
    ],
)
def test_a_part_of_a_year_covers_whole_months(text, precision, first, last, words, beside):
    value = parse(text)
    assert (value.precision, value.lower, value.last) == (precision, first, last)
    assert display(value) == words
    strong, year, note = beside
    assert gutter(value) == Gutter(strong, "", year, "p-span", note)
    assert datetime_attribute(value) == ""  # HTML has no seasons


def test_a_part_of_a_year_stands_after_what_it_covers():
    chronology = [
        "2025-05-31",
        "2025-05",
        "2025-21",
        "2025-06",
        "2025-34",
        "2025-40",
        "2025-12-31",
        "2025-12",
        "2025-36",
    ]
    chronology += ["2025-41", "2025", "2026-02", "2025-24", "2026-03-01"]
    assert sorted(chronology, key=lambda text: parse(text).sort_key) == chronology


@pytest.mark.parametrize(
    ("text", "under"),
    [
        ("2025-05-31", (5, "May")),
        ("2025-05", (5, "May")),
        ("2025-21", (21, "Spring")),
        ("2025-24", (24, "Winter 2025–26")),
        ("2025-34", (34, "Second quarter")),
        ("2025-40", (40, "First half")),
        ("2025", (0, "")),
    ],
)
def test_a_list_has_a_heading_for_what_has_no_month(text, under):
    assert heading(*parse(text).sort_key) == under


@pytest.mark.parametrize("typed", ["2025-25", "2025-29", "2025-37", "Q5 2025", "winter 2023–25", "2025-42"])
def test_other_parts_of_a_year_are_refused(typed):
    refusal(typed)

"""Coverage: which months have been researched, and how the others are named."""

from timeline.public.coverage import gaps, researched, words

FROM_2019 = [["2019-04-01", "2019-06-30"], ["2025-04-10", "2025-10-31"]]


def month(text):
    year, number = text.split("-")
    return int(year) * 12 + int(number) - 1


def test_a_month_counts_when_some_of_its_days_were_researched():
    assert month("2025-04") in researched(FROM_2019)
    assert month("2025-03") not in researched(FROM_2019)


def test_gaps_are_the_stretches_in_between():
    found = gaps(FROM_2019, month("2019-01"), month("2025-12"))
    assert [words(gap) for gap in found] == [
        "January–March 2019",
        "July 2019 – March 2025",
        "November–December 2025",
    ]
    assert gaps(FROM_2019, month("2019-04"), month("2019-06")) == []


def test_whole_years_are_named_as_years():
    assert words((month("2021-01"), month("2021-12"))) == "2021"
    assert words((month("2021-01"), month("2023-12"))) == "2021–2023"
    assert words((month("2021-05"), month("2021-05"))) == "May 2021"


def test_where_no_coverage_is_kept_nothing_is_called_a_gap():
    assert gaps([], month("2019-01"), month("2019-12")) == []

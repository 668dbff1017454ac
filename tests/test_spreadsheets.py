"""Which cells a spreadsheet would run or change, and that all of them come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.spreadsheets import guarded, is_changed, is_formula, unguarded

DATES = [
    *("2025-04", "2025-04-16", "2025-21", "2025-04/2026-03", "2025/2026", "2025-04-16/2025-04-18"),
    *(
        "4/16/2025",
        "16.4.2025",
        "4/2025",
        "5-6",
        "24-25",
        "April 2025",
        "16 April 2025",
        "Apr-25",
        "16-Apr-25",
        "May 5",
        "April 16, 2025",
        "16 Apr",
    ),
    *("Sept. 2025", "2025年4月", "2025年4月16日", "令和7年4月16日", "令和元年", "4月16日", "２０２５－０４"),
    *("2025-04-16T00:00:00Z", "2025-04-16 09:00", "9:00", "09:00:30", "9:00 pm"),
]
CODES = [
    "02",
    "0201",
    "020130",
    "02; 0201",
    "0201;0202",
    "10; 0201",
    "02|87",
    "0201, 0202",
    "０２０１",
    "123456789012",
]
NUMBERS = ["2.50", "1,250", "15%", "$550", "¥1,000", "5 %", "2e10", "1 1/2", "1.5", "TRUE", "false"]
LEFT = [
    *(
        "",
        "2025",
        "8703",
        "12",
        "-5",
        "8703; 8704",
        "2025-",
        "../2025-07",
        "2025-04/..",
        "2025-04~",
        "2025~",
        "about April 2025",
    ),
    *(
        "about April 2025",
        "Akazawa meets Trump",
        "May",
        "March on Tokyo",
        "e-2019",
        "12 sources",
        "They agreed on 15%.",
    ),
    *("4月の会合", "https://example.org/2025-04", "2025年の米国関税", "Section 232/301", "G7"),
]


@pytest.mark.parametrize("cell", DATES + CODES + NUMBERS)
def test_what_would_be_changed_stays_with_an_apostrophe(cell):
    assert is_changed(cell)
    assert guarded(cell, whole=True) == f"'{cell}"
    assert guarded(cell) == cell  # a plain table is as it was written


@pytest.mark.parametrize("cell", LEFT)
def test_what_stays_as_it_is_gets_none(cell):
    assert guarded(cell, whole=True) == cell
    assert not is_formula(cell)


@pytest.mark.parametrize("cell", ["=1+1", "+1 a", "-a", "@x", "＝1", "＠x", "\tx", "\rx", " =1", "'=1"])
def test_what_would_be_run_gets_one_everywhere(cell):
    assert guarded(cell) == guarded(cell, whole=True) == f"'{cell}"


cells = st.text(st.sampled_from("=+-@'; |,.:/\t\r0129年月日a%$ApMay＝０"), max_size=12) | st.text(max_size=12)


@given(cells, st.booleans())
def test_every_cell_comes_back(cell, whole):
    assert unguarded(guarded(cell, whole=whole)) == cell
    assert not is_formula(guarded(cell, whole=whole).removeprefix("'")) or guarded(cell, whole=whole)[:1] == "'"


def test_a_text_is_no_date_and_no_number_however_long_it_is():
    assert not is_changed("01; " * 5_000 + "02")

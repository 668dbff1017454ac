"""Codes of the Harmonized System, as people and spreadsheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import hs

WRITTEN = {
    "0201": [
        *("0201", "HS 0201", "hs0201", "HS: 0201", "H.S. 0201", "HTS 0201", "HS code 0201", "HSコード0201", "02.01"),
        *("０２０１", "'0201", "’0201", " 0201 ", "ＨＳ　０２０１", "HS heading 02.01"),
    ],
    "020130": [
        *("0201.30", "0201 30", "02.01.30", "0201-30", "ＨＳ０２０１．３０", "HTSUS 0201.30", "HS subheading 0201.30"),
    ],
    "02": ["02", "HS 02", "'02"],
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in WRITTEN.items() for text in texts])
def test_one_code_in_many_dresses(code, text):
    assert hs.read(text) == code


def problem(text):
    with pytest.raises(hs.HSError) as error:
        hs.read(text)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "meant"), [("201", "0201"), ("2", "02"), ("20130", "020130"), ("201.3", "020130"), ("8703.2", "870320")]
)
def test_a_lost_zero_is_asked_for_and_never_put_back(text, meant):
    assert problem(text).endswith(f"Was a zero lost, and is {meant} meant?")


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("8703.23.01.60", "870323;"),
        ("0201300200", "020130;"),
        ("8703.23-910", "870323 (or, if a zero was lost at its beginning, 087032);"),
        ("020130090", "020130;"),
        ("02013000", "020130;"),
    ],
)
def test_the_line_of_one_country_is_refused_for_that_reason(text, shared):
    assert f"Write the six that all share, {shared}" in problem(text)


@pytest.mark.parametrize("text", ["cars", "8703a", "870 323", "0201, 0202", "12345678901", "八七〇三", "..", "HS"])
def test_what_is_no_code(text):
    assert problem(text) == "An HS code has 2, 4 or 6 digits, for example 8703."


@given(st.text(max_size=20) | st.from_regex(r"[0-9. '-]{1,14}", fullmatch=True))
def test_whatever_is_written_is_digits_or_refused(text):
    try:
        code = hs.read(text)
    except hs.HSError:
        return
    assert hs.read(code) == code
    assert len(code) in (2, 4, 6)

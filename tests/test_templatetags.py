"""What templates ask of the public document: words, marks, order and classes."""

import re
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from timeline import choices
from timeline.public import document, wording
from timeline.templatetags import chronology


def render(source: str, **context: Any) -> str:
    return Template("{% load chronology %}" + source).render(Context(context))


def dated(text: str, basis: str = "stated", note: str = "", extent: str = "") -> dict[str, Any]:
    return {**document.date_document(text), "extent": extent, "basis": basis, "note": note}


def figure(**changes: Any) -> dict[str, Any]:
    empty = {"value": None, "low": None, "high": None, "qualifier": "", "currency": "", "scale": "", "per": ""}
    standing = {"status": "reported", "basis": "", "period": "", "period_note": ""}
    return {**empty, "unit": "percent", **standing, **changes}


def source(**changes: Any) -> dict[str, Any]:
    return {
        "number": 1,
        "title": "Talks open",
        "title_is_description": False,
        "publisher": {"slug": "reuters", "name": "Reuters"},
        "byline": "",
        "published": dated("2019-06"),
        **changes,
    }


# -- dates --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "basis", "expected"),
    [
        ("2019-06-28", "stated", 'p-day"></i><time datetime="2019-06-28"><b class="n">28</b> June'),
        ("2019-06-28", "derived", "<span>day worked out from the report</span>"),
        ("2025-10", "stated", 'p-month"></i><time datetime="2025-10"><b>October</b>'),
        ("2025-10", "stated", "<span>month only</span>"),
        ("2025-05~", "stated", 'p-about"></i><data value="2025-05~"><b>About</b> May'),
        ("2025-10-27/2025-10-29", "stated", 'p-span"></i><data value="2025-10-27/2025-10-29"><b>27–29</b> October'),
    ],
)
def test_the_gutter_says_how_exact_a_date_is(text, basis, expected):
    assert expected in render("{% gutter date %}", date=dated(text, basis))


@pytest.mark.parametrize(
    ("text", "extent", "words", "mark", "note"),
    [
        ("2025-10-27/2025-10-29", "", "27–29 October 2025", "p-span", ""),
        ("2025-10-27/2025-10-29", "lasted", "27–29 October 2025", "p-span", ""),
        ("2025-10-27/2025-10-29", "between", "some time between 27 and 29 October 2025", "p-between", "between"),
        ("2025-10", "lasted", "throughout October 2025", "p-span", "all month"),
        ("2025-10", "between", "October 2025", "p-month", "month only"),
        ("2025-10-27", "lasted", "27 October 2025", "p-day", ""),
    ],
)
def test_what_two_dates_mean_is_said_in_words_and_by_a_mark(text, extent, words, mark, note):
    date = dated(text, extent=extent)
    assert wording.happened(date) == words
    assert chronology.mark(date) == mark
    beside = render("{% gutter date %}", date=date)
    assert mark in beside
    assert note in beside


def test_the_year_stands_apart_where_the_year_heading_repeats_it():
    assert '<span class="yr">2019</span>' in render("{% gutter date %}", date=dated("2019-06-28"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2019-06-28", "28 June 2019"),
        ("2019-06", "June 2019 month only"),
        ("2019", "All year 2019"),
        ("2019-06-28~", "About 28 June 2019"),
        ("2019-06-27/2019-06-29", "27–29 June 2019"),
        ("2019-12/2020-01", "December 2019 – January 2020"),
    ],
)
def test_words_of_a_date_are_parted_without_style_too(text, words):
    """In copied text, and for who reads without style, a day and its year read “28 June2026”."""
    assert re.sub("<[^>]*>", "", render("{% gutter date %}", date=dated(text))) == words


def test_japanese_needs_no_space_between_a_year_and_its_month():
    with translation.override("ja"):
        assert re.sub("<[^>]*>", "", render("{% gutter date %}", date=dated("2019-06"))).startswith("2019年6月 ")


def test_a_draft_without_a_date_says_so():
    assert "no date yet" in render("{% gutter date %}", date=dated(""))
    assert chronology.mark(dated("")) == "p-about"
    assert wording.when("") == ""


def test_a_date_that_html_has_no_form_for_is_data_with_its_edtf():
    said = "{% dated text %}that day{% enddated %}"
    assert render(said, text="2019-06-28") == '<time datetime="2019-06-28">that day</time>'
    assert render(said, text="2019-06-28~") == '<data value="2019-06-28~">that day</data>'
    assert render(said, text="2019-06-14/2019-06-28") == '<data value="2019-06-14/2019-06-28">that day</data>'


def test_a_moment_is_said_to_the_second_as_html_wants_it():
    assert render("{{ moment|instant }}", moment="2026-11-30T13:10:26.845677+00:00") == "2026-11-30T13:10:26+00:00"


def test_how_a_date_is_known_is_the_note_or_a_sentence_for_the_basis():
    assert wording.basis(dated("2019", note="The order names the day.")) == "The order names the day."
    for basis in choices.DateBasis.values:
        assert wording.basis(dated("2019", basis)).endswith(".")
    assert wording.basis(dated("2019", "")) == ""


# -- figures ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"value": "25"}, "25%"),
        ({"value": "-0.5"}, "-0.5%"),
        ({"low": "-1234.50", "high": "-0.25"}, "-1,234.50–-0.25%"),
        ({"value": "67.6", "unit": "money", "currency": "USD", "scale": "billion"}, "$67.6 billion"),
        (
            {
                "value": "200",
                "unit": "money",
                "currency": "USD",
                "scale": "million",
                "per": "year",
                "qualifier": "up_to",
            },
            "up to $200 million a year",
        ),
        ({"value": "55", "unit": "money", "currency": "USD", "per": "share"}, "$55 per share"),
        (
            {"value": "80", "unit": "money", "currency": "JPY", "scale": "trillion", "qualifier": "about"},
            "about ¥80 trillion",
        ),
        (
            {"value": "5.5", "unit": "tonnes", "scale": "million", "per": "year", "qualifier": "up_to"},
            "up to 5.5 million tonnes a year",
        ),
        ({"value": "346000", "unit": "tonnes"}, "346,000 tonnes"),
        ({"value": "1", "unit": "mines"}, "1 mine"),
        ({"value": "1", "unit": "tonnes", "scale": "million"}, "1 million tonnes"),
        ({"value": "18", "unit": "items"}, "18"),
        ({"low": "10", "high": "12", "unit": "days"}, "10–12 days"),
        ({"low": "10", "high": "15"}, "10–15%"),
        ({"low": "10"}, "from 10%"),
        ({"high": "10"}, "to 10%"),
        ({}, "not stated"),
    ],
)
def test_a_figure_reads_as_a_reader_says_it(changes, expected):
    assert wording.figure_value(figure(**changes)) == expected


@pytest.mark.parametrize("unit", choices.Unit.values)
def test_every_unit_can_be_printed(unit):
    currency = "USD" if unit == "money" else ""
    for value in ("1", "2.5"):
        assert wording.figure_value(figure(value=value, unit=unit, currency=currency))


def test_the_standing_of_a_figure_is_its_status_and_period():
    assert wording.figure_standing(figure(status="in_force", period="2025-08-07/..")) == "In force, from 7 August 2025"
    assert wording.figure_standing(figure(period_note="Japanese fiscal year 2024")).endswith(
        "Japanese fiscal year 2024"
    )
    assert wording.figure_standing(figure(status="agreed")) == "Agreed"


def test_the_standing_of_a_rate_says_what_it_is_made_of():
    said = wording.figure_standing(figure(status="in_force", basis="total", period="2025-04-03/2025-09-15"))
    assert said == "Was in force, 3 April – 15 September 2025 (in total)"
    said = wording.figure_standing(figure(status="ended", basis="base", period="../2019-12-31"))
    assert said == "Ended, until 31 December 2019 (ordinary duty)"
    said = wording.figure_standing(figure(status="struck_down", period="2025-08-07/2026-02-20"))
    assert said == "Struck down, 7 August 2025 – 20 February 2026"
    assert wording.figure_standing(figure(status="proposed", period="2026-07-24/..")) == "Proposed, from 24 July 2026"


# -- statements and sources ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("natures", "sizes"),
    [
        (["reported"] * 3, [3]),
        (["reported"] * 4, [2, 2]),
        (["reported"] * 7, [3, 3, 1]),
        (["reported", "claim", "claim", "reported"], [1, 2, 1]),
        ([], []),
    ],
)
def test_statements_run_on_in_short_paragraphs_of_one_nature(natures, sizes):
    statements = [{"nature": nature, "text": str(index)} for index, nature in enumerate(natures)]
    found = chronology.paragraphs(statements)
    assert [len(paragraph["sentences"]) for paragraph in found] == sizes
    assert [one for paragraph in found for one in paragraph["sentences"]] == statements
    assert all(one["nature"] == paragraph["nature"] for paragraph in found for one in paragraph["sentences"])


def test_a_source_is_named_by_publisher_and_date():
    assert wording.source_line(source()) == "Reuters, June 2019"
    assert wording.source_line(source(publisher=None, byline="Jiji Press")) == "Jiji Press, June 2019"
    assert wording.source_line(source(publisher=None, published=None)) == "Publisher not recorded, undated"


def test_titles_of_our_own_stand_in_brackets():
    assert wording.source_title(source()) == "Talks open"
    assert wording.source_title(source(title_is_description=True)) == "[Talks open]"


def test_each_quotation_of_a_source_is_listed_once_with_what_quotes_it():
    def citation(number: int, quotation: str) -> dict[str, Any]:
        quoted = {"quotation": quotation, "language": "ja", "translation": "In English", "locator": "p. 2"}
        return {"number": number, **quoted, "says": "…"}

    entry = {
        "statements": [{"id": "a", "citations": [citation(1, "big progress"), citation(2, "other")]}],
        "figures": [{"id": "b", "citations": [citation(1, "big progress"), citation(1, "")]}],
        "disagreements": [{"id": "c", "accounts": [citation(1, "on top")]}],
    }
    told = {"language": "ja", "translation": "In English", "locator": "p. 2"}
    assert chronology.quotations(entry, 1) == [
        {"quotation": "big progress", **told, "for": ["s-a", "f-b"]},
        {"quotation": "on top", **told, "for": ["d-c"]},
    ]
    assert chronology.quotations(entry, 3) == []


def test_a_source_is_found_by_its_number():
    second = source(number=2)
    assert chronology.numbered([source(), second], 2) is second
    assert chronology.numbered([source()], 9) is None


# -- vocabulary, lists and classes --------------------------------------------------------


@pytest.mark.parametrize(("kind", "terms"), list(wording.VOCABULARY.items()))
def test_every_stored_term_has_a_word(kind, terms):
    assert all(wording.label(value, kind) for value in terms.values)
    assert wording.label("", kind) == ""


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], ""),
        (["87"], "Harmonized System chapter 87"),
        (["0201", "0202"], "Harmonized System headings 0201 and 0202"),
        (["270900", "270900", "271111"], "Harmonized System subheadings 270900, 270900 and 271111"),
        (["87", "8703"], "Harmonized System 87 and 8703"),
    ],
)
def test_hs_codes_are_named_by_their_level(codes, expected):
    assert chronology.hs(codes) == expected


@pytest.mark.parametrize(
    ("depths", "shape"),
    [
        ([0, 1, 1, 0], [(0, [1, 2]), (3, [])]),
        ([0, 1, 2, 1], [(0, [1, 3])]),
    ],
)
def test_a_flat_list_with_depths_becomes_a_tree(depths, shape):
    records = [{"depth": depth, "at": at} for at, depth in enumerate(depths)]
    found = chronology.tree(records)
    assert [(top["record"]["at"], [one["record"]["at"] for one in top["children"]]) for top in found] == shape


def test_the_masthead_marks_the_page_and_the_section():
    def marks(path: str) -> list[str]:
        context = {"request": RequestFactory().get(path)}
        return [render("{% current path %}", path=link, **context) for link in ("/", "/people/")]

    assert marks("/") == [' aria-current="page"', ""]
    assert marks("/people/") == ["", ' aria-current="page"']
    assert marks("/people/abe-shinzo/") == ["", ' aria-current="true"']
    chart = {"request": RequestFactory().get("/figures/duty-on-cars/")}
    assert render("{% current '/commodities/' '/figures/' %}", **chart) == ' aria-current="true"'
    assert render("{% current '/' %}") == ""


def option(**changes: Any) -> dict[str, Any]:
    plain = {
        "value": "abe",
        "label": "Abe",
        "detail": "",
        "depth": 0,
        "count": 3,
        "checked": False,
        "id": "person-abe",
    }
    return {**plain, "children": [], **changes}


def test_options_are_escaped_and_tell_their_state():
    html = render(
        "{% facet_options 'person' options %}",
        options=[
            option(label="<b>", detail="<i>", value='"', id='"', checked=True),
            option(count=0),
            option(count=None),
        ],
    )
    assert "<b>" not in html
    assert "<small>&lt;i&gt;</small>" in html
    assert 'value="&quot;" checked' in html
    assert 'class="zero">0<' in html
    assert html.count("></i>") == 1  # too many to count: kept empty, for a later answer to fill


def test_parts_fold_below_their_whole_and_open_when_one_is_ticked():
    closed = option(children=[option(depth=1)])
    opened = option(children=[option(depth=1, checked=True)])
    assert "<details" in render("{% facet_options 'commodity' options %}", options=[closed])
    assert " open>" not in render("{% facet_options 'commodity' options %}", options=[closed])
    assert " open>" in render("{% facet_options 'commodity' options %}", options=[opened])
    assert chronology.any_ticked([option(children=[opened])])


def test_cached_words_are_kept_apart_by_language():
    assert wording.label("claim", "nature") == "Claim"
    with translation.override("ja"):
        japanese = wording.when("2019-06-28"), wording.label("claim", "nature")
    assert wording.when("2019-06-28") == "28 June 2019"
    assert japanese[1]

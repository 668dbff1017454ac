"""Dates in the words of a search: what is read as one, what is offered, and the way back to words."""

import json
from urllib.parse import parse_qs

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict

from tests.factories import PersonFactory, publish_entry
from timeline import edtf
from timeline.edition import refresh_names
from timeline.filters import Question, dates
from timeline.filters.dates import MOST_READINGS
from timeline.filters.offers import offers
from timeline.models import Person, PersonName

pytestmark = pytest.mark.django_db


def question(words: str, **others: str) -> Question:
    data = QueryDict(mutable=True)
    data.update({"q": words, **others})
    return Question(data)


def found(words: str, **others: str) -> list[str]:
    return [row.document["headline"] for row in question(words, **others).entries.chronological()]


def offered(words: str, **others: str) -> list[tuple[str, str, int]]:
    """Date, canonical query and number of what is offered."""
    return [(one.date, one.query, one.number) for one in offers(question(words, **others))]


# -- what is a date -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "date", "rest"),
    [
        ("28 October 2025", "2025-10-28", ""),
        ("October 2025", "2025-10", ""),
        ("2025-10-28", "2025-10-28", ""),
        ("２０２５年１０月２８日", "2025-10-28", ""),
        ("令和七年四月", "2025-04", ""),
        ("Spring 2025", "2025-21", ""),
        ("since April 2025", "2025-04/..", ""),
        ("since 2022", "2022/..", ""),
        ("July 2019 rice", "2019-07", "rice"),
        ("rice in July 2019", "2019-07", "rice"),
        ("tariff April 2025", "2025-04", "tariff"),
        ("steel since April 2025", "2025-04/..", "steel"),
        ("second quarter of 2025 steel exports", "2025-34", "steel exports"),
        ("Section 232 July 2025", "2025-07", "Section 232"),
        ("$550 billion July 2025", "2025-07", "$550 billion"),
        ("赤沢2025年4月", "2025-04", "赤沢"),
        ("2025年7月22日〜23日の合意", "2025-07-22/2025-07-23", "合意"),
        ("関税 2025年4月以降", "2025-04/..", "関税"),
        ("July 2019 -rice", "2019-07", "-rice"),
        ('"rare earth" July 2019', "2019-07", '"rare earth"'),
    ],
)
def test_a_date_is_found_alone_and_among_words(words, date, rest):
    one = dates.read(words)
    assert ([each.text for each in one.dates], one.rest, one.is_certain) == ([date], rest, True)


@pytest.mark.parametrize("words", ["2025", "2025年", "rice 2025", "Section 232 2019", "2018–2019"])
def test_bare_years_may_be_words(words):
    one = dates.read(words)
    assert ({end.precision for end in one.dates[0].ends}, one.is_certain) == ({edtf.Precision.YEAR}, False)


@pytest.mark.parametrize(
    "words",
    [
        '"April 2025"',
        "「2025年4月」",
        '"28 October 2025" rice',
        "rice -2025-04-16",
        "rice OR July 2019",
        "April or May 2025",
        "8703",
        "15%",
        "10–15%",
        "232/301",
        "May",
        "march",
        "今年4月",
        "",
    ],
)
def test_what_is_quoted_left_out_or_an_alternative_is_no_date(words):
    assert dates.read(words) is None


@pytest.mark.parametrize(
    "words",
    [
        " ".join(["2"] * 25),
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25",
        "April " * 25 + "2",
        "9" * 200,
        "年9月" * 66,
        "第9四半期" * 40,
        '"' * 200,
        "- " * 100 + "9",
    ],
)
def test_hostile_words_are_tried_a_few_times(monkeypatch, words):
    tried = []
    monkeypatch.setattr(dates.edtf, "parse", lambda text, parse=edtf.parse: tried.append(text) or parse(text))
    dates.read(words[:200])
    assert len(tried) <= 3 * MOST_READINGS + 3


# -- applied --------------------------------------------------------------------------------


@pytest.fixture
def october():
    publish_entry(title="Before", date="2025-10-27")
    publish_entry(title="That day", date="2025-10-28")
    publish_entry(title="That month", date="2025-10")
    publish_entry(title="Afterwards", date="2025-11-01")


@pytest.mark.parametrize(
    "words", ["28 October 2025", "2025-10-28", "2025年10月28日", "令和7年10月28日（火）", "R7.10.28"]
)
def test_a_date_alone_limits_the_dates(october, words):
    asked = question(words)
    assert found(words) == ["That day", "That month"]
    assert asked.sentence == "Entries on 28 October 2025"
    assert asked.query() == asked.subscription() == "from=2025-10-28&to=2025-10-28"
    assert [(chip.label, chip.query) for chip in asked.chips] == [("28 October 2025", "")]
    assert not asked.problems


def test_an_open_date_limits_one_side(october):
    assert question("since November 2025").query() == "from=2025-11"
    assert found("by 27 October 2025") == ["Before", "That month"]
    assert question("spring 2025").sentence == "Entries in spring 2025"


@pytest.mark.parametrize("address", ["/entries.json", "/feed.json", "/api/v1/entries"])
def test_feeds_and_data_have_the_same_entries_as_the_page(client, october, address):
    titles = {
        query: sorted(
            one.get("headline") or one.get("title")
            for key in ("entries", "items")
            for one in json.loads(client.get(f"{address}?{query}").getvalue()).get(key, [])
        )
        for query in ("q=28+October+2025", "from=2025-10-28&to=2025-10-28")
    }
    assert len(set(map(tuple, titles.values()))) == 1
    assert len(titles["q=28+October+2025"]) == 2


def test_a_date_goes_back_to_words(client, october):
    publish_entry(title="Words", date="2019-01-01", summary="It was decided on 28 October 2025.")
    page = BeautifulSoup(client.get("/", {"q": "28 October 2025"}).content, "html.parser")
    assert page.select_one("#q")["value"] == "28 October 2025"
    note = page.select_one(".note.one")
    assert "“28 October 2025” was read as a date." in " ".join(note.text.split())
    query = parse_qs(note.a["href"].partition("?")[2].partition("#")[0])
    assert query == {"q": ['"28 October 2025"']}
    assert found(*query["q"]) == ["Words"]


def test_a_plain_form_keeps_the_words_as_they_were_typed(client, october):
    response = client.get("/?q=28+October+2025&from=&to=&commodity=")
    assert response.headers["Location"] == "/?q=28+October+2025"


def test_an_address_of_typed_words_names_the_canonical_one_and_is_not_indexed(client, october):
    page = BeautifulSoup(client.get("/", {"q": "28 October 2025"}).content, "html.parser")
    assert page.select_one("link[rel=canonical]")["href"].endswith("/?from=2025-10-28&to=2025-10-28")
    for query in ({"q": "28 October 2025"}, {"from": "2025-10-28", "to": "2025-10-28"}):
        page = BeautifulSoup(client.get("/", query).content, "html.parser")
        assert "noindex" in page.select_one("meta[name=robots]")["content"]


def test_dates_that_are_asked_for_go_before_a_typed_one(october):
    assert question("28 October 2025", **{"from": "2025-11"}).parameters["q"] == ["28 October 2025"]
    assert offered("28 October 2025", **{"from": "2025-11"}) == [
        ("28 October 2025", "from=2025-10-28&to=2025-10-28", 2)
    ]


# -- a person and a date --------------------------------------------------------------------


@pytest.fixture
def akazawa():
    person = PersonFactory(given_name="Ryosei", family_name="Akazawa", slug="akazawa-ryosei")
    person.names.add(PersonName(name="赤沢", language="ja", script="Jpan"))
    person.names.add(PersonName(name="あかざわ りょうせい", language="ja", kind="reading"))
    person.save()
    refresh_names([(Person, person.pk)])
    publish_entry(title="In April", date="2025-04-16", people=[person])
    publish_entry(title="In May", date="2025-05-16", people=[person])
    publish_entry(title="Without him", date="2025-04-17")
    return person


@pytest.mark.parametrize(
    "words",
    [
        "Akazawa April 2025",
        "April 2025 akazawa",
        "赤沢 2025年4月",
        "赤沢2025年4月",
        "Akazawa Ryosei April 2025",
        "赤沢大臣 2025年4月",
        "2025年4月の赤沢さん",
        "赤澤 2025年4月",
        "あかざわ 2025年4月",
        "りょうせい2025年4月",
    ],
)
def test_a_person_with_a_date_narrows_by_both(akazawa, words):
    asked = question(words)
    assert found(words) == ["In April"]
    assert asked.query() == "from=2025-04&person=akazawa-ryosei&to=2025-04"
    assert [chip.label for chip in asked.chips] == ["Ryosei Akazawa", "April 2025"]
    assert '"' in parse_qs(asked.query_as_words())["q"][0]


def test_two_people_of_one_name_are_words(akazawa):
    other = PersonFactory(given_name="Jiro", family_name="Akazawa", slug="akazawa-jiro")
    publish_entry(title="Jiro Akazawa speaks", date="2025-04-20", people=[other])
    assert question("Akazawa April 2025").parameters == {"q": ["Akazawa April 2025"]}


def test_a_person_that_only_a_draft_names_is_not_found_out():
    PersonFactory(given_name="Hanako", family_name="Secret", slug="secret-hanako")
    publish_entry(date="2025-04-16")
    assert question("Secret April 2025").parameters == {"q": ["Secret April 2025"]}


# -- offered --------------------------------------------------------------------------------


@pytest.fixture
def rice():
    publish_entry(title="Rice quota", date="2019-07-10")
    publish_entry(title="Rice again", date="2019-07")
    publish_entry(title="Steel", date="2019-07-11")
    publish_entry(title="Rice later", date="2020-01-01")


def test_a_date_among_words_is_offered_with_its_number(client, rice):
    assert offered("July 2019 rice") == [("July 2019", "from=2019-07&q=rice&to=2019-07", 2)]
    page = BeautifulSoup(client.get("/", {"q": "July 2019 rice"}).content, "html.parser")
    offer, *_others = page.select(".lost li")  # no entry has the words
    assert " ".join(offer.text.split()) == "July 2019: 2 entries with “rice”"
    assert found("rice", **{"from": "2019-07", "to": "2019-07"}) == ["Rice quota", "Rice again"]


def test_nothing_is_offered_that_is_empty(rice):
    assert offered("July 2018 rice") == offered("rice 1500") == offered("1 April") == []


def test_a_year_is_offered_and_searched_as_a_word(rice):
    assert question("2019").parameters == {"q": ["2019"]}
    assert offered("2019") == [("2019", "from=2019&to=2019", 3)]
    assert offered("rice 2020") == [("2020", "from=2020&q=rice&to=2020", 1)]


def test_what_may_be_two_dates_is_offered_as_both(rice):
    assert [one[:2] for one in offered("10/07/2019")] == [("10 July 2019", "from=2019-07-10&to=2019-07-10")]
    publish_entry(title="Autumn", date="2019-10-07")
    assert [one[0] for one in offered("10/07/2019")] == ["10 July 2019", "7 October 2019"]


@pytest.mark.parametrize("words", ["April 16", "16 April", "4月16日", "16th of April"])
def test_a_day_without_a_year_offers_its_years(django_assert_num_queries, words):
    for date in ("2019-04-16", "2025-04-16", "2025-04-16", "2025-04", "2024-04-17", "2021-04"):
        publish_entry(date=date)
    asked = question(words)
    assert asked.parameters == {"q": [words]}
    assert [(one.date, one.query, one.number) for one in offers(asked)] == [
        ("16 April 2025", "from=2025-04-16&to=2025-04-16", 3),
        ("16 April 2019", "from=2019-04-16&to=2019-04-16", 1),
    ]


@pytest.mark.parametrize("words", ["6 June", "5 June"])
def test_a_day_of_an_event_of_a_few_days_is_offered_too(words):
    for date in ("2024-06", "2025-05-30/2025-06-20", "2025-06-05/2025-06-06"):
        publish_entry(date=date)
    assert [(one[0], one[2]) for one in offered(words)] == [(f"{words} 2025", 2)]


def test_a_leap_day_and_other_words_offer_years_too():
    publish_entry(title="Beef", date="2020-02-29")
    publish_entry(title="Pork", date="2024-02-29")
    assert [one[0] for one in offered("29 February")] == ["29 February 2024", "29 February 2020"]
    assert offered("beef 29 February") == [("29 February 2020", "from=2020-02-29&q=beef&to=2020-02-29", 1)]


@pytest.mark.parametrize(("words", "number"), [("rice", 0), ("July 2019 rice", 2), ("April 16", 1), ("10/07/2019", 2)])
def test_an_offer_costs_a_query_and_one_for_names_and_only_where_a_date_was_typed(
    rice, django_assert_num_queries, words, number
):
    asked = question(words)
    with django_assert_num_queries(number):
        list(offers(asked))

"""The order of relevance: where the words stand, the headline first, then key entries, then the latest event."""

import datetime
import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.http import QueryDict

from tests.factories import (
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    draft_entry,
    known_by_name,
    publish,
    publish_entry,
)
from timeline import edition, search
from timeline.choices import EventRole, NameKind
from timeline.filters import Question, relevance
from timeline.filters.paging import list_entries
from timeline.models import Citation, CommodityName, EntryPerson, PersonName, PublishedEntry
from timeline.search.index import vector

pytestmark = pytest.mark.django_db

ORDER = ["Headline, key", "Headline", "Headline, earlier", "Name, key", "Name"]
ORDER += ["Text, key", "Text", "Quotation", "Account"]


@pytest.fixture(scope="module")
def rice(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Entries that say “rice” in one place each, and one that says it nowhere; made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        publish_rice()
        yield
        transaction.set_rollback(True)


def publish_rice() -> None:
    board = OrganisationFactory(name="The rice board")
    paper, other, told = (SourceFactory(title=title) for title in ("A paper", "Another", "News of rice"))
    publish_entry(title="Apart", date="2025-09")
    publish_entry(title="Title", date="2025-08-09", sources=[told])
    account = draft_entry(title="Account", date="2025-08-08", sources=[paper])
    add_disagreement(account, **{"Nothing was said of rice.": paper, "Much was said.": other})
    publish(account)
    quoted = publish_entry(title="Quotation", date="2025-08-09", sources=[paper])
    Citation.objects.filter(statement__entry=quoted).update(quotation="We spoke of rice")
    edition.refresh([quoted.pk])
    publish_entry(title="Text", date="2025-08-08", statements=["They spoke of rice."])
    publish_entry(title="Text, key", date="2019", weight="key", summary="They spoke of rice.")
    publish_entry(title="Name", date="2025-08-07", organisations=[board])
    publish_entry(title="Headline, earlier: rice", date="2025-08-05")
    publish_entry(title="Headline: rice", date="2025-08-06")
    publish_entry(title="Name, key", date="2020", weight="key", organisations=[board])
    publish_entry(title="Headline, key: rice", date="2018", weight="key")


def ask(query: str, *, best_first: bool | None = True) -> Question:
    return Question(QueryDict(query), best_first=best_first)


def listed(query: str, size: int = 50) -> list[str]:
    rows = list_entries(ask(query), size).rows
    return [row.document["headline"].removesuffix(": rice") for row in rows]


# -- what comes first -----------------------------------------------------------------------


def test_entries_come_by_where_the_words_stand_then_by_weight_and_date(rice):
    assert listed("q=rice") == [*ORDER, "Title"]


def test_all_words_count_not_the_best_of_them(rice):
    publish_entry(title="Rice from afar", date="2025-10", sources=[SourceFactory(title="An atlas")])
    publish_entry(title="Rice in an atlas", date="2016")
    assert listed("q=rice+atlas") == ["Rice in an atlas", "Rice from afar"]


def test_a_headline_has_all_names_of_whom_and_what_it_names():
    """By one of its names, or the family name of a person: in whatever language somebody types another."""
    akazawa = PersonFactory(given_name="Ryosei", family_name="Akazawa")
    akazawa.names.add(PersonName(name="赤沢亮正", language="ja", kind=NameKind.NATIVE))
    akazawa.save()
    cars = CommodityFactory(name="Automobiles")
    cars.names.add(CommodityName(name="cars", kind=NameKind.ALIAS))
    cars.save()
    publish_entry(title="Akazawa talks about a car", date="2019", people=[akazawa], commodities=[cars])
    publish_entry(title="A deal", date="2025", weight="key", people=[akazawa], commodities=[cars])
    known_by_name()
    for words in ("Akazawa", "Ryosei Akazawa", "赤沢", "赤沢亮正", "cars", "automobiles"):
        assert listed(urlencode({"q": words})) == ["Akazawa talks about a car", "A deal"], words


def test_who_acts_comes_before_who_is_only_mentioned():
    biden = PersonFactory(given_name="Joe", family_name="Biden")
    publish_entry(title="An order", date="2019", people=[biden])
    mentions = draft_entry(title="An offer", date="2025", weight="key")
    mentions.entry_people.add(EntryPerson(person=biden, role=EventRole.MENTIONED))
    publish(mentions)
    publish_entry(title="A speech", date="2026", summary="Joe Biden is remembered.")
    assert listed("q=Joe+Biden") == ["An order", "An offer", "A speech"]


def test_the_other_filters_narrow_it(rice):
    assert listed("q=rice&from=2025-08-07") == ["Name", "Text", "Quotation", "Account", "Title"]


@pytest.mark.parametrize(
    "words", ["rice", '"rice board"', "rice -board", "spoke or news", "r", "of rice", "ricey", "board rice", "-rice"]
)
def test_the_tiers_together_find_what_the_question_does(rice, words):
    reading = search.read(words)
    tiers = [
        list(PublishedEntry.objects.matching(search.Question(text)).values_list("pk", flat=True))
        for text in reading.tiers()
    ]
    found = list(itertools.chain(*tiers))
    question = reading.question()
    asked = PublishedEntry.objects.matching(question) if question else PublishedEntry.objects.none()
    assert sorted(found) == sorted(asked.values_list("pk", flat=True))


def test_a_kanji_and_a_phrase_are_looked_for_in_their_zones():
    publish_entry(title="米国の関税", date="2019")
    publish_entry(title="Later", summary="米国の関税", date="2025")
    assert listed("q=米") == listed("q=関税") == listed('q="米国の関税"') == ["米国の関税", "Later"]


def test_a_word_has_one_mark_by_the_best_of_its_zones():
    text = vector({"H": ["rice"], "A": ["rice talks"], "B": ["talks on corn"], "C": ["corn"], "D": ["maize", "rice"]})
    marks = {lexeme.strip("'") for lexeme in text.split() if "|" in lexeme}
    assert marks == {"h|rice", "a|talk", "d|maiz"}  # what is best in B needs none


@pytest.mark.parametrize("words", ["the", "OR", "-the", "of the", '"of the"', "-rice"])
@pytest.mark.parametrize("order", ["", "relevance"])
def test_where_nothing_has_a_place_the_list_is_in_the_order_of_time(client, rice, words, order):
    """Words that are in nearly every entry, or that are left out, stand nowhere."""
    address = urlencode({"q": words, "order": order} if order else {"q": words})
    page = BeautifulSoup(client.get(f"/?{address}").content, "html.parser")
    years = [int(one.find(string=True, recursive=False)) for one in page.select("h3.year")]
    assert years
    assert years == sorted(years, reverse=True)
    assert [one.text for one in page.select(".order :is(a, span)")] == ["Newest first", "Oldest first"]
    assert not page.select(".found")
    assert client.get(f"/api/v1/entries?{address}").status_code == 200


# -- pages ----------------------------------------------------------------------------------


def walk(query: str, way: str, size: int = 3) -> list[list[str]]:
    pages = []
    while query or not pages:
        listing = list_entries(ask(query), size)
        pages.append([row.document["headline"].removesuffix(": rice") for row in listing.rows])
        query = getattr(listing, way)
    return pages


@pytest.mark.parametrize("size", [1, 2, 3, 10, 50])
def test_pages_follow_each_other_without_gap_or_repeat_and_back(rice, size):
    forth = walk("q=rice", "next", size)
    assert list(itertools.chain(*forth)) == [*ORDER, "Title"]
    last = list_entries(ask("q=rice"), size)
    while last.next:
        last = list_entries(ask(last.next), size)
    if last.previous:
        back = walk(last.previous, "previous", size)
        assert list(itertools.chain(*back[::-1])) == list(itertools.chain(*forth[:-1]))


def test_a_page_takes_two_queries_wherever_it_is(rice, django_assert_num_queries):
    query = list_entries(ask("q=rice"), 3).next
    question = ask(query)
    assert question.reading
    assert question.counts.total == len(ORDER) + 1
    with django_assert_num_queries(2):
        list_entries(question, 3)


@pytest.mark.parametrize("windows", [[], [1], [2, 3], [1, 500]])
def test_many_come_in_the_same_order_as_few(rice, monkeypatch, windows):
    monkeypatch.setattr(relevance, "_windows", lambda *numbers: windows)
    question = ask("q=rice")
    reading = question.reading
    assert reading
    found = relevance.find(question.others, reading, 50, among=1_000_000)
    assert [row.document["headline"].removesuffix(": rice") for row in found] == [*ORDER, "Title"]
    keys = [row.pk for row in found]
    for number, row in enumerate(found):
        for way, others in (("before", keys[:number][::-1]), ("after", keys[number + 1 :])):
            place = relevance.Place.read(f"{way}.{relevance.place_of(row)}")
            beyond = relevance.find(question.others, reading, 50, place, among=1_000_000)
            assert [one.pk for one in beyond] == others, (way, number)


def test_rows_are_looked_through_only_where_that_is_quicker_than_to_fetch_what_the_index_has():
    assert relevance._windows(110_000, 1_000_000, 26) == [472, 1_888]
    assert relevance._windows(15_000, 1_000_000, 26) == []  # thousands, on a guess
    assert relevance._windows(1_500, 100_000, 26) == []  # half of all rows would have to be looked at
    assert relevance._windows(0, 100_000, 26) == []


def test_an_address_from_when_key_entries_had_tiers_of_their_own_leads_to_the_same_place():
    for now, then in {"1n": "2n", "3n": "4n"}.items():
        assert relevance.Place.read(f"after.{then}.2025-08-05.2.57") == relevance.Place.read(
            f"after.{now}.2025-08-05.2.57"
        )


def test_a_place_in_another_order_is_refused_or_changes_the_order(rice):
    in_time = ask("q=rice&page=2020")
    assert [row.document["headline"] for row in list_entries(in_time, 1).rows] == ["Name, key"]
    assert in_time.query() == "order=old&q=rice"
    for query in ("q=rice&page=after.9k.2020-01-01.0.1", "q=rice&order=old&page=after.1k.2020-01-01.0.1"):
        question = ask(query)
        list_entries(question)
        assert [problem.parameter for problem in question.problems] == ["page"], query


# -- which order --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "order", "canonical"),
    [
        ("q=rice", "relevance", "q=rice"),
        ("q=rice&order=relevance", "relevance", "q=rice"),
        ("q=rice&order=old", "old", "order=old&q=rice"),
        ("q=rice&order=new", "new", "order=new&q=rice"),
        ("order=relevance", "old", ""),
        ("order=old", "old", ""),
        ("order=new", "new", "order=new"),
        ("q=rice&order=up", "relevance", "q=rice"),
        ("q=rice+-board", "relevance", "q=rice+-board"),
        ("q=-rice", "old", "q=-rice"),
        ("q=the&order=relevance", "old", "q=the"),
        ("q=OR&order=new", "new", "order=new&q=OR"),
    ],
)
def test_the_order_of_a_page_and_its_canonical_address(query, order, canonical):
    question = ask(query)
    assert (question.order, question.query()) == (order, canonical)


@pytest.mark.parametrize(
    ("best_first", "order", "canonical"),
    [(False, "relevance", "order=relevance&q=rice"), (None, "old", "q=rice")],
)
def test_the_api_is_asked_for_it_and_formats_do_not_have_it(best_first, order, canonical):
    assert ask("q=rice", best_first=best_first).order == "old"
    question = ask("q=rice&order=relevance", best_first=best_first)
    assert (question.order, question.query()) == (order, canonical)


def test_the_api_turns_its_pages(client, rice):
    address, found = "/api/v1/entries?" + urlencode({"q": "rice", "order": "relevance", "limit": 3}), []
    while address:
        answer = client.get(address).json()
        found += [entry["headline"].removesuffix(": rice") for entry in answer["entries"]]
        address = answer["links"].get("next")
    assert found == [*ORDER, "Title"]


@pytest.mark.parametrize("path", ["/feed.json", "/entries.csv", "/entries.json", "/calendar.ics", "/embed/"])
def test_formats_keep_their_order(client, rice, path):
    usual = client.get(path, {"q": "rice"}).getvalue()
    assert client.get(path, {"q": "rice", "order": "relevance"}).getvalue() == usual


# -- the page -------------------------------------------------------------------------------


def page(client, query: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(f"/?{query}").content, "html.parser")


def test_the_list_is_flat_and_years_narrow_it(client, rice):
    shown = page(client, "q=rice")
    assert not shown.select(".results .year")
    assert [link["href"] for link in shown.select(".years a")][:2] == [
        "/?from=2018&q=rice&to=2018#rh",
        "/?from=2019&q=rice&to=2019#rh",
    ]
    assert page(client, "q=rice&order=new").select(".results .year")
    assert page(client, "").select(".results .year")


def test_the_orders_are_offered_and_the_one_in_use_is_said(client, rice):
    def orders(query):
        ways = page(client, query).select(".order :is(a, [aria-current])")
        return {way.text.strip(): way.get("href", "this") for way in ways}

    assert orders("q=rice") == {
        "Most relevant": "this",
        "Newest first": "/?order=new&q=rice#rh",
        "Oldest first": "/?order=old&q=rice#rh",
    }
    assert orders("q=rice&order=old")["Oldest first"] == "this"
    assert orders("") == {"Newest first": "this", "Oldest first": "/?order=old#rh"}


def test_a_card_says_where_the_words_stand_that_it_does_not_show(client, rice):
    said = {
        card.h4.text.strip(): " ".join(card.select_one(".found").text.split())
        for card in page(client, "q=rice").select("article")
        if card.select_one(".found")
    }
    assert said["Name"] == "Found in a name: The rice board"
    assert said["Text"] == "Found in the text: They spoke of rice."
    assert said["Quotation"] == "Found in a quotation: We spoke of rice"


def test_a_place_is_written_and_read():
    row = PublishedEntry(entry_id=7, is_key=True, sort_date=datetime.date(2025, 4, 16), sort_rank=1)
    row.tier = 5
    assert relevance.place_of(row) == "5k.2025-04-16.1.7"
    place = relevance.Place.read(f"before.{relevance.place_of(row)}")
    assert (place.tier, place.is_key, place.backwards, place.position.entry_id) == (5, True, True, 7)

"""What a search found is marked: in the cards, or else in the passage that has it."""

import pytest
from bs4 import BeautifulSoup

from tests.factories import (
    CommodityFactory,
    PersonFactory,
    SourceFactory,
    add_figure,
    draft_entry,
    publish,
    publish_entry,
)
from timeline.models import PersonName
from timeline.search import read
from timeline.search.highlight import Highlighter

pytestmark = pytest.mark.django_db


def marks(client, address):
    page = BeautifulSoup(client.get(address).content, "html.parser")
    return [mark.text for mark in page.select("#results mark")]


@pytest.mark.parametrize(
    ("search", "text", "found"),
    [
        ("tariff", "Tariffs rise; the TARIFF falls.", ["Tariffs", "TARIFF"]),
        ("policies", "A policy on cars and carriers", ["policy"]),
        ("car", "carry the cars with care", ["cars"]),
        ("Ryosei", "Ryōsei Akazawa", ["Ryōsei"]),
        ("the deal", "the deal of the year", ["deal"]),
        ("rice -beef", "rice and beef", ["rice"]),
        ("$550bn", "$550 billion", ["550", "billion"]),
        ("赤澤", "経済再生相の赤沢亮正氏", ["赤沢"]),
        ("amp", "Trade &amp; Industry, an amp", ["amp"]),
        ("strong", '<strong class="strong">strong</strong>', ["strong"]),
        ("the", "the the", []),
    ],
)
def test_a_word_is_marked_where_it_is_found(search, text, found):
    marked = BeautifulSoup(Highlighter(read(search)).mark(text), "html.parser")
    assert [mark.text for mark in marked.find_all("mark")] == found
    assert marked.text == BeautifulSoup(text, "html.parser").text


def test_a_card_is_marked_and_its_links_still_lead(client):
    publish_entry(title="Rice & steel", summary="Talks on rice.", slug="rice-and-steel")
    page = BeautifulSoup(client.get("/?q=rice").content, "html.parser")
    assert [mark.text for mark in page.select("#results mark")] == ["Rice", "rice"]
    assert page.select_one("#results h4 a")["href"] == "/entries/rice-and-steel/"
    assert BeautifulSoup(client.get("/").content, "html.parser").mark is None, "nothing of a search is kept"


def test_what_only_the_body_has_is_shown_with_the_way_to_it(client):
    words = " ".join(["word"] * 80)
    entry = publish_entry(title="Ministers meet", statements=["First.", f"{words} a <golden> share {words}."])
    page = BeautifulSoup(client.get("/?q=golden+share").content, "html.parser")
    passage = page.select_one(".found a")
    (statement,) = [one for one in entry.statements.all() if one.text != "First."]
    assert passage["href"] == f"{entry.get_absolute_url()}#s-{statement.uid}"
    assert [mark.text for mark in passage.find_all("mark")] == ["golden", "share"]
    assert "a <golden> share" in passage.text
    assert passage.text.startswith("… word")
    assert passage.text.endswith("word …")
    assert len(passage.text) < 260


@pytest.mark.parametrize("search", ["10%", "１０％", "10 per cent", "10 percent"])
def test_what_only_a_figure_says_is_shown_as_a_figure(client, search):
    entry, source = draft_entry(title="They meet", date="2025-05-01"), SourceFactory(title="A paper")
    add_figure(entry, source, label="General rate", value="10", unit="percent")
    publish(entry)
    page = BeautifulSoup(client.get("/", {"q": search}).content, "html.parser")
    assert " ".join(page.select_one(".found").text.split()) == "Found in the text: General rate 10 percent."
    assert [mark.text for mark in page.select(".found mark")][:1] == ["10"]


def test_a_name_in_its_own_script_is_shown_and_a_misprint_is_not(client):
    person = PersonFactory(family_name="Akazawa", given_name="Ryosei")
    PersonName.objects.create(person=person, name="赤沢亮正", script="Jpan", language="ja", kind="native")
    PersonName.objects.create(person=person, name="Akasawa", kind="misprint")
    publish_entry(people=[person])
    assert marks(client, "/?q=赤沢") == ["赤沢"]
    answer = client.get("/?q=akasawa").content.decode()
    assert "Found by another name" in answer
    assert "Akasawa" not in answer


def test_marking_costs_the_same_whatever_is_found(client, django_assert_num_queries):
    publish_entry(title="Rice", statements=["Steel."], commodities=[CommodityFactory()])
    client.get("/?q=steel")
    with django_assert_num_queries(6):
        client.get("/?q=steel")
    publish_entry(title="More rice", statements=["More steel."])
    client.get("/?q=steel")
    with django_assert_num_queries(6):
        client.get("/?q=steel")

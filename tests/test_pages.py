"""The reader's pages without a browser: markup, head, addresses, lists and entries."""

from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.factories import PersonFactory, publish_entry
from tests.markup import faults
from tests.specimens import ENTRY, FORMS, PAGES, STATUS, WITHDRAWN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]

RUNS = 'script:not([type="application/ld+json"])'
"""Scripts that a browser runs; a data block it does not."""


def soup(client, address, **more):
    return BeautifulSoup(client.get(address, **more).content, "html.parser")


# -- every page ---------------------------------------------------------------------------


def test_every_page_is_valid_has_one_heading_and_describes_itself(client):
    for name, address in (PAGES | FORMS).items():
        response = client.get(address)
        assert response.status_code == STATUS.get(name, 200), name
        assert faults(response.text) == [], name
        page = BeautifulSoup(response.content, "html.parser")
        assert page.title.text.endswith("年表" if address.startswith("/ja/") else "Test Chronology"), name
        assert page.find("meta", {"name": "description"})["content"].strip(), name
        assert len(page.find_all("h1")) == 1, name
        assert headings_in_order(page), name
        assert all(can_be_scrolled_by_keyboard(part) for part in page.select(".scroll")), name
        assert not page.find_all(style=True), name
        assert not page.find_all("style"), name
        assert "<!--" not in response.text, name  # nor the place where a card may say why it was found
        assert all(script.get("src") for script in page.select(RUNS)), name
        assert not response.cookies, name


def headings_in_order(page):
    levels = [int(heading.name[1]) for heading in page.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])]
    return levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))


def can_be_scrolled_by_keyboard(part):
    return part.get("tabindex") == "0" and part.get("role") == "region" and part.get("aria-labelledby")


def test_a_failing_page_says_so_in_words(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("timeline.views.chronology.list_entries", fail)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    assert faults(response.text) == []
    assert "Something went wrong" in response.text


# -- the head -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("/", "/"),
        ("/?order=new", "/"),
        ("/?page=2024", "/"),
        ("/?commodity=vehicles&order=new", "/?commodity=vehicles"),
        ("/?to=April+2025&commodity=vehicles&commodity=beef", "/?commodity=beef&commodity=vehicles&to=2025-04"),
        (ENTRY, ENTRY),
        ("/people/ryosei-akazawa/?order=new", "/people/ryosei-akazawa/"),
        ("/nothing/", None),
    ],
)
def test_the_canonical_address_leaves_out_order_and_page(client, settings, address, canonical):
    link = soup(client, address).find("link", rel="canonical")
    assert (link and link["href"]) == (canonical and f"{settings.BASE_URL}{canonical}")


@pytest.mark.parametrize(
    ("address", "indexed"),
    [
        ("/", True),
        ("/?commodity=vehicles", True),
        ("/?commodity=vehicles&from=2025", False),
        ("/?page=2024", False),
        ("/?from=2025-13", False),
        (ENTRY, True),
        ("/people/ryosei-akazawa/", True),
        ("/people/ryosei-akazawa/?order=new", False),
        (WITHDRAWN, False),
        ("/nothing/", False),
    ],
)
def test_search_engines_are_kept_from_combinations_and_later_pages(client, address, indexed):
    assert (soup(client, address).find("meta", {"name": "robots"}) is None) == indexed


def test_titles_begin_with_what_the_page_shows(client):
    titles = {name: soup(client, PAGES[name]).title.text for name in ("chronology", "entry", "person", "source")}
    assert titles == {
        "chronology": "Test Chronology",
        "entry": "Akazawa meets Trump – Test Chronology",
        "person": "Ryosei Akazawa – Test Chronology",
        "source": "Source 1: First round – Test Chronology",
    }
    assert soup(client, "/?commodity=vehicles").title.text.startswith("Entries about Vehicles")


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/", ""),
        ("/?order=new", ""),
        ("/?q=tariff&commodity=beef&page=2024", "?commodity=beef&q=tariff"),
        ("/people/ryosei-akazawa/", "?person=ryosei-akazawa"),
        ("/commodities/vehicles/", "?commodity=vehicles"),
        ("/categories/talks/", "?category=talks"),
        ("/organisations/example-wire/", "?publisher=example-wire"),
        ("/sources/first-round/", "?source=first-round"),
    ],
)
def test_every_list_announces_the_feed_of_what_it_shows(client, address, query):
    links = soup(client, address).find_all("link", rel="alternate", id=True)
    assert [(link["type"], link["href"]) for link in links] == [
        ("application/atom+xml", f"/feed.atom{query}"),
        ("application/rss+xml", f"/feed.rss{query}"),
        ("application/feed+json", f"/feed.json{query}"),
    ]
    assert all(client.get(link["href"]).status_code == 200 for link in links)


# -- addresses ----------------------------------------------------------------------------


def test_a_withdrawn_entry_is_gone_and_says_why(client):
    response = client.get(WITHDRAWN)
    assert response.status_code == 410
    assert "The report it rested on was retracted." in response.content.decode()


def test_a_page_that_never_was_offers_ways_on(client):
    response = client.get("/entries/never-was/")
    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 404
    assert page.find("search").find("form", action="/").find("input", {"name": "q"})
    assert {"/", "/people/", "/commodities/", "/sources/"} <= {link["href"] for link in page.main.find_all("a")}


def test_a_plain_form_leads_to_the_address_worth_sharing(client):
    response = client.get("/?q=&from=April+2025&to=&commodity=vehicles")
    assert (response.status_code, response["Location"]) == (302, "/?commodity=vehicles&from=2025-04")


# -- the list -----------------------------------------------------------------------------


def test_what_has_no_month_has_its_place_among_the_months(client):
    publish_entry(date="1990-05-31")
    publish_entry(date="1990-21")
    publish_entry(date="1990-34")
    publish_entry(date="1990")
    page = soup(client, "/?from=1990&to=1990")
    links = {link.text: link["href"] for link in page.select("#years ul a")}
    assert links == {
        "May": "#m1990-05",
        "Spring": "#m1990-21",
        "Second quarter": "#m1990-34",
        "Month not stated": "#m1990-00",
    }
    assert all(page.select_one(href) for href in links.values())


def test_each_chip_removes_one_filter(client):
    chips = soup(client, "/?commodity=vehicles&commodity=beef&from=2025&order=old").select(".chips a")
    found = {chip.text.replace("Remove filter:", "").strip(): chip["href"].partition("#")[0] for chip in chips}
    assert found == {
        "Vehicles": "/?commodity=beef&from=2025&order=old",
        "Beef": "/?commodity=vehicles&from=2025&order=old",
        "From 2025": "/?commodity=beef&commodity=vehicles&order=old",
        "Clear all": "/",
    }


def test_dates_in_the_wrong_order_can_be_swapped(client):
    page = soup(client, "/?commodity=beef&from=May+2025&to=2019")
    assert page.find("a", href="/?commodity=beef&from=2019&to=2025-05#rh")
    assert page.find("input", {"name": "from"})["value"] == "May 2025"
    assert page.find("input", {"name": "from"})["aria-invalid"] == "true"


def test_a_date_that_is_none_is_explained_beside_the_field_and_over_the_list(client):
    page = soup(client, "/?from=2025-13")
    assert page.find("input", {"name": "from"})["aria-invalid"] == "true"
    assert "no month 13" in page.find(id="from-error").text
    assert "no month 13" in page.find(id="results").text
    assert page.select_one("details.panel").has_attr("open")


def test_the_ways_out_of_an_empty_list_lead_to_entries(client):
    page = soup(client, "/?person=ryosei-akazawa&to=2020")
    ways = [link["href"].partition("#")[0] for link in page.find(id="results").select(".lost a")]
    assert ways[0] == "/?person=ryosei-akazawa"
    assert all(soup(client, way).select("article.entry") for way in ways)


def test_ticked_options_are_in_view_and_checked(client):
    page = soup(client, "/?commodity=automobiles&person=ryosei-akazawa&differ=1")
    assert {box["value"] for box in page.find_all("input", type="checkbox", checked=True)} == {
        "automobiles",
        "ryosei-akazawa",
        "1",
    }
    box = page.find("input", {"value": "automobiles"})
    assert all(folded.has_attr("open") for folded in box.find_parents("details", class_="more"))


def test_a_list_has_a_few_options_and_what_is_ticked_and_a_button_leads_to_all(client):
    people = [PersonFactory(name=f"Person {number:02}") for number in range(12)]
    for number in range(11):
        publish_entry(people=people[: 12 - number])
    rare = people[-1].slug

    def people_of(page):
        return [box["value"] for box in page.select('input[name="person"]')]

    page = soup(client, f"/?person={rare}")
    assert len(people_of(page)) == 7
    assert page.find("input", value=rare).has_attr("checked")
    button = page.select_one("#f-person button")
    assert button.get_text() == "Show all: People"
    # A browser sends the form to the address of the button.
    address, _hash, place = button["formaction"].partition("#")
    whole = soup(client, f"{address}?person={rare}&q=", follow=True)
    assert whole.select_one("form.filters")["action"] == "/#rh"
    assert {one.slug for one in people} <= set(people_of(whole.find(id=place)))
    assert [box["value"] for box in whole.select("input[checked]")] == [rare]
    assert whole.find(id=f"n-person-{people[0].slug}").text == "11"
    assert whole.find("meta", {"name": "robots"})["content"].startswith("noindex")


# -- the entry ----------------------------------------------------------------------------


def test_every_sentence_cites_a_source_of_the_page_and_can_be_linked_to(client, specimens):
    page = soup(client, ENTRY)
    for statement in specimens.statements.all():
        sentence = page.find(id=f"s-{statement.uid}")
        assert statement.text in sentence.text
        assert sentence.find("a", href=f"#s-{statement.uid}")
        cited = [link["href"] for link in sentence.select("sup a")]
        assert cited == ["#source-1", "#source-2"]
        assert all(page.find(id=target[1:]) for target in cited)


def test_the_dateline_ends_sentences_once(client):
    words = " ".join(soup(client, ENTRY).select_one(".dateline").text.split())
    assert words == "16–17 April 2025, Washington, D.C. The report says “Wednesday”."


def test_foreign_words_are_marked_with_their_language(client):
    for address, text in (
        (ENTRY, "赤沢氏が訪米"),
        (ENTRY, "赤沢亮正"),
        ("/people/", "赤沢亮正"),
        ("/people/ryosei-akazawa/", "赤沢亮正"),
        ("/commodities/automobiles/", "自動車"),
        ("/organisations/ministry-of-economy/", "経済省"),
        ("/sources/", "赤沢氏が訪米"),
        ("/sources/japanese-report/", "赤沢氏が訪米"),
    ):
        found = soup(client, address).main.find_all(string=lambda string, text=text: text in string)
        assert found, (address, text)
        assert all(string.find_parent(lang=True)["lang"] == "ja" for string in found), (address, text)

"""All entries of a question on one page for paper, and what pages say when they are printed themselves."""

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from tests.markup import faults
from tests.specimens import ENTRY, PAGES, PRINTS
from timeline.filters import paging
from timeline.formats import print_page
from timeline.views import chronology

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]


def page_at(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser")


def said(part):
    return " ".join(part.get_text(" ", strip=True).split())


def test_it_says_what_was_asked_of_what_and_under_which_terms(client):
    head = said(page_at(client, "/print/?commodity=beef&order=new&utm_source=x").header)
    for words in (
        "Test Chronology",
        "Entries about Beef",
        "All 2 entries. Newest first.",
        "Covers ",
        "As published on ",
    ):
        assert words in head
    assert f"{settings.BASE_URL}/print/?commodity=beef&order=new" in head
    assert "CC BY 4.0" in head
    assert "1 entry. Covers" in said(page_at(client, "/print/?differ=1").header)
    assert "There are no entries until 1999. Covers" in said(page_at(client, "/print/?to=1999").header)


def test_every_entry_stands_there_whole_with_the_addresses_of_its_sources(client):
    page = page_at(client, "/print/")
    listed = [one["headline"] for one in client.get("/entries.json").json()["entries"]]
    assert [said(one) for one in page.select("article h2")] == listed
    entry = next(one for one in page.select("article") if said(one.h2) == "Akazawa meets Trump")
    for words in ("They speak for an hour.", "Where sources disagree", "25%", "In force from"):
        assert words in said(entry)
    assert "https://archive.example.org/web/20250418093000/https://example.org/1" in {
        link["href"] for link in entry.select("ol a")
    }
    assert said(entry.select_one(".from")) == f"{settings.BASE_URL}{ENTRY}"


@pytest.mark.parametrize("address", PRINTS.values())
def test_it_is_a_valid_page_that_search_engines_leave_out(client, address):
    response = client.get(address)
    assert faults(response.text) == []
    page = BeautifulSoup(response.content, "html.parser")
    assert page.find("meta", {"name": "robots"})["content"] == "noindex"
    assert len(page.find_all("h1")) == 1
    assert page.find_all("h4") == page.find_all(style=True) == []
    assert response["Link"].startswith(f'<{settings.BASE_URL}{address}>; rel="self"')


@pytest.mark.parametrize(("order", "rest"), [("", "from="), ("&order=new", "to=")])
def test_it_ends_where_it_grows_too_long_and_leads_on(client, monkeypatch, order, rest, django_assert_max_num_queries):
    monkeypatch.setattr(print_page, "LIMIT", 2)
    with django_assert_max_num_queries(8):
        page = page_at(client, f"/print/?from=2019{order}")
    assert len(page.select("article")) == 2
    assert "This print ends after the first 2 entries; there are more." in said(page.header)
    onward = page.select("main > p a")[-1]["href"]
    assert rest in onward
    monkeypatch.setattr(print_page, "LIMIT", 100)
    shown = [said(one) for one in page.select("h2")] + [said(one) for one in page_at(client, onward).select("h2")]
    listed = client.get(f"/entries.json?from=2019{order}").json()["entries"]
    assert list(dict.fromkeys(shown)) == [one["headline"] for one in listed]


def test_lists_and_records_lead_to_it_in_their_order(client):
    for address, printed in {
        "/": "/print/?order=new",
        "/?commodity=beef&order=new": "/print/?commodity=beef&order=new",
        PAGES["person"]: "/print/?person=ryosei-akazawa",
        PAGES["series"]: "/print/?commodity=automobiles",
        PAGES["storyline"]: "/print/?storyline=tariff-talks",
        "/?q=talks&show=headlines": "/print/?q=talks",
    }.items():
        links = [one for one in page_at(client, address).main.find_all("a") if one.text == "Print or save as PDF"]
        assert printed in {one["href"] for one in links}, address


def test_a_list_of_which_a_page_is_a_part_says_so_on_paper(client, monkeypatch):
    assert page_at(client, "/").select(".paper") == []
    monkeypatch.setattr(chronology, "list_entries", lambda question: paging.list_entries(question, 2))
    note = page_at(client, "/?order=new").select_one(".paper")
    assert note.has_attr("hidden")
    assert said(note).endswith(f"To print all of them: {settings.BASE_URL}/print/?order=new")

"""All entries of a question on one page for paper, and what pages say when they are printed themselves."""

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from tests.factories import SourceFactory, add_figure, draft_entry, publish
from tests.markup import faults
from tests.specimens import ENTRY, PAGES, PRINTS
from timeline.filters import paging
from timeline.formats import print_page
from timeline.models import FigureSeries
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


def test_the_figures_of_a_series_stand_before_the_entries_each_once_with_their_sources(client):
    """Of the entries that are printed; one figure alone is no table."""
    source, series = SourceFactory(title="Order"), FigureSeries.objects.create(name="Duty on rice")
    for date, value, status in (("2025-06-02", "15", "agreed"), ("2025-06-01", "25", "in_force")):
        entry = draft_entry(title=f"Rice at {value} & more", date=date, sources=[source])
        add_figure(entry, source, value=value, status=status, period=f"{date}/..", series=series, note="Instead of 2%")
        publish(entry)
    page = page_at(client, "/print/?from=2025-06")
    [table] = page.select("main > .series:has(~ article) table")
    assert said(table.caption) == "Duty on rice"
    rows = [[said(cell) for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")]
    assert [(row[0], row[1], row[2], row[4]) for row in rows] == [
        ("From 1 June 2025", "25%", "In force. Instead of 2%", "Rice at 25 & more"),
        ("From 2 June 2025", "15%", "Agreed. Instead of 2%", "Rice at 15 & more"),
    ]
    assert all(row[3].endswith(f"[{source.number}]") for row in rows)
    assert page.select_one(table.tbody.a["href"]).text == "Rice at 25 & more"
    assert not page_at(client, "/print/?from=2025-06-02").select(".series")
    assert faults(client.get("/print/?from=2025-06").text) == []


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
    shown = [said(one) for one in page.select("article h2")]
    shown += [said(one) for one in page_at(client, onward).select("article h2")]
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

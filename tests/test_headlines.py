"""How much a list shows: key events, headlines, or everything."""

import pytest
from bs4 import BeautifulSoup

from tests.factories import CommodityFactory, publish_entry
from timeline.models import PublishedEntry
from timeline.views import chronology, entry_list

pytestmark = pytest.mark.django_db


def page_at(client, address):
    return BeautifulSoup(client.get(address, follow=True).content, "html.parser")


def shown(page):
    return [link.get_text() for link in page.select(".lines li > span a")]


def switch(page):
    return {link.get_text(" ", strip=True): link["href"] for link in page.select(".switch a")}


@pytest.fixture
def beef():
    return CommodityFactory(name="Beef")


def test_the_headlines_of_a_question_stand_in_its_order_under_years_and_months(client, beef):
    publish_entry(title="A first round", date="2019-06-28", commodities=[beef])
    publish_entry(title="A season of talks", date="2021", commodities=[beef])
    publish_entry(title="A second round", date="2021-04-16", commodities=[beef])
    publish_entry(title="Cars", date="2020-01-01")
    page = page_at(client, "/headlines/?commodity=beef&q=")
    assert shown(page) == ["A season of talks", "A second round", "A first round"]
    headings = [heading.get_text(strip=True) for heading in page.select("#results :is(h3, h4)")]
    assert headings == ["2021", "Month not stated", "April", "2019", "June"]
    assert [time.get_text() for time in page.select(".lines time")] == ["2021", "16 April 2021", "28 June 2019"]
    assert switch(page)["Everything 3"] == "/?commodity=beef#rh"


def test_a_list_leads_to_its_headlines(client, beef):
    for title in ("One", "Two"):
        publish_entry(title=title, commodities=[beef])
    for address in ("/?commodity=beef", "/commodities/beef/"):
        links = [link["href"].partition("#")[0] for link in page_at(client, address).select(".head a")]
        assert "/?commodity=beef&show=headlines" in links, address


def test_the_switch_tells_how_many_key_events_there_are(client, beef):
    publish_entry(title="Key", weight="key", commodities=[beef])
    publish_entry(title="Other", commodities=[beef])
    publish_entry(title="Elsewhere", weight="key")
    assert switch(page_at(client, "/")) == {
        "Key events 2": "/?key=1#rh",
        "Headlines": "/?show=headlines#rh",
        "Everything 3": "/#rh",
    }
    page = page_at(client, "/?commodity=beef&key=1&order=old")
    assert [entry.h4.text for entry in page.select("article.entry")] == ["Key"]
    assert page.select_one(".switch [aria-current]").get_text(" ", strip=True) == "Key events 1"
    assert switch(page)["Everything 2"] == "/?commodity=beef&order=old#rh"


def test_feeds_and_files_know_key_events_and_headlines_change_nothing_in_them(client, beef):
    publish_entry(title="Key", weight="key")
    publish_entry(title="Other")
    assert [one["title"] for one in client.get("/feed.json?key=1").json()["items"]] == ["Key"]
    assert len(client.get("/entries.json?show=headlines").json()["entries"]) == 2
    assert client.get("/entries.json?show=pictures").status_code == 400


def test_the_newest_is_first_unless_asked_otherwise_and_the_weightiest_is_first_in_its_day(client):
    publish_entry(title="Before", date="2025-04-15", weight="key")
    for weight in ("key", "normal", "short"):
        publish_entry(title=weight, date="2025-04-16", weight=weight)
    orders = {
        "/": ["key", "normal", "short", "Before"],
        "/?order=old": ["Before", "short", "normal", "key"],
        "/?from=2025": ["key", "normal", "short", "Before"],
        "/?page=2025": ["Before", "short", "normal", "key"],
    }
    for address, titles in orders.items():
        assert [entry.h4.text for entry in page_at(client, address).select("article.entry")] == titles, address


def test_more_than_a_page_of_headlines_goes_on(client, monkeypatch):
    monkeypatch.setattr(chronology, "HEADLINES_SIZE", 2)
    for day in (1, 2, 3):
        publish_entry(title=f"Day {day}", date=f"2021-04-0{day}")
    first = page_at(client, "/?show=headlines")
    assert shown(first) == ["Day 3", "Day 2"]
    second = page_at(client, first.find("a", rel="next")["href"])
    assert shown(second) == ["Day 1"]
    assert shown(page_at(client, second.find("a", rel="prev")["href"])) == ["Day 3", "Day 2"]


def test_months_below_the_first_screen_are_laid_out_when_they_come_near(client, monkeypatch):
    monkeypatch.setattr(entry_list, "AT_ONCE", 2)
    for month in (1, 2, 3):
        publish_entry(date=f"2021-0{month}-01")
    lists = page_at(client, "/?show=headlines").select(".lines")
    assert ["later" in one["class"] for one in lists] == [False, False, True]


@pytest.mark.parametrize("address", ["/?show=headlines", "/?key=1&from=2000"])
def test_headlines_and_key_events_cost_the_same_queries_whatever_there_are(
    client, django_assert_max_num_queries, address
):
    asked = []
    for entries in (1, 3):
        while PublishedEntry.objects.count() < entries:
            publish_entry(weight="key")
        client.get(address)
        with django_assert_max_num_queries(8) as queries:
            client.get(address)
        asked.append(len(queries))
    assert asked[0] == asked[1]

"""All headlines of a question on one page."""

import pytest
from bs4 import BeautifulSoup

from tests.factories import CommodityFactory, publish_entry
from timeline.models import PublishedEntry
from timeline.views import headlines

pytestmark = pytest.mark.django_db


def page_at(client, address):
    return BeautifulSoup(client.get(address, follow=True).content, "html.parser")


def shown(page):
    return [link.get_text() for link in page.select(".lines li > span a")]


@pytest.fixture
def beef():
    return CommodityFactory(name="Beef")


def test_the_headlines_of_a_question_stand_in_its_order_under_years_and_months(client, beef):
    publish_entry(title="A first round", date="2019-06-28", commodities=[beef])
    publish_entry(title="A season of talks", date="2021", commodities=[beef])
    publish_entry(title="A second round", date="2021-04-16", commodities=[beef])
    publish_entry(title="Cars", date="2020-01-01")
    page = page_at(client, "/headlines/?commodity=beef&order=new&q=")
    assert shown(page) == ["A season of talks", "A second round", "A first round"]
    headings = [heading.get_text() for heading in page.select("h2, h3")]
    assert headings == ["2021", "Month not stated", "April", "2019", "June"]
    assert [time.get_text() for time in page.select(".lines time")] == ["2021", "16 April 2021", "28 June 2019"]
    assert page.find("a", href="/?commodity=beef&order=new").get_text() == "Whole entries, and filters"


def test_a_list_leads_to_its_headlines(client, beef):
    for title in ("One", "Two"):
        publish_entry(title=title, commodities=[beef])
    for address in ("/?commodity=beef", "/commodities/beef/"):
        assert page_at(client, address).find("a", href="/headlines/?commodity=beef"), address


def test_more_than_a_page_of_headlines_goes_on(client, monkeypatch):
    monkeypatch.setattr(headlines, "SIZE", 2)
    for day in (1, 2, 3):
        publish_entry(title=f"Day {day}", date=f"2021-04-0{day}")
    first = page_at(client, "/headlines/")
    assert shown(first) == ["Day 1", "Day 2"]
    second = page_at(client, first.find("a", rel="next")["href"])
    assert shown(second) == ["Day 3"]
    assert shown(page_at(client, second.find("a", rel="prev")["href"])) == ["Day 1", "Day 2"]


def test_months_below_the_first_screen_are_laid_out_when_they_come_near(client, monkeypatch):
    monkeypatch.setattr(headlines, "AT_ONCE", 2)
    for month in (1, 2, 3):
        publish_entry(date=f"2021-0{month}-01")
    assert ["later" in one["class"] for one in page_at(client, "/headlines/").select(".lines")] == [False, False, True]


def test_headlines_cost_the_same_queries_whatever_there_are(client, django_assert_num_queries):
    for entries in (1, 3):
        while PublishedEntry.objects.count() < entries:
            publish_entry()
        client.get("/headlines/")
        with django_assert_num_queries(4):  # the edition, entries, their lines, the totals
            client.get("/headlines/")

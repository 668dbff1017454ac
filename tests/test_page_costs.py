"""What a page costs does not grow with the entries there are, and long lists go on over pages."""

from functools import partial

import pytest
from bs4 import BeautifulSoup

from tests.factories import (
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    chronology,
    draft_entry,
    publish,
    publish_entry,
)
from timeline.filters.paging import list_entries
from timeline.models import Block, Fragment, Lane

pytestmark = pytest.mark.django_db


def rich_entry(day):
    source, other = SourceFactory(), SourceFactory()
    entry = draft_entry(
        title=f"Day {day}",
        date=f"2025-04-{day:02}",
        sources=[source, other],
        people=[PersonFactory(), PersonFactory()],
        commodities=[CommodityFactory(), CommodityFactory()],
        organisations=[OrganisationFactory()],
        statements=["One.", "Two."],
    )
    add_figure(entry, source)
    add_disagreement(entry, **{"an hour": source, "two hours": other})
    return publish(entry)


@pytest.mark.parametrize(
    ("address", "limit"), [("/", 14), ("/?category=talks&from=2025&q=day", 12), ("/entries/day-1/", 8)]
)
def test_queries_do_not_grow_with_entries(client, django_assert_max_num_queries, address, limit):
    rich_entry(1)
    with django_assert_max_num_queries(limit) as one:
        assert client.get(address).status_code == 200
    rich_entry(2)
    rich_entry(3)
    Fragment.objects.filter(kind="article").delete()  # who comes first has it kept
    Block.objects.all().delete()
    with django_assert_max_num_queries(limit) as three:
        assert client.get(address).status_code == 200
    assert len(one) == len(three)


def test_where_things_stand_is_not_asked_again_until_it_may_have_changed(client, django_assert_max_num_queries):
    rich_entry(2)
    client.get("/")
    rich_entry(1)
    with django_assert_max_num_queries(9):
        client.get("/")


def test_a_year_too_long_for_a_page_continues_on_the_next(client, monkeypatch):
    monkeypatch.setattr("timeline.views.chronology.list_entries", partial(list_entries, size=2))
    for day in (1, 2, 3):
        publish_entry(title=f"Day {day}", date=f"2025-04-{day:02}")
    first = page(client, "/?order=old")
    second = page(client, first.find("a", rel="next")["href"].partition("#")[0])
    assert [entry.h4.text for entry in first.select("article.entry")] == ["Day 1", "Day 2"]
    assert [entry.h4.text for entry in second.select("article.entry")] == ["Day 3"]
    assert "continued" in second.select_one("h3.year").text
    assert second.title.text == "All entries, continued from 3 April 2025 – Test Chronology"
    assert second.find("a", rel="prev")


def test_every_month_of_a_year_is_in_reach_from_any_of_its_pages(client, monkeypatch):
    monkeypatch.setattr("timeline.views.chronology.list_entries", partial(list_entries, size=2))
    one_lane_for_everything()
    for date in ("2024-12-01", "2025-04-01", "2025-06-02", "2025"):
        publish_entry(title=date, date=date)
    months = {link.text: link["href"] for link in page(client, "/?order=old").select(".years ul a")}
    assert months == {"Dec": "#m2024-12", "Apr": "#m2025-04", "Jun": "/?order=old&page=2025-06#m2025-06"}
    there = page(client, months["Jun"].partition("#")[0])
    assert there.find(id="m2025-06").h4.text == "2025-06-02"
    assert "/?order=old&page=2025-04#m2025-04" in [link["href"] for link in there.select(".years ul a")]


def one_lane_for_everything():
    root = chronology()
    root.lanes.add(Lane(name="All", slug="all", colour="slate", takes_rest=True))
    root.save_revision().publish()


def page(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser")

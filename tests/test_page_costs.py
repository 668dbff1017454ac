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
    draft_entry,
    publish,
    publish_entry,
)
from timeline.paging import list_entries

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
    ("address", "limit"), [("/", 12), ("/?category=talks&from=2025&q=day", 12), ("/entries/day-1/", 8)]
)
def test_queries_do_not_grow_with_entries(client, django_assert_max_num_queries, address, limit):
    rich_entry(1)
    with django_assert_max_num_queries(limit) as one:
        assert client.get(address).status_code == 200
    rich_entry(2)
    rich_entry(3)
    with django_assert_max_num_queries(limit) as three:
        assert client.get(address).status_code == 200
    assert len(one) == len(three)


def test_a_year_too_long_for_a_page_continues_on_the_next(client, monkeypatch):
    monkeypatch.setattr("timeline.views.chronology.list_entries", partial(list_entries, size=2))
    for day in (1, 2, 3):
        publish_entry(title=f"Day {day}", date=f"2025-04-{day:02}")
    first = page(client, "/")
    second = page(client, first.find("a", rel="next")["href"].partition("#")[0])
    assert [entry.h4.text for entry in first.select("article.entry")] == ["Day 1", "Day 2"]
    assert [entry.h4.text for entry in second.select("article.entry")] == ["Day 3"]
    assert "continued" in second.select_one("h3.year").text
    assert second.find("a", rel="prev")


def page(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser")

"""The page of a person: positions drawn and listed, and who else is in the same entries."""

import pytest
from bs4 import BeautifulSoup

from tests.factories import PersonFactory, SourceFactory, draft_entry, publish_entry
from timeline.models import Position
from timeline.views import people

pytestmark = pytest.mark.django_db

PAGE = "/people/toshimitsu-motegi/"


@pytest.fixture
def motegi():
    return PersonFactory(family_name="Motegi", given_name="Toshimitsu")


def soup(client, address=PAGE):
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def companions(page):
    section = page.find("h2", string="In the same entries")
    return [item.get_text(" ", strip=True) for item in section.find_next("ul").find_all("li")] if section else []


def test_positions_are_drawn_and_listed(client, motegi):
    Position.objects.create(
        person=motegi, title="Minister", start="2017-08-03", end="2019-09-11", source=SourceFactory()
    )
    Position.objects.create(person=motegi, title="Foreign Minister", start="2025-10-21")
    Position.objects.create(person=motegi, title="Adviser")
    publish_entry(people=[motegi], date="2019-06-28")
    page = soup(client)
    figure = page.select_one(".chart figure")
    assert figure.svg["aria-hidden"] == "true"
    assert [bar["class"] for bar in figure.select(".bar")] == [["bar"], ["bar", "todo"]]
    assert len(figure.select("circle")) == 1
    assert [text.text for text in figure.select("text:not(.ax)")] == ["Minister", "Foreign Minister"]
    assert "thin line" in figure.figcaption.text
    listed = [row.th.text for row in page.select("table.data tbody tr")]
    assert listed == ["Minister", "Foreign Minister", "Adviser"]


def test_without_dates_there_is_the_table_alone(client, motegi):
    Position.objects.create(person=motegi, title="Adviser")
    publish_entry(people=[motegi])
    page = soup(client)
    assert not page.select("svg")
    assert page.select_one("table.data tbody th").text == "Adviser"


def test_who_is_most_often_in_the_same_entries(client, motegi, monkeypatch):
    monkeypatch.setattr(people, "COMPANIONS", 2)
    lighthizer, abe, reporter, other = (PersonFactory(family_name=name) for name in ("L", "A", "R", "O"))
    reporter.kind = "byline"
    reporter.save()
    publish_entry(people=[motegi, lighthizer, reporter])
    publish_entry(people=[motegi, lighthizer, abe, reporter])
    publish_entry(people=[motegi, other, abe, reporter])
    publish_entry(people=[lighthizer, other])
    draft_entry(people=[motegi, other])
    page = soup(client)
    assert companions(page) == ["Given A 2 entries", "Given L 2 entries"]
    assert page.find("a", string="Given L")["href"] == "/people/given-l/"
    assert companions(soup(client, "/people/given-o/"))[0] == "Given A 1 entry"


def test_queries_do_not_grow_with_positions_or_entries(client, motegi, django_assert_max_num_queries):
    Position.objects.create(person=motegi, title="Minister", start="2017", source=SourceFactory())
    publish_entry(people=[motegi, PersonFactory()], date="2019-01")
    client.get(PAGE)
    with django_assert_max_num_queries(15) as one:
        client.get(PAGE)
    for year in (2020, 2021):
        Position.objects.create(person=motegi, title="Minister", start=str(year), source=SourceFactory())
        publish_entry(people=[motegi, PersonFactory()], date=f"{year}-01")
    client.get(PAGE)
    with django_assert_max_num_queries(15) as three:
        assert client.get(PAGE).status_code == 200
    assert len(one) == len(three)

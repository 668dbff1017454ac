"""The indexes of records: only what is public, in an order people can follow, with counts."""

import pytest
from bs4 import BeautifulSoup

from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    SourceFactory,
    draft_entry,
    publish_entry,
)

pytestmark = pytest.mark.django_db


def soup(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser")


def test_kinds_of_event_are_listed_once_an_entry_is_of_them(client):
    talks = CategoryFactory(name="Talks", position=2, description="Meetings and rounds.")
    orders = CategoryFactory(name="Orders", position=1)
    publish_entry(category=talks)
    publish_entry(category=orders)
    draft_entry(category=CategoryFactory(name="Rumours"))
    rows = soup(client, "/categories/").select(".defs div")
    assert [row.dt.text for row in rows] == ["Orders", "Talks"]
    assert rows[1].dd.text.split() == ["Meetings", "and", "rounds.", "1", "entry"]
    page = soup(client, talks.get_absolute_url())
    assert page.select_one(".crumb").find("a", href="/categories/")


def test_organisations_stand_under_their_kind(client):
    for name, kind in [("Daily", "media"), ("Ministry", "government"), ("Bureau", "government")]:
        OrganisationFactory(name=name, kind=kind)
    ministry, bureau = OrganisationFactory(name="Ministry"), OrganisationFactory(name="Bureau")
    daily = SourceFactory(publisher=OrganisationFactory(name="Daily"))
    publish_entry(organisations=[ministry, bureau], sources=[daily])
    sections = soup(client, "/organisations/").select(".index section")
    assert [(part.h2.text, [link.text for link in part.select("a")]) for part in sections] == [
        ("Government", ["Bureau", "Ministry"]),
        ("Media", ["Daily"]),
    ]


def test_goods_stand_in_the_order_of_their_siblings(client):
    farm = CommodityFactory(name="Farm goods", position=1)
    meat = CommodityFactory(name="Meat", parent=farm, position=2)
    rice = CommodityFactory(name="Rice", parent=farm, position=1)
    beef = CommodityFactory(name="Beef", parent=meat)
    cars = CommodityFactory(name="Cars", position=0)
    publish_entry(commodities=[rice, beef, cars])
    links = soup(client, "/commodities/").select(".index a")
    assert [link.text for link in links] == ["Cars", "Farm goods", "Rice", "Meat", "Beef"]

"""The form of the chronology: words, lanes, phases and researched months, as editors keep them."""

import pytest
from bs4 import BeautifulSoup

from tests.editing import add_row, edit_url, errors_of, form_data, no_rows
from tests.factories import CommodityFactory, chronology, publish_entry
from timeline.models import Edition

pytestmark = pytest.mark.django_db

PUBLISH = {"action-publish": "1"}


def overview(client):
    return BeautifulSoup(client.get("/overview/").content, "html.parser").find("figure", class_="river")


def add_lane(data, name, slug, commodity):
    prefix = add_row(data, "lanes", name=name, slug=slug, colour="olive")
    no_rows(data, f"{prefix}-lane_commodities", f"{prefix}-lane_categories")
    add_row(data, f"{prefix}-lane_commodities", commodity=commodity.pk)
    return prefix


def test_what_a_moderator_publishes_is_what_readers_see(client, moderator):
    rice = CommodityFactory(name="Rice", parent=CommodityFactory(name="Grains"))
    publish_entry(date="2019-06-28", commodities=[rice])
    page = chronology()
    data = form_data(moderator.get(edit_url(page))) | {"headline": "Seven years of rice"}
    add_lane(data, "Grains", "grains", rice.parent)
    add_row(data, "phases", name="The first talks", date="June 2019")
    add_row(data, "coverage", date="2019-06/2019-07", note="Private.")
    assert moderator.post(edit_url(page), data).status_code == 302
    assert overview(client) is None, "a draft"
    assert moderator.post(edit_url(page), form_data(moderator.get(edit_url(page))) | PUBLISH).status_code == 302
    answer = client.get("/").content.decode()
    assert "<h1>Seven years of rice</h1>" in answer
    assert "Private." not in answer
    figure = overview(client)
    assert figure.tbody.th.get_text(" ", strip=True) == "Grains 1 entry"
    assert figure.select_one(".keys").get_text(" ", strip=True).startswith("1 The first talks , June 2019")
    assert "August–December 2019" in figure.select_one(".fogkey").text
    assert "1 entry" in client.get("/?lane=grains").content.decode()


def test_mistakes_are_answered_where_they_are(moderator):
    page = chronology()
    grains = CommodityFactory(name="Grains")
    data = form_data(moderator.get(edit_url(page)))
    add_lane(data, "Grains", "same", grains)
    add_lane(data, "Rice", "same", grains)
    add_row(data, "phases", name="A phase", date="2019-13")
    add_row(data, "coverage", date="2019/..")
    response = moderator.post(edit_url(page), data | PUBLISH)
    assert response.status_code == 200
    errors = " ".join(errors_of(response))
    assert "There is no month 13." in errors
    assert "Give a first and a last month." in errors
    assert "Two subjects have this address." in errors
    assert Edition.objects.get().lanes == []


def test_only_top_level_commodities_can_make_a_lane(moderator):
    rice = CommodityFactory(name="Rice", parent=CommodityFactory(name="Grains"))
    page = chronology()
    data = form_data(moderator.get(edit_url(page)))
    add_lane(data, "Rice", "rice", rice)
    response = moderator.post(edit_url(page), data | PUBLISH)
    assert "Select a valid choice" in " ".join(errors_of(response))


def test_the_menu_leads_to_the_form(moderator, editor):
    page = chronology()
    for person in (moderator, editor):
        menu = person.get("/admin/").content.decode()
        assert edit_url(page) in menu
    assert 'name="action-publish"' not in editor.get(edit_url(page)).content.decode()


def test_renaming_a_commodity_keeps_its_lane(client, moderator, django_capture_on_commit_callbacks):
    grains = CommodityFactory(name="Grains", slug="grains")
    publish_entry(date="2019-06-28", commodities=[grains])
    page = chronology()
    data = form_data(moderator.get(edit_url(page)))
    add_lane(data, "Grains", "grains", grains)
    moderator.post(edit_url(page), data | PUBLISH)
    grains.slug = "cereals"
    with django_capture_on_commit_callbacks(execute=True):
        grains.save()
    assert Edition.objects.get().lanes[0]["commodities"] == ["cereals"]
    assert "1 entry" in client.get("/?lane=grains").content.decode()


def test_a_new_lane_offers_what_was_added_since_the_form_was_first_shown(moderator):
    page = chronology()
    moderator.get(edit_url(page))
    CommodityFactory(name="Rice")
    shown = BeautifulSoup(moderator.get(edit_url(page)).content, "html.parser")
    assert "Rice" in shown.select_one("template#id_lanes-EMPTY_FORM_TEMPLATE").get_text()


def test_no_script_looks_for_a_field_that_the_form_does_not_have(moderator):
    form = BeautifulSoup(moderator.get(edit_url(chronology())).content, "html.parser")
    title = form.select_one('input[name="title"]')
    assert title
    assert "w-sync" not in title.get("data-controller", "")  # it would fill in the slug, and fails where there is none

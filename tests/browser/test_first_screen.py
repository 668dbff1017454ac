"""What is on every first screen: the search, the way to the list, and the links that stay on phones."""

import re

import pytest
from playwright.sync_api import expect

from tests import fonts
from tests.specimens import ENTRY

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("address", ["/", ENTRY, "/people/"])
def test_the_search_is_the_ninth_stop_and_a_skip_link_leads_to_it(browse, address):
    page = browse().open(address)
    search = page.get_by_role("search").get_by_role("searchbox", name="Search")
    for _ in range(9):
        page.keyboard.press("Tab")
    expect(search).to_be_focused()
    page.get_by_role("link", name="Skip to search").press("Enter")
    expect(search).to_be_focused()


def test_the_slash_leads_to_the_search_unless_one_writes_or_has_turned_it_off(browse):
    page = browse().open("/about/")
    search = page.get_by_role("searchbox")
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("1/2")
    assert search.input_value() == "1/2"
    page.get_by_label("The key / leads to the search").uncheck()
    page.goto(ENTRY)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).not_to_be_focused()


@pytest.mark.parametrize("has_script", [True, False])
def test_words_and_filters_are_one_question(browse, has_script):
    reader = browse(java_script_enabled=has_script)
    page = reader.open("/?person=ryosei-akazawa&show=headlines")
    page.get_by_role("searchbox").fill("progress")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url(re.compile("q=progress"))
    assert page.get_by_role("searchbox").input_value() == "progress"
    assert {"person=ryosei-akazawa", "show=headlines"} < set(re.split("[?&#]", reader.address))


def test_the_switch_shows_more_or_less_in_place(browse):
    reader = browse()
    page = reader.open("/")
    page.get_by_role("link", name="Headlines").click()
    expect(page.locator("#results .lines li").first).to_be_visible()
    assert reader.address == "/?show=headlines"
    page.get_by_role("link", name="Key events").click()
    expect(page.locator("#results article.entry").first).to_be_visible()
    assert reader.address == "/?key=1"
    page.get_by_role("link", name="Everything").click()
    expect(page.locator("#rh")).to_have_text("5 entries")
    assert reader.complaints == []


@pytest.mark.parametrize("family", [fonts.WIDE, fonts.NARROW])
def test_the_switch_and_the_menu_are_one_row_on_the_narrowest_phone(browse, family):
    page = browse(family, **PHONE).open("/")
    for width in (320, 360):
        page.set_viewport_size({"width": width, "height": 740})
        for row in (page.locator(".switch li"), page.locator(".mast nav li")):
            assert len({one.bounding_box()["y"] for one in row.all()}) == 1, width
        turn, year = page.locator(".turn").bounding_box(), page.locator("#river td a").first.bounding_box()
        assert turn["y"] + turn["height"] <= year["y"], "the links of the years begin at their headings"


@pytest.mark.parametrize("has_script", [True, False])
def test_on_a_phone_search_filter_and_years_stay_in_reach(browse, has_script):
    page = browse(**PHONE, java_script_enabled=has_script).open("/#m2025-05")
    tools = page.get_by_role("navigation", name="Tools")
    expect(tools).to_be_in_viewport(ratio=1)
    assert tools.get_by_role("link").all_inner_texts() == ["Search", "Filter", "Years"]
    assert tools.bounding_box()["height"] >= 44
    tools.get_by_role("link", name="Filter").click()
    expect(page.locator("summary", has_text="Subjects")).to_be_in_viewport()
    tools.get_by_role("link", name="Years").click()
    expect(page.get_by_role("navigation", name="Years")).to_be_in_viewport()
    tools.get_by_role("link", name="Search").click()
    expect(page.get_by_role("searchbox")).to_be_in_viewport()
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_nothing_that_is_focused_lies_below_the_links_of_a_phone(browse):
    page = browse(**PHONE).open("/")
    covered = []
    for _ in range(60):
        page.keyboard.press("Tab")
        covered += page.evaluate(
            """() => {
              const [bar, one] = [document.querySelector(".tools"), document.activeElement];
              const hidden = one.getBoundingClientRect().bottom > bar.getBoundingClientRect().top + 1;
              return !bar.contains(one) && hidden ? [one.outerHTML.slice(0, 80)] : [];
            }"""
        )
    assert covered == []

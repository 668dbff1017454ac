"""Readers at work: filters with and without script, the keyboard, small screens, paper."""

import re

import pytest
from playwright.sync_api import expect

from tests.specimens import ENTRY
from timeline.views import controls

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
WITH_CARS = ["Akazawa meets Trump", "Ministers prepare talks"]


def tick(page, value, name=""):
    """Tick an option, unfolding what hides it."""
    box = page.locator(f'input[type=checkbox][value="{value}"]{f"[name={name}]" if name else ""}')
    for fold in page.locator("details.f, details.more").filter(has=box).all():
        if fold.get_attribute("open") is None:
            fold.locator("> summary").click()
    box.click()


# -- filtering ----------------------------------------------------------------------------


def test_a_tick_swaps_the_results_and_leaves_the_form_alone(browse):
    reader = browse()
    page = reader.open("/")
    everything = reader.headlines()
    assert len(everything) == 5
    page.evaluate("for (const part of ['.filters', '#results']) document.querySelector(part).dataset.old = 'yes'")
    tick(page, "vehicles")
    expect(page.locator("#rh")).to_have_text("2 entries")
    assert reader.headlines() == WITH_CARS
    assert reader.address == "/?commodity=vehicles"
    assert page.title() == "Entries about Vehicles – Test Chronology"
    assert page.locator("h1").inner_text() == "Entries about Vehicles"
    assert page.locator(".filters").get_attribute("data-old") == "yes"
    assert page.locator("#results").get_attribute("data-old") is None
    assert page.evaluate("document.activeElement.value") == "vehicles"
    assert page.locator("#announce").inner_text() == "2 entries"
    assert page.locator("#n-person-ryosei-akazawa").text_content() == "1"
    assert page.locator("#n-commodity-beef").text_content() == "2", "a facet's counts ignore its own ticks"
    assert page.locator(".years li > a").all_inner_texts()[0].startswith("2025")
    feeds = page.locator("head link[rel=alternate][id]").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    assert feeds == [f"/feed.{kind}?commodity=vehicles" for kind in ("atom", "rss", "json")]
    assert "vehicles" in page.locator("head link[type='application/json+oembed']").get_attribute("href")
    assert page.locator("title").count() == 1

    tick(page, "1", "differ")
    expect(page.locator("#rh")).to_have_text("1 entry")
    assert reader.address == "/?commodity=vehicles&differ=1"

    page.go_back()
    expect(page.locator("#rh")).to_have_text("2 entries")
    assert page.title() == "Entries about Vehicles – Test Chronology"
    assert page.locator(".filters :checked").evaluate_all("all => all.map(one => one.value)") == ["vehicles"]
    page.go_back()
    expect(page.locator("#rh")).to_have_text("5 entries")
    assert reader.headlines() == everything
    assert page.locator(".filters :checked").count() == 0
    page.go_forward()
    expect(page.locator("#rh")).to_have_text("2 entries")
    assert page.locator(".filters :checked").count() == 1
    assert reader.complaints == []


def test_without_script_the_form_finds_the_same(browse):
    reader = browse(java_script_enabled=False)
    page = reader.open("/")
    tick(page, "vehicles")
    page.locator(".filters button").last.click()
    expect(page.locator("#rh")).to_have_text("2 entries")
    assert reader.headlines() == WITH_CARS
    assert reader.address == "/?commodity=vehicles#rh"
    assert page.title() == "Entries about Vehicles – Test Chronology"
    assert page.locator(".filters :checked").count() == 1
    page.get_by_role("link", name="Remove filter: Vehicles").click()
    expect(page.locator("#rh")).to_have_text("5 entries")


def test_enter_asks_once_and_moves_to_what_was_found(browse):
    reader = browse()
    page = reader.open("/")
    page.get_by_role("searchbox").fill("progress")
    page.keyboard.press("Enter")
    expect(page.locator("#rh")).to_have_text("1 entry")
    expect(page.locator("#rh")).to_be_focused()
    page.wait_for_timeout(300)  # longer than the form waits after a change
    assert reader.asked_by_script() == ["/?q=progress"]
    assert reader.address == "/?q=progress"


def test_removing_a_chip_leads_to_the_count(browse):
    reader = browse()
    page = reader.open("/?commodity=vehicles&person=ryosei-akazawa")
    page.get_by_role("link", name="Remove filter: Ryosei Akazawa").click()
    expect(page.locator("#rh")).to_have_text("2 entries")
    expect(page.locator("#rh")).to_be_focused()
    assert reader.address == "/?commodity=vehicles"
    assert page.locator(".filters :checked").evaluate_all("all => all.map(one => one.value)") == ["vehicles"]


def test_a_date_that_is_none_is_marked_and_unmarked_as_it_is_typed(browse):
    reader = browse()
    page = reader.open("/")
    field = page.get_by_label("From")
    page.locator("details.f > summary").first.click()
    field.fill("2025-13")
    field.press("Tab")
    expect(page.locator("#from-error")).to_contain_text("no month 13")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("2025-13")
    assert page.locator("#rh").inner_text() == "5 entries"
    field.fill("May 2025")
    page.get_by_label("To", exact=True).fill("2019")
    field.press("Tab")
    page.get_by_role("link", name="Swap the dates").click()
    expect(page.locator("#rh")).to_be_focused()
    assert reader.address == "/?from=2019&to=2025-05"
    expect(field).to_have_value("2019")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    assert reader.complaints == []


def test_when_the_script_gets_no_answer_the_form_goes_by_itself(browse):
    reader = browse()
    page = reader.open("/")
    page.route("**/*", lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_())
    tick(page, "vehicles")
    page.wait_for_url("**/?commodity=vehicles")
    assert reader.headlines() == WITH_CARS


def test_a_bar_of_the_river_adds_to_the_filters_and_ticks_the_form(browse):
    reader = browse()
    page = reader.open("/?person=ryosei-akazawa")
    page.get_by_role("link", name="By subject").click()
    expect(page.get_by_role("link", name="In one strip")).to_be_focused()
    assert reader.asked_by_script() == ["/overview/?person=ryosei-akazawa"]
    page.get_by_role("link", name="1 entry, Farm, 2025").click()
    expect(page.locator("#rv")).to_have_text("1 of 5 entries, by day")
    expect(page.get_by_role("rowheader", name="Farm")).to_be_visible()
    assert reader.address == "/?from=2025&lane=farm&person=ryosei-akazawa&to=2025"
    assert page.get_by_label("From").input_value() == "2025"
    ticked = page.locator(".filters :checked").evaluate_all("all => all.map(one => one.value)")
    assert sorted(ticked) == ["farm", "ryosei-akazawa"]
    page.go_back()
    expect(page.locator("#rv")).to_have_text("1 of 5 entries, by month")
    assert page.get_by_label("From").input_value() == ""
    assert reader.complaints == []


# -- the keyboard -------------------------------------------------------------------------


def to_the_first_citation(page):
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    citation = page.locator(".prose sup a").first
    for _ in range(14):
        page.keyboard.press("Tab")
        if citation.evaluate("one => one === document.activeElement"):
            break
    expect(citation).to_be_focused()
    assert citation.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    return citation


def test_the_keyboard_goes_from_the_skip_link_to_a_source_and_back(browse):
    page = browse(reduced_motion="reduce").open(ENTRY)
    citation = to_the_first_citation(page)
    page.keyboard.press("Enter")
    note = page.locator("#note")
    expect(note).to_be_visible()
    expect(note).to_be_focused()
    expect(note).to_have_accessible_name("Source 1")
    expect(note).to_contain_text("First round")
    expect(note).to_contain_text("Example Wire, 17 April 2025")
    expect(note).not_to_contain_text("big progress")  # quoted from it by another statement
    page.keyboard.press("Tab")
    title = note.get_by_role("link", name="First round")
    expect(title).to_be_focused()
    assert title.get_attribute("href") == "/sources/first-round/"
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    expect(citation).to_be_focused()
    page.keyboard.press("Enter")
    note.get_by_role("button", name="Close").focus()
    page.keyboard.press("Tab")
    expect(note).to_be_hidden()  # what is reached next must not lie under it
    page.keyboard.press("Escape")
    page.locator(".prose span[id^='s-']").nth(2).locator("sup a").first.click()
    expect(note).to_contain_text("big progress")
    note.get_by_role("link", name="Show it in the list").click()
    expect(note).to_be_hidden()
    expect(page.locator("#source-1")).to_be_in_viewport()


def test_without_script_a_citation_leads_to_its_source_and_the_source_back(browse):
    page = browse(reduced_motion="reduce", java_script_enabled=False).open(ENTRY)
    to_the_first_citation(page)
    page.keyboard.press("Enter")
    source = page.locator("#source-1:target")
    expect(source).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(source.get_by_role("link").first).to_be_focused()
    source.get_by_role("link", name="Back to place a that cites source 1").click()
    expect(page.locator(".prose span:target")).to_be_in_viewport()


def to_a_statement(page):
    """A statement, and the link that its margin shows."""
    statement = page.locator("#s-ricestays")
    return statement, statement.get_by_role("link", name="Link to this statement")


def test_one_press_of_a_statements_link_shows_how_to_cite_it_and_the_next_copies(browse):
    reader = browse(permissions=["clipboard-read", "clipboard-write"])
    page = reader.open(ENTRY)
    statement, anchor = to_a_statement(page)
    before = statement.evaluate("one => getComputedStyle(one).backgroundColor")
    assert anchor.evaluate("one => getComputedStyle(one).opacity") == "0"
    statement.hover()
    assert anchor.evaluate("one => getComputedStyle(one).opacity") == "1"
    anchor.click()
    tools = page.get_by_role("complementary", name="Cite or correct")
    address = page.url
    assert address.endswith(f"{ENTRY}#{statement.get_attribute('id')}")
    expect(tools).to_contain_text("Version 1")
    expect(tools).to_contain_text(f"/versions/1/#{statement.get_attribute('id')}")
    assert statement.evaluate("one => getComputedStyle(one).backgroundColor") != before

    def copied(form):
        button = tools.locator(f"[data-form='{form}']")
        button.click()
        expect(button).to_have_text("Copied ✓")
        expect(tools.get_by_role("status")).to_have_text("Copied ✓")
        return page.evaluate("navigator.clipboard.readText()")

    assert copied("link").endswith(f"{ENTRY}#s-ricestays")
    assert copied("quote").startswith("“Rice stays under minimum access.” “Akazawa meets Trump.” Test Chronology.")
    assert "Accessed" in copied("text")
    assert copied("bib").startswith("@online{akazawa-meets-trump-ricestays,")
    assert copied("ris").startswith("TY  - ELEC")
    assert '"accessed"' in copied("csl.json")
    expect(tools.get_by_role("button", name="Copy link")).to_be_visible()  # after a while it is called as before
    assert "statement=ricestays" in tools.get_by_role("link", name="Report an error").get_attribute("href")
    page.keyboard.press("Escape")
    expect(tools).to_be_hidden()
    expect(anchor).to_be_focused()
    page.goto("about:blank")
    page.goto(address)
    expect(statement).to_be_in_viewport()
    assert statement.evaluate("one => getComputedStyle(one).backgroundColor") != before
    assert reader.complaints == []


def test_on_a_phone_no_sign_is_drawn_and_a_tap_on_the_sentence_opens_its_tools(browse):
    page = browse(**PHONE).open(ENTRY)
    statement, anchor = to_a_statement(page)
    assert anchor.evaluate("one => one.getBoundingClientRect().width") <= 1
    statement.scroll_into_view_if_needed()
    words = statement.evaluate("one => one.getClientRects()[0].toJSON()")
    page.touchscreen.tap(words["x"] + 4, words["y"] + 4)
    tools = page.get_by_role("complementary", name="Cite or correct")
    expect(tools).to_contain_text("Version 1")
    box = tools.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.locator("h1").tap()
    expect(tools).to_be_hidden()


def test_the_entry_is_cited_in_place_and_without_script_on_a_page(browse):
    page = browse().open(ENTRY)
    page.get_by_role("link", name="Cite", exact=True).first.click()
    tools = page.get_by_role("complementary", name="Cite or correct")
    expect(tools).to_contain_text("/versions/1/")
    expect(tools.get_by_role("button", name="Quote")).to_be_hidden()

    page = browse(java_script_enabled=False).open(ENTRY)
    _statement, anchor = to_a_statement(page)
    assert anchor.get_attribute("href") == "#s-ricestays"
    page.get_by_role("link", name="Cite", exact=True).first.click()
    page.get_by_role("link", name="Rice stays under minimum access.").click()
    expect(page.locator("blockquote")).to_have_text("Rice stays under minimum access.")
    assert [link.inner_text() for link in page.locator("a[download]").all()] == ["BibTeX", "RIS", "CSL-JSON"]


def test_a_link_to_a_statement_that_has_gone_says_so(browse):
    page = browse().open(f"{ENTRY}#s-nobody")
    note = page.locator("article .note", has_text="not in the entry any more")
    expect(note).to_be_visible()
    expect(note.get_by_role("link")).to_have_attribute("href", f"{ENTRY}cite/?statement=nobody")


# -- screens and paper --------------------------------------------------------------------


def test_on_a_phone_the_filters_are_folded_away(browse):
    reader = browse(**PHONE)
    page = reader.open("/")
    subjects = page.locator("summary", has_text="Subjects")
    expect(subjects).to_be_hidden()
    page.locator(".panel > summary").click()
    expect(subjects).to_be_visible()
    tick(page, "vehicles")
    expect(page.locator(".panel > summary")).to_have_text("Filter (1 active)")
    expect(subjects).to_be_visible()
    page.locator(".filters button").last.click()
    expect(page.locator("#rh")).to_be_focused()
    expect(page.locator("#rh")).to_be_in_viewport()
    assert reader.complaints == []


def test_on_a_desk_the_filters_are_folded_groups(browse):
    reader = browse(java_script_enabled=False)
    page = reader.open("/?commodity=vehicles")
    assert page.locator("details.f[open] > summary").all_inner_texts() == ["Goods"]
    expect(page.locator("summary", has_text="Subjects")).to_be_visible()
    expect(page.locator(".panel > summary")).to_be_hidden()


def test_paper_gets_the_entries_and_not_the_controls(browse):
    page = browse(color_scheme="dark").open("/?commodity=vehicles")
    page.emulate_media(media="print")
    expect(page.locator("article.entry").first).to_be_visible()
    for control in (".filters", "#years", ".mast nav", ".follow"):
        expect(page.locator(control).first).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(26, 30, 36)"
    page = browse().open(ENTRY)
    page.emulate_media(media="print")
    expect(page.locator(".side .roles")).to_be_visible()
    for way in (".cite + .copies", ".side a[href^='/updates/']", ".side .steps"):
        for one in page.locator(way).all():
            expect(one).to_be_hidden()


def test_a_month_far_down_is_where_its_link_says(browse):
    page = browse().open("/#m2025-05")
    month = page.locator("#m2025-05")
    expect(month).to_be_in_viewport()
    assert month.evaluate("one => one.getBoundingClientRect().top") >= 0


@pytest.mark.parametrize("has_script", [True, False])
def test_all_options_of_a_facet_are_a_press_of_a_button_away(browse, monkeypatch, has_script):
    monkeypatch.setattr(controls, "VISIBLE_OPTIONS", 1)
    monkeypatch.setattr(controls, "OPTION_LIMIT", 2)
    reader = browse(java_script_enabled=has_script)
    page = reader.open("/?person=ryosei-akazawa")
    goods = page.locator("#f-commodity > label input, #f-commodity > details:not(.sub) > label input")
    assert goods.count() == 1
    page.get_by_role("searchbox").fill("talks")
    page.locator("summary", has_text="Goods").click()
    page.get_by_role("button", name=re.compile("Show all ?: Goods")).press("Enter")
    expect(goods).not_to_have_count(1)
    assert page.get_by_role("searchbox").input_value() == "talks", "nothing typed is lost"
    goods.last.check()
    if has_script:
        assert page.evaluate("document.activeElement.closest('fieldset').id") == "f-commodity"
        page.wait_for_url(re.compile(r"/\?q=talks&person=ryosei-akazawa&commodity=.+"))
        assert page.locator("#f-commodity i").all_inner_texts() != [""] * goods.count()
    else:
        assert reader.address.startswith("/filters/?person=ryosei-akazawa&q=talks")
        page.get_by_role("button", name="Show entries").last.click()
        page.wait_for_url(re.compile(r"/\?commodity=.+&person=ryosei-akazawa&q=talks"))

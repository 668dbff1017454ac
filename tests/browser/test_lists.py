"""The list of entries in a browser: what it fetches when it is used, by keyboard alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.test_accessibility import TAGS
from tests.browser.test_editor import Desk
from tests.factories import CommodityFactory, SourceFactory, draft_entry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_menu_of_a_row_and_the_filters_open_where_they_were_asked_for(page, live_server):
    entry = draft_entry(title="Talks begin", weight="key")
    draft_entry(title="Talks end", weight="short")
    Desk(page, live_server.url, "Moderators")
    page.goto(f"{live_server.url}/admin/entries/")

    page.get_by_role("row", name="Talks begin").get_by_role("button", name="More options").press("Enter")
    menu = page.locator(".tippy-box")
    expect(menu.get_by_role("link", name="History")).to_have_attribute("href", f"/admin/pages/{entry.pk}/history/")
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="Edit")).to_be_focused()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Show filters").press("Enter")
    page.get_by_role("button", name="Weight").press("Enter")
    page.get_by_role("radio", name="Key").press("Space")
    expect(page.get_by_text("Talks end")).to_be_hidden()
    page.reload()  # the address has the filter
    expect(page.get_by_text("Talks begin")).to_be_visible()
    expect(page.get_by_text("Talks end")).to_be_hidden()
    page.get_by_role("button", name="Clear").press("Enter")
    expect(page.get_by_text("Talks end")).to_be_visible()
    page.get_by_role("button", name="Show filters").press("Enter")
    expect(page.get_by_role("button", name="Kind of event")).to_be_visible()


def test_a_list_of_somebody_who_is_signed_out_leads_to_the_form_to_sign_in(page, live_server):
    draft_entry(title="Talks begin")
    Desk(page, live_server.url, "Moderators")
    page.goto(f"{live_server.url}/admin/entries/")
    page.context.clear_cookies()
    page.get_by_role("button", name="More options").first.click()
    page.wait_for_url("**/admin/login/?next=/admin/entries/")


@pytest.mark.parametrize("what", ["no connection", "a server that is down"])
def test_what_cannot_be_fetched_is_said_and_ticks_are_kept(page, live_server, what):
    draft_entry(title="Talks begin")
    Desk(page, live_server.url, "Moderators")
    page.goto(f"{live_server.url}/admin/entries/")
    page.get_by_role("row", name="Talks begin").get_by_role("checkbox").check()

    def fail(route):
        return route.abort("internetdisconnected") if what == "no connection" else route.fulfill(status=503)

    page.route("**/admin/entries/**", fail)
    for name in ("More options", "Show filters"):
        page.get_by_role("button", name=name).first.click()
        expect(page.get_by_text("This site does not answer, or you are offline.")).to_be_visible()
        expect(page.get_by_role("row", name="Talks begin").get_by_role("checkbox")).to_be_checked()
    page.unroute("**/admin/entries/**")
    page.get_by_role("button", name="More options").first.click()
    expect(page.locator(".tippy-box").get_by_role("link", name="History")).to_be_visible()
    expect(page.get_by_text("This site does not answer, or you are offline.")).to_be_hidden()


# What Wagtail's own pages lack: a heading of the first rank, names for sections, a key for the map beside a form.
OF_WAGTAIL = {
    rule: {"enabled": False}
    for rule in ["page-has-heading-one", "landmark-unique", "scrollable-region-focusable", "heading-order"]
}
NOT_OURS = {"exclude": [[".w-minimap"], ["#w-minimap-toggle"]]}
"""Wagtail's map beside a form, whose button is 20 pixels high where something comes to stand beside it."""


def test_axe_finds_nothing_on_the_desk(page, live_server):
    """Links of the list of what is missing, and headlines in lists on a phone, were lower than 24 pixels."""
    entry, source = draft_entry(title="Talks begin", date=""), SourceFactory()
    CommodityFactory(name="Rice", parent=CommodityFactory(name="Farm goods"))
    desk = Desk(page, live_server.url, "Moderators")
    addresses = [f"pages/{entry.pk}/edit/", "entries/", "snippets/timeline/commodity/", "snippets/timeline/source/"]
    for address in [*addresses, f"snippets/timeline/source/edit/{source.pk}/", "snippets/timeline/source/add/"]:
        page.goto(f"{live_server.url}/admin/{address}", wait_until="networkidle")  # parts come in after the page
        if "pages/" in address:
            desk.watched()
            page.get_by_text("Add the date of the event before publishing.").wait_for()
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(page, NOT_OURS, {"runOnly": TAGS, "rules": OF_WAGTAIL})
            seen = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]]
            assert seen == [], (address, width)

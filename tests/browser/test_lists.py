"""The list of entries in a browser: what it fetches when it is used, by keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_editor import Desk
from tests.factories import draft_entry

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

"""Nothing typed is lost: an editor's words outlive the session, the network, the server, the tab and the browser."""

import contextlib
import datetime
import os
import signal
import zoneinfo
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from wagtail.users.models import UserProfile

from tests import chromium as browsers
from tests.browser.test_editor import HEADLINE, Desk
from tests.editing import edit_url, form_data, signed_in, user
from tests.factories import chronology, draft_entry
from timeline.models import EntryPage, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A question every three seconds is kind to servers; here what waits is only the test.
ASK_SOON = """{
  const later = window.setTimeout;
  window.setTimeout = (act, delay, ...rest) => later(act, delay === 3000 ? 150 : delay, ...rest);
}"""


@pytest.fixture
def entry(transactional_db: None, settings: Any) -> EntryPage:
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 100
    chronology()
    entry = draft_entry(title="Talks begin", statements=["They meet."])
    entry.save_revision()
    return entry


@pytest.fixture
def desk(page: Any, live_server: Any, entry: EntryPage) -> Desk:
    desk = Desk(page, live_server.url, "Editors")
    page.add_init_script(ASK_SOON)
    page.goto(f"{live_server.url}/admin/pages/{entry.pk}/edit/")
    desk.watched()
    return desk


def stored(entry: EntryPage) -> EntryPage:
    return EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object()


def note(page: Any, words: str) -> None:
    page.locator(".session-note").get_by_text(words).wait_for()


def in_the_browser(page: Any) -> list[dict[str, Any]]:
    """The copies that this browser keeps."""
    return page.evaluate(
        """() => new Promise((resolve) => { const request = indexedDB.open("nenpyo", 1);
        request.onsuccess = () => { const all = request.result.transaction("copies").objectStore("copies").getAll();
        all.onsuccess = () => { request.result.close(); resolve(all.result); }; }; })"""
    )


def kept_is(page: Any, words: str) -> None:
    for _try in range(40):
        if any(words in value for copy in in_the_browser(page) for _name, value in copy["pairs"]):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the browser does not keep {words!r}")


def sign_in_elsewhere(desk: Desk, name: str) -> None:
    """In another tab, by the page that asks for the password; whoever was signed in is not any more."""
    Session.objects.all().delete()
    tab = desk.page.context.new_page()
    tab.goto(f"{desk.base}/admin/login/")
    tab.fill("#id_username", name)
    tab.fill("#id_password", "secret")
    tab.click("button[type=submit]")
    tab.wait_for_url("**/admin/")
    tab.close()


def offered(page: Any) -> list[list[str]]:
    """The comparison that is offered with a copy, row by row."""
    page.locator(".kept tbody tr").first.wait_for()
    return [row.locator("th, td").all_inner_texts() for row in page.locator(".kept tbody tr").all()]


def test_a_session_that_ends_and_one_that_begins_in_another_tab(desk, page, entry):
    assert in_the_browser(page) == []
    Session.objects.all().delete()
    page.fill("#id_summary", "Written after the session had ended.")
    note(page, "You are signed out. What you type is kept in this browser.")
    assert "server error" not in page.inner_text("footer")
    page.click("footer button.action-save")  # leads nowhere
    page.fill("#id_title", "And more")
    kept_is(page, "And more")
    assert stored(entry).title == "Talks begin"

    user("Moderators")
    sign_in_elsewhere(desk, "moderators")
    note(page, "moderators is signed in here now. Nothing is saved under that name.")
    page.fill("#id_title", "And still more")
    kept_is(page, "And still more")
    page.wait_for_timeout(300)
    assert stored(entry).title == "Talks begin"

    sign_in_elsewhere(desk, "editors")
    page.locator(".session-note").wait_for(state="detached")
    page.locator("[data-w-autosave-state-value=saved]").wait_for()
    now = stored(entry)
    assert (now.title, now.summary) == ("And still more", "Written after the session had ended.")
    assert in_the_browser(page) == [], "what the server has is not kept here any more"


def test_a_lost_network_a_restarted_server_and_a_closed_tab(desk, page, entry):
    context = page.context
    context.set_offline(True)
    page.fill("#id_summary", "Written without a network.")
    note(page, "There is no connection to the site. What you type is kept in this browser.")
    context.set_offline(False)
    page.locator(".session-note").wait_for(state="detached")
    page.route("**/admin/**", lambda route: route.abort("connectionrefused"))
    page.fill("#id_title", "Written while the server was down")
    note(page, "There is no connection to the site.")
    page.unroute_all(behavior="wait")
    page.locator(".session-note").wait_for(state="detached")
    page.locator("[data-w-autosave-state-value=saved]").wait_for()
    now = stored(entry)
    assert (now.title, now.summary) == ("Written while the server was down", "Written without a network.")

    page.route("**/admin/**", lambda route: route.fulfill(status=503, body="full"))
    page.fill("#id_date", "2025-13")
    note(page, "The site does not answer at the moment.")
    context.set_offline(True)
    page.unroute_all(behavior="wait")
    desk.add("statements")
    page.fill("#id_statements-1-text", "They part.")
    kept_is(page, "They part.")
    page.close()
    context.set_offline(False)

    page = context.new_page()
    page.set_default_timeout(20_000)
    desk.page = page
    address = f"{desk.base}/admin/pages/{entry.pk}/edit/"
    editor = get_user_model().objects.get(username="editors")
    UserProfile.objects.update_or_create(user=editor, defaults={"current_time_zone": "Asia/Tokyo"})
    page.goto(address)
    found = offered(page)
    typed = datetime.datetime.fromtimestamp(in_the_browser(page)[0]["at"] / 1000, zoneinfo.ZoneInfo("Asia/Tokyo"))
    assert page.inner_text(".kept time") == f"{typed:%-d %B %Y} at {typed:%H:%M}", "as its account reads clocks"
    assert ["Date", "2025-04-16", "2025-13"] in found
    assert ["Statement 2 · Statement", "–", "They part."] in found
    with page.expect_navigation():
        page.click("[data-take]")
    assert "This is what your browser had kept." in page.inner_text(".messages")
    assert page.input_value("#id_statements-1-text") == "They part."
    assert page.input_value("#id_date") == "2025-13"
    page.locator("[data-w-autosave-state-value=saved]").wait_for()
    assert [row.text for row in stored(entry).statements.all()] == ["They meet.", "They part."]
    assert stored(entry).date == "2025-04-16"

    user("Moderators")
    sign_in_elsewhere(desk, "moderators")
    page.goto(address)
    page.wait_for_function("() => window.wagtail?.app")
    page.wait_for_timeout(300)
    assert page.locator(".kept").count() == 0, "what somebody else wrote at this computer"
    sign_in_elsewhere(desk, "editors")
    page.goto(f"{desk.base}/admin/")
    page.click(".kept a:has-text('Written while the server was down')")
    assert offered(page) == [["Date", "2025-04-16", "2025-13"]], "half a date is in no draft"
    page.click("[data-discard]")
    page.locator(".kept").wait_for(state="detached")
    assert in_the_browser(page) == []


def test_a_browser_that_is_killed_while_a_new_entry_is_begun(chromium, live_server, entry, tmp_path):
    def start() -> Any:
        context = chromium.browser_type.launch_persistent_context(
            tmp_path, executable_path=browsers.find(), args=browsers.ARGUMENTS, locale="en-GB"
        )
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return context

    session = signed_in("Editors").cookies["sessionid"].value
    context = start()
    page = context.pages[0]
    add = f"{live_server.url}/admin/pages/add/timeline/entrypage/{chronology().pk}/"
    page.goto(add)
    context.set_offline(True)
    page.fill("#id_title", HEADLINE)
    kept_is(page, HEADLINE)
    kill(str(tmp_path))
    with contextlib.suppress(Exception):
        context.close()

    context = start()
    page = context.pages[0]
    page.goto(add)
    assert ["Headline", "–", HEADLINE] in offered(page)
    page.click("[data-take]")
    page.locator("[data-w-autosave-state-value=saved]").wait_for()
    assert EntryPage.objects.exclude(pk=entry.pk).get().title == HEADLINE
    context.close()


def kill(profile: str) -> None:
    """Kill the browser that has this profile, as the system does when it runs out of memory."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            if profile in command and "--type=" not in command:
                os.kill(int(process.name), signal.SIGKILL)


def test_a_record_which_does_not_save_itself_and_signing_out(desk, page):
    page.goto(f"{desk.base}/admin/snippets/timeline/person/add/")
    page.wait_for_function("() => window.wagtail?.app")
    Session.objects.all().delete()
    page.fill("#id_family_name", "Akazawa")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    note(page, "You are signed out.")
    page.click("footer button[type=submit]")
    sign_in_elsewhere(desk, "editors")
    page.locator(".session-note").wait_for(state="detached")
    with page.expect_navigation():
        page.click("footer button[type=submit]")
    assert Person.objects.get().family_name == "Akazawa"
    page.wait_for_function("() => !document.cookie.includes('kept-')")
    assert in_the_browser(page) == [], "it was saved"

    page.goto(f"{desk.base}/admin/snippets/timeline/person/add/")
    page.fill("#id_family_name", "Bessent")
    kept_is(page, "Bessent")
    page.goto(f"{desk.base}/admin/")
    page.locator(".kept a").wait_for()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.click("#wagtail-sidebar .sidebar-footer button")
    page.click("text=Log out")
    page.wait_for_url("**/login/**")
    assert "“Bessent”" in asked[-1]
    assert in_the_browser(page) == [], "a shared computer keeps nothing"


def test_a_record_that_is_made_in_a_dialog(desk, page):
    page.click("#id_entry_people-OPEN_MODAL")
    page.click("[role=tab]:has-text('New person')")
    dialog = page.locator("form[data-chooser-modal-creation-form]")
    dialog.locator("[name=family_name]").fill("Akazawa")
    Session.objects.all().delete()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    note(page, "You are signed out.")
    dialog.locator("button[type=submit]").last.click()
    dialog.get_by_text("You are signed out. What you typed here waits as long as this dialog is open.").wait_for()
    assert "Server Error" not in page.inner_text(".modal-body")
    sign_in_elsewhere(desk, "editors")
    page.locator(".session-note").wait_for(state="detached")
    dialog.locator("button[type=submit]").last.click()
    page.wait_for_selector(".modal-body", state="detached")
    assert Person.objects.get().family_name == "Akazawa"


def test_two_editors_meet_our_page_and_no_other_question(desk, page, entry):
    moderator = signed_in("Moderators")
    theirs = form_data(moderator.get(edit_url(entry))) | {"summary": "Their summary."}
    assert moderator.post(edit_url(entry), theirs).status_code == 302
    with page.expect_response(lambda response: "/ping/" in response.url):
        page.evaluate("document.querySelector('.w-editing-sessions').dispatchEvent(new CustomEvent('w-session:ping'))")
    page.fill("#id_title", "Mine")
    page.locator("footer").get_by_text(
        "moderators saved this too, after you opened it. Nothing is overwritten"
    ).wait_for()
    with page.expect_navigation():
        page.click("footer button.action-save")
    assert "nothing is lost" in page.inner_text(".messages")
    assert page.input_value("#id_title") == "Mine"
    with page.expect_navigation():
        page.click("text=Save mine over it")
    assert stored(entry).title == "Mine"
    page.wait_for_function("() => !document.cookie.includes('kept-')")
    assert in_the_browser(page) == []


def test_what_is_typed_before_wagtail_looks_at_the_form_is_saved(page, live_server, entry):
    Desk(page, live_server.url, "Editors")
    page.goto(f"{live_server.url}/admin/pages/{entry.pk}/edit/", wait_until="commit")
    page.locator("#id_title").press_sequentially("At last ")
    page.locator("[data-w-autosave-state-value=saved]").wait_for()
    assert stored(entry).title == "At last Talks begin"

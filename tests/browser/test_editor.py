"""An editor's real path in a real browser: from the first word to the public page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.editing import signed_in, user
from tests.factories import CategoryFactory, PersonFactory, SourceFactory, chronology, draft_entry, known_by_name
from timeline.models import EntryPage, PersonName, PublishedEntry, Source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEADLINE = "Akazawa and Bessent meet in Washington"


def is_autosave(response: Any) -> bool:
    path = response.url.partition("?")[0]
    return response.request.method == "POST" and bool(re.search(r"/pages/(\d+/edit|add/[\w/]+)/$", path))


# Wagtail takes what it finds in a form two seconds after it began for untouched, and speaks of a change
# half a second after it saw it. Whoever types needs that; here what waits is only the test.
HURRY = """
const later = window.setTimeout;
const loaded = new Promise((resolve) => addEventListener("load", resolve));
window.setTimeout = (act, delay, ...rest) => {
  if (delay === 2000) return void loaded.then(() => later(act, 100, ...rest));
  return later(act, delay === 530 ? 50 : delay, ...rest);
};
document.addEventListener("w-unsaved:watch-edits", () => { window.watched = true });
"""


class Desk:
    """The admin as an editor sees and uses it; signed in already unless the password is typed."""

    def __init__(self, page: Any, base: str, role: str, *, typed: bool = False) -> None:
        self.page, self.base = page, base
        page.set_viewport_size({"width": 1280, "height": 900})
        page.set_default_timeout(20_000)
        page.add_init_script(HURRY)
        if typed:
            page.goto(f"{base}/admin/login/")
            page.fill("#id_username", user(role).username)
            page.fill("#id_password", "secret")
            page.click("button[type=submit]")
            page.wait_for_url("**/admin/")
        else:
            session = signed_in(role).cookies["sessionid"]
            page.context.add_cookies([{"name": session.key, "value": session.value, "url": base}])

    def new_entry(self) -> None:
        self.page.goto(f"{self.base}/admin/pages/add/timeline/entrypage/{chronology().pk}/")
        self.watched()

    def watched(self) -> None:
        """From here on, what changes in the form saves itself."""
        self.page.wait_for_function("() => window.wagtail?.app && window.watched")

    @contextmanager
    def saving(self) -> Iterator[None]:
        """What is done here must save itself."""
        with self.page.expect_response(is_autosave) as response:
            yield
        assert response.value.json()["success"], response.value.text()
        self.page.get_by_text("Saved", exact=True).wait_for()

    def add(self, relation: str) -> None:
        self.page.click(f"#id_{relation}-ADD")

    def choose(self, field: str, words: str) -> None:
        """Pick the first record that a chooser finds for some words."""
        self.page.click(f"#id_{field}-chooser button:has-text('Choose')")
        self.search(words)
        self.page.click(".modal-body a[data-chooser-modal-choice]")
        self.page.wait_for_selector(".modal-body", state="detached")

    def pick(self, relation: str, words: str) -> None:
        """Add a row for the first record found."""
        self.page.click(f"#id_{relation}-OPEN_MODAL")
        self.search(words)
        self.page.click(".modal-body [data-multiple-choice-select]")
        self.page.click("[data-multiple-choice-submit]")
        self.page.wait_for_selector(".modal-body", state="detached")

    def search(self, words: str) -> None:
        self.page.wait_for_selector(".modal-body #id_q")
        with self.page.expect_response(lambda response: "/results/" in response.url):
            self.page.fill(".modal-body #id_q", words)
        self.page.wait_for_timeout(200)

    def press(self, action: str) -> None:
        """Publish or submit, from the menu beside *Save draft*."""
        self.page.click("footer [data-w-dropdown-target=toggle]")
        with self.page.expect_navigation():
            self.page.click(f"button[name=action-{action}]")


@pytest.fixture
def records(transactional_db: None, settings: Any) -> dict[str, Any]:
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 100  # milliseconds after a change; 500 are kind to servers
    chronology()
    akazawa = PersonFactory(family_name="Akazawa", given_name="Ryosei")
    PersonName.objects.create(person=akazawa, name="赤沢亮正", script="Jpan", language="ja")
    known_by_name()
    return {
        "person": akazawa,
        "source": SourceFactory(title="Tariff talks open in Washington"),
        "category": CategoryFactory(name="Talks"),
    }


def test_from_the_first_word_to_the_public_page(page, live_server, records):
    desk = Desk(page, live_server.url, "Moderators", typed=True)
    page.click("text=Entries")
    page.click("text=Add entry")
    desk.watched()
    with desk.saving():
        page.fill("#id_title", HEADLINE)
        page.keyboard.press("Tab")

    # Blank and half-written rows do not stop the draft from saving itself.
    for relation in ["statements", "figures", "measure_dates"]:
        with desk.saving():
            desk.add(relation)
    with desk.saving():
        page.fill("#id_date", "2025-13")
        page.fill("#id_statements-0-text", "They meet for 75 minutes")
    page.get_by_text("There is no month 13").first.wait_for()
    page.fill("#id_date", "")
    with desk.saving():
        desk.choose("statements-0-citations-0-source", "tariff talks")
    with desk.saving():
        page.fill("#id_statements-0-citations-0-quotation", "for about 75 minutes")
    with desk.saving():
        desk.pick("entry_people", "赤澤")
    entry = EntryPage.objects.get()
    citation = entry.statements.get().citations.get()
    assert (citation.source, citation.quotation) == (records["source"], "for about 75 minutes")
    assert entry.entry_people.get().person == records["person"]

    page.click("[aria-label='Toggle preview']")
    preview = page.frame_locator("iframe[data-w-preview-target], iframe#w-preview-iframe").first
    preview.get_by_text("They meet for 75 minutes").wait_for()
    page.click("[aria-label='Toggle preview']")

    desk.press("publish")
    refused = page.inner_text(".messages")
    for sentence in [
        "Add the date of the event before publishing.",
        "Choose the kind of event before publishing.",
        "Write a summary before publishing.",
        "A date of the measure is half written.",
        "A figure has no label.",
    ]:
        assert sentence in refused
    assert page.input_value("#id_statements-0-text") == "They meet for 75 minutes"

    page.wait_for_selector("#id_date_extent", state="hidden")  # by the notes, once the page is there
    page.fill("#id_date", "16–17 April 2025")
    page.wait_for_selector("#id_date_extent")  # it asks, without a reload
    page.get_by_text("Choose what they mean").first.wait_for()
    page.select_option("#id_date_extent", "between")
    page.get_by_text("Readers will see: some time between 16 and 17 April 2025.").wait_for()
    page.fill("#id_date", "16 Apr 2025")
    page.wait_for_selector("#id_date_extent", state="hidden")
    page.get_by_text("Readers will see: 16 April 2025. That is a Wednesday.").wait_for()
    page.get_by_text("No recorded role on 16 April 2025.").wait_for()
    page.select_option("#id_category", label="Talks")
    page.fill("#id_summary", "Akazawa and Bessent meet for 75 minutes.")
    page.click("#id_figures-0-DELETE-button")
    page.click("#id_measure_dates-0-DELETE-button")
    desk.press("publish")
    assert HEADLINE in page.inner_text(".messages")

    page.goto(f"{live_server.url}{PublishedEntry.objects.get().document['url']}")
    text = page.inner_text("main")
    assert page.inner_text("h1") == HEADLINE
    assert "16 April 2025" in text
    assert "They meet for 75 minutes" in text
    assert "Ryosei Akazawa" in text


def test_an_editor_makes_a_source_inside_the_chooser_and_submits(page, live_server, records):
    desk = Desk(page, live_server.url, "Editors")
    desk.new_entry()
    page.fill("#id_title", HEADLINE)
    page.fill("#id_date", "2025-04-16")
    page.select_option("#id_category", label="Talks")
    page.fill("#id_summary", "They open tariff talks.")
    desk.add("statements")
    page.fill("#id_statements-0-text", "The talks open.")
    page.click("#id_statements-0-citations-0-source-chooser button:has-text('Choose')")
    page.click("[role=tab]:has-text('New source')")
    form = "form[data-chooser-modal-creation-form]"
    page.fill(f"{form} [name=title]", "Tariff talks open in Washington")

    page.click(f"{form} > ul button[type=submit]")
    page.get_by_text("Looks like an existing source").wait_for()
    page.check(f"{form} input[value=new]")
    with desk.saving():
        page.click(f"{form} > ul button[type=submit]")
        page.wait_for_selector(".modal-body", state="detached")
    assert Source.objects.count() == 2

    assert page.locator("button[name=action-publish]").count() == 0
    desk.press("submit")
    assert "submitted for moderation" in page.inner_text(".messages")
    entry = EntryPage.objects.get()
    assert entry.workflow_in_progress
    assert not PublishedEntry.objects.exists()


def test_a_button_pressed_while_the_draft_saves_itself_waits_for_it(page, live_server, records):
    desk = Desk(page, live_server.url, "Editors")
    desk.new_entry()
    with desk.saving():
        page.fill("#id_title", HEADLINE)
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.click("footer button.action-save")
    desk.watched()

    order = []

    def slowly(route: Any) -> None:
        if route.request.method != "POST" or route.request.headers.get("accept") != "application/json":
            order.extend(["pressed"] if route.request.method == "POST" else [])
            return route.continue_()
        order.append("sent")
        page.wait_for_timeout(600)  # the button is pressed before the answer is there
        answer = route.fetch()
        order.append("saved")
        return route.fulfill(response=answer)

    page.route(re.compile(r"/pages/\d+/edit/$"), slowly)
    page.evaluate(
        """() => document.addEventListener("w-autosave:save", () => setTimeout(() =>
            document.querySelector("footer button.action-save").click(), 300), { once: true })"""
    )
    with page.expect_response(lambda response: "/editing-sessions/ping/" in response.url), page.expect_navigation():
        page.fill("#id_title", f"{HEADLINE} again")
    assert order == ["sent", "saved", "pressed"]
    desk.watched()
    assert "another window" not in page.content()
    page.unroute_all(behavior="wait")
    with desk.saving():
        page.fill("#id_title", f"{HEADLINE} once more")
    with page.expect_navigation():
        page.click("footer button.action-save")
    assert "another window" not in page.content()
    assert "has been updated" in page.inner_text(".messages")
    assert EntryPage.objects.get().get_latest_revision_as_object().title == f"{HEADLINE} once more"


def test_statements_are_written_split_and_moved_from_the_keyboard(page, live_server, records):
    desk = Desk(page, live_server.url, "Editors")
    desk.new_entry()
    page.fill("#id_title", HEADLINE)
    desk.add("statements")
    page.keyboard.type("They meet. They talk for an hour.")
    desk.choose("statements-0-citations-0-source", "tariff talks")
    page.focus("#id_statements-0-text")
    page.evaluate("document.activeElement.setSelectionRange(10, 10)")
    page.click("#inline_child_statements-0 [data-split]")
    page.keyboard.press("Control+Enter")
    page.keyboard.type("They part.")
    page.click("#inline_child_statements-2 [data-cite-again]")
    page.focus("#id_statements-2-text")
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_timeout(300)  # the rows change places
    page.keyboard.press("Control+Enter")
    page.evaluate("""() => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", "One.\\nTwo.");
        document.activeElement.value = "One.\\nTwo.";
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    }""")
    page.click("text=Make 2 statements")
    with page.expect_navigation():
        page.click("footer button.action-save")
    rows = EntryPage.objects.get().get_latest_revision_as_object().statements.all()
    assert [(row.text, [each.source for each in row.citations.all()]) for row in rows] == [
        ("They meet.", [records["source"]]),
        ("They part.", [records["source"]]),
        ("One.", [None]),
        ("Two.", [None]),
        ("They talk for an hour.", [records["source"]]),
    ]


def test_what_is_done_with_ticked_entries_is_on_the_screen_of_a_telephone(page, live_server, records):
    for _ in range(12):
        draft_entry(category=records["category"], sources=[records["source"]])
    Desk(page, live_server.url, "Moderators")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{live_server.url}{reverse('entries:index')}")
    page.locator("[data-bulk-action-select-all-checkbox]").first.check()
    for name in ("Delete", "Publish", "Tag"):
        expect(page.locator("[data-bulk-action-footer]").get_by_text(name, exact=True)).to_be_in_viewport(ratio=1)

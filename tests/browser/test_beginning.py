"""From a pasted link to a published entry with four cited statements, as an editor does it."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_editor import Desk
from tests.factories import CategoryFactory, chronology
from tests.test_articles import BODY
from timeline.models import EntryPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_a_link_to_an_entry(page, live_server, press):
    chronology()
    CategoryFactory(name="Talks")
    desk = Desk(page, live_server.url, "Moderators")
    page.goto(f"{live_server.url}/admin/snippets/timeline/source/add/")
    page.fill("[name=url]", f"{press}/news/ministers-meet")
    page.press("[name=url]", "Enter")
    page.get_by_role("button", name="Save the source and begin an entry").click()

    page.fill("[name=title]", "Ministers meet in Tokyo")
    page.get_by_label("17 April 2025").check()
    page.select_option("[name=category]", label="Talks")
    page.fill("[name=summary]", "The ministers meet in Tokyo.")
    sentences = ["The ministers meet in Tokyo.", "They understand each other.", "They meet again.", "Officials go on."]
    copy = page.locator("[data-copy] > p")
    for number, (place, sentence) in enumerate(zip([0, 1, 2, 3], sentences, strict=True)):
        copy.nth(place).click()
        page.get_by_role("button", name="Quote the selected words").click()
        page.keyboard.type(sentence)
        quoted = page.locator(f"[name=statement-{number}-quotation]").input_value()
        assert quoted in "\n".join(["Ministers meet in Tokyo", *BODY])
        assert quoted
    page.get_by_role("button", name="Make the draft").click()
    desk.watched()
    desk.press("publish")
    expect(page.get_by_text("published").first).to_be_visible()

    entry = EntryPage.objects.get()
    assert entry.live
    assert [row.text for row in entry.statements.all()] == sentences
    assert all(row.citations.get().quotation for row in entry.statements.all())

"""The ticks below the summary: they follow what is typed, and stay as they were set."""

import re

import pytest
from django.urls import reverse

from tests.browser.test_accessibility import load_axe
from tests.browser.test_editor import Desk
from tests.factories import draft_entry
from timeline.models import EntryPage
from timeline.models.summary import summary_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_ticks_follow_what_is_typed_and_are_saved(page, live_server):
    entry = draft_entry(
        summary="Rice was named in Tokyo.", statements=["Rice was named in Tokyo.", "Cars were not named."]
    )
    first, second = (row.uid for row in entry.statements.all())
    desk = Desk(page, live_server.url, "Editors")
    page.goto(f"{live_server.url}{reverse('wagtailadmin_pages:edit', args=[entry.pk])}")
    desk.watched()
    boxes = page.locator("[data-support] fieldset:has(> input)")
    assert boxes.locator("input:checked").evaluate_all("(all) => all.map(({ value }) => value)") == [first]

    with desk.saving():  # else what is ticked below may come after the save that is waited for
        page.fill("#id_summary", "Rice was named in Tokyo. Cars were not named.")
    page.wait_for_function("() => document.querySelectorAll('[data-support] fieldset > input').length === 2")
    assert boxes.nth(1).locator("input:checked").get_attribute("value") == second

    with desk.saving():
        boxes.nth(0).locator("summary").click()
        boxes.nth(0).locator(f"input[value='{second}']").check()
    saved = EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object()
    assert [(one.rests_on, one.chosen) for one in summary_of(saved)] == [([first, second], True), ([second], False)]

    load_axe(page)
    found = page.evaluate("async () => (await axe.run('[data-support]')).violations.map(({ id }) => id)")
    assert found == []
    assert re.match(r"1\. Rice", boxes.nth(0).locator("legend").inner_text())

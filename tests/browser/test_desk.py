"""The whole way of an entry: from the address of an article to a public, cited page.

``pytest tests/browser/test_desk.py -s`` also prints how many steps it took, and how long.
"""

from typing import Any

import pytest

from tests.browser.test_editor import Desk
from tests.factories import CategoryFactory, CommodityFactory, PersonFactory, chronology
from timeline.models import PublishedEntry, Source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Steps:
    """What the editor does, counted: each click, each field filled, each key pressed."""

    def __init__(self, page: Any) -> None:
        self.page, self.number = page, 0

    def click(self, selector: str) -> None:
        self.number += 1
        self.page.click(selector)

    def fill(self, selector: str, text: str) -> None:
        self.number += 1
        self.page.fill(selector, text)

    def press(self, keys: str) -> None:
        self.number += 1
        self.page.keyboard.press(keys)

    def select(self, selector: str, label: str) -> None:
        self.number += 1
        self.page.select_option(selector, label=label)

    def pick(self, relation: str, *names: str) -> None:
        """Tick several records in a chooser."""
        self.click(f"#id_{relation}-OPEN_MODAL")
        for name in names:
            self.number += 1
            self.page.locator(".modal-body tr", has_text=name).locator("[data-multiple-choice-select]").check()
        self.click("[data-multiple-choice-submit]")
        self.page.wait_for_selector(".modal-body", state="detached")


def test_from_a_pasted_address_to_a_public_entry(page, live_server, press):
    chronology()
    CategoryFactory(name="Talks")
    CommodityFactory(name="Automobiles")
    PersonFactory(family_name="Akazawa", given_name="Ryosei")
    PersonFactory(family_name="Bessent", given_name="Scott")
    desk = Desk(page, live_server.url, "Moderators")
    steps = Steps(page)
    page.goto(f"{live_server.url}/admin/")
    page.click("text=Entries")
    steps.click("text=Add entry")
    page.wait_for_function("() => window.wagtail?.app")
    steps.fill("#id_title", "Akazawa and Bessent meet in Tokyo")
    steps.fill("#id_date", "16 April 2025")
    steps.select("#id_category", "Talks")
    steps.fill("#id_summary", "The ministers meet and speak about cars.")

    steps.click("#id_statements-ADD")
    steps.fill("#id_statements-0-text", "The ministers meet for more than two hours.")
    steps.click("#id_statements-0-citations-0-source-chooser button:has-text('Choose')")
    page.wait_for_function("() => document.activeElement?.matches('.modal')")  # it takes the focus when it stands
    steps.click("[role=tab]:has-text('New source')")
    form = "form[data-chooser-modal-creation-form]"
    page.wait_for_function("() => document.activeElement?.name === 'url'")  # the script gives it the focus
    steps.fill(f"{form} [name=url]", f"{press}/news/ministers-meet?utm_source=mail")
    steps.click(f"{form} [data-look-up]")  # pasting by hand would look it up at once
    page.wait_for_function(f"""() => document.querySelector("{form} [name=title]")?.value""")
    page.wait_for_timeout(300)  # the focus goes to what must be checked; Enter there saves
    steps.press("Enter")
    page.wait_for_selector(".modal-body", state="detached")
    steps.fill("#id_statements-0-citations-0-quotation", "spoke about cars, rice and steel")
    page.get_by_text("Our copy of the source has these words").first.wait_for()

    steps.click("#id_statements-0-text")
    steps.press("Control+Enter")
    steps.fill("#id_statements-1-text", "They agree to meet again.")
    page.locator("#inline_child_statements-1").get_by_role("button", name="Cite again").click()
    steps.number += 1

    steps.click("#id_figures-ADD")
    steps.fill("#id_figures-0-label", "Length of the talks")
    steps.fill("#id_figures-0-value", "2")
    steps.select("#id_figures-0-unit", "hours")
    steps.click("#id_figures-0-citations-ADD")
    steps.click("#id_figures-0-citations-0-source-chooser button:has-text('Choose')")
    steps.click(".modal-body a[data-chooser-modal-choice]")
    page.wait_for_selector(".modal-body", state="detached")
    steps.pick("entry_people", "Akazawa", "Bessent")
    steps.pick("entry_commodities", "Automobiles")
    desk.press("publish")
    steps.number += 2
    assert "published" in page.inner_text(".messages")
    print(f"\n{steps.number} steps")

    document = PublishedEntry.objects.get().document
    assert [len(document[name]) for name in ("statements", "figures", "people", "commodities")] == [2, 1, 2, 1]
    source = Source.objects.get()
    assert (source.title, source.url) == ("Ministers meet in Tokyo", f"{press}/news/ministers-meet")
    assert all(row["citations"] for row in document["statements"] + document["figures"])

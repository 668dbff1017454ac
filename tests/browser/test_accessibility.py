"""No violation that axe can find, on any page type, phone or desktop, light or dark."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.specimens import EMBEDS, PAGES

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": {"type": "tag", "values": TAGS}}
# Markup is the same on a wide screen and in the dark: only these can go wrong again.
PLACES = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
LOOKS = [(360, "light", EVERYTHING), (1280, "light", PLACES), (1280, "dark", COLOURS)]
# Preloading fetches the style sheet anew for each run, for a rule about rotated screens.
ASK = """
async (options) => {
  const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"], preload: false });
  return violations.map((rule) => [rule.id, rule.nodes.map((node) => [node.target, node.html])]);
}
"""


def load_axe(page: Any) -> None:
    page.evaluate(Axe().axe_script)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true })")


@pytest.mark.parametrize("half", [0, 1])  # two processes may share the work
def test_axe_finds_nothing(browse, half):
    reader = browse()
    for name, address in list((PAGES | EMBEDS).items())[half::2]:
        page = reader.open(address)
        load_axe(page)
        for width, scheme, options in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(ASK, options) == [], f"{name}, {width} pixels, {scheme}"


def test_axe_finds_nothing_after_a_swap(browse):
    page = browse().open("/")
    page.get_by_label("From").fill("2025-13")
    page.keyboard.press("Tab")
    page.locator("#from-error:not(:empty)").wait_for()
    load_axe(page)
    assert page.evaluate(ASK, EVERYTHING) == []

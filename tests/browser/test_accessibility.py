"""No violation that axe can find, on any page type, phone or desktop, light or dark."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.specimens import EMBEDS, FORMS, PAGES, PRINTS, letter_pages

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"runOnly": {"type": "tag", "values": TAGS}}
MARKUP = ALL | {"rules": {"color-contrast": {"enabled": False}}}
# Markup is the same on a wide screen and in the dark: only these can go wrong again.
PLACES = {"runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
BOTH = {"runOnly": {"type": "rule", "values": PLACES["runOnly"]["values"] + COLOURS["runOnly"]["values"]}}
LOOKS = [(360, "light", ALL), (1280, "light", BOTH), (1280, "dark", COLOURS)]
# Preloading fetches the style sheet anew for each run, for a rule about rotated screens.
ASK = """
async (options) => {
  const { violations } = await axe.run({ ...options, resultTypes: ["violations"], preload: false });
  return violations.map((rule) => [rule.id, rule.nodes.map((node) => [node.target, node.html])]);
}
"""
# The contrast of text is of its colour, size and weight and of what lies behind it. Axe measures it anew for each of
# hundreds of elements that look alike; one of each look says as much.
MARK = """
() => {
  const seen = new Set();
  for (const element of document.body.querySelectorAll("*")) {
    delete element.dataset.look;
    if (![...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) continue;
    if (!element.checkVisibility()) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const look = [color, fontSize, fontWeight];
    for (let behind = element; behind; behind = behind.parentElement) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(behind);
      look.push([backgroundColor, backgroundImage, opacity].join());
    }
    const key = look.filter((part) => part !== "rgba(0, 0, 0, 0),none,1").join(" ");
    if (!seen.has(key)) element.dataset.look = "";
    seen.add(key);
  }
  axe.configure({ rules: [{ id: "color-contrast", selector: "[data-look], [data-look] *" }] });
}
"""


def load_axe(page: Any) -> None:
    page.evaluate(Axe().axe_script)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true })")


def violations(page: Any, options: Any) -> list[Any]:
    """What axe finds, of contrast at one text of each look."""
    page.evaluate(MARK)
    return page.evaluate(ASK, options)


@pytest.mark.parametrize("half", [0, 1])  # two processes may share the work
def test_axe_finds_nothing(browse, half):
    reader = browse()
    for name, address in list((PAGES | FORMS | EMBEDS | PRINTS | letter_pages()).items())[half::2]:
        page = reader.open(address)
        load_axe(page)
        for width, scheme, options in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            assert violations(page, options) == [], f"{name}, {width} pixels, {scheme}"


IN_JAPANESE = (
    *(
        "chronology",
        "search",
        "headlines",
        "all options",
        "overview",
        "entry",
        "person",
        "commodity",
        "series",
        "state",
    ),
    *("categories", "organisation", "publisher", "source", "people", "commodities", "organisations", "sources"),
    *("storylines", "storyline", "glossary", "term", "about", "corrected entry", "history", "cite", "corrections"),
    *("updates", "feeds", "api", "dataset", "report", "embedded list", "embedded entry", "print"),
)
"""A page of each type; its states have the markup and colours of those in English."""


def test_axe_finds_nothing_in_japanese(browse):
    """Lines, breaks and widths of words are others there, and what is not translated is marked."""
    page = browse().open("/ja/")
    for name in IN_JAPANESE:
        page.goto(f"/ja{(PAGES | FORMS | EMBEDS | PRINTS)[name]}")
        load_axe(page)
        for width, options in ((360, MARKUP), (1280, PLACES)):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(ASK, options) == [], f"{name}, {width} pixels"


LENGTHEN = (
    "(n) => document.querySelectorAll('.log .meta > a:first-child').forEach((a) => { a.textContent = '税'.repeat(n) })"
)


def test_axe_finds_nothing_where_a_headline_wraps_before_other_links(browse):
    """The list of corrections had lines of 22 pixels."""
    page = browse(viewport={"width": 360, "height": 900}).open("/ja/corrections/")
    load_axe(page)
    for characters in range(10, 34, 2):
        page.evaluate(LENGTHEN, characters)
        assert page.evaluate(ASK, PLACES) == [], f"{characters} characters"


def test_axe_finds_nothing_after_a_swap(browse):
    page = browse().open("/")
    page.locator("details.f > summary").first.click()
    page.get_by_label("From").fill("2025-13")
    page.keyboard.press("Tab")
    page.locator("#from-error:not(:empty)").wait_for()
    load_axe(page)
    assert page.evaluate(ASK, ALL) == []


def test_one_text_of_each_look_says_as_much_as_all(browse):
    page = browse().open("/")
    load_axe(page)
    page.evaluate("document.querySelectorAll('article h4')[1].closest('article').style.opacity = 0.4")
    assert violations(page, COLOURS) != []

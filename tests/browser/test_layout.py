"""Every page holds, on any screen, with a wide and a narrow font, and with type of twice the size."""

import pytest

from tests import fonts
from tests.specimens import EMBEDS, ENTRY, FORMS, PAGES, PRINTS, STATUS, letter_pages

pytestmark = pytest.mark.browser

FAMILIES = pytest.mark.parametrize("family", [fonts.WIDE, fonts.NARROW])

USUAL, TWICE = 16, 32
LOOKS = {
    fonts.WIDE: {USUAL: (320, 360, 390, 640, 768, 1024, 1280), TWICE: (320, 360, 1280)},
    fonts.NARROW: {USUAL: (320, 360, 390, 640, 1280), TWICE: (320,)},
}
"""Sizes of the type with widths of the screen, in pixels. Charts change at 640."""

# What is wider than its place and neither scrolls nor is meant to be cut off; what scrolls and is out of reach of the
# keyboard or without a name; words of headlines on two lines, and numbers of sources that begin one; words of a
# drawing that touch each other or its lines, or leave it.
TROUBLES = r"""
([size, asWritten]) => {
  const troubles = [];
  const told = (one) => `<${one.localName} class="${one.className}"> ${one.textContent.trim().slice(0, 40)}`;
  const page = document.documentElement;
  if (parseInt(getComputedStyle(page).fontSize) !== size) troubles.push(`Type is not ${size} pixels high.`);
  if (page.scrollWidth > page.clientWidth) troubles.push(`The page is ${page.scrollWidth} pixels wide.`);

  for (const one of document.body.querySelectorAll(":not(svg, svg *, .vh, .skip, input)")) {
    const wider = one.clientWidth && one.scrollWidth > one.clientWidth + 1;
    const higher = one.clientHeight && one.scrollHeight > one.clientHeight + 1;
    if (!wider && !higher) continue;
    const style = getComputedStyle(one);
    if (style.display === "inline") continue;
    const scrolls = (wider && /auto|scroll/.test(style.overflowX)) || (higher && /auto|scroll/.test(style.overflowY));
    if (scrolls) {
      const names = one.ariaLabel ? [] : (one.getAttribute("aria-labelledby") ?? "").split(" ");
      const named = names.every((id) => document.getElementById(id)?.textContent.trim());
      const reached = one.tabIndex === 0 || one.querySelector("a[href], button, [tabindex='0']");
      if (!named || !reached) troubles.push(`Scrolls, unnamed or out of reach: ${told(one)}`);
    } else if (wider && style.overflowX === "visible") troubles.push(`Hangs out of its place: ${told(one)}`);
  }

  const lines = (node, start, length) => {
    const range = new Range();
    range.setStart(node, start);
    range.setEnd(node, start + length);
    return [...range.getClientRects()].filter((box) => box.width);
  };
  for (const headline of asWritten ? document.querySelectorAll(":is(h1, h2, h3, h4):not(.vh)") : []) {
    const texts = document.createTreeWalker(headline, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      for (const { 0: word, index } of texts.currentNode.data.matchAll(/[\p{Script=Latin}\d’.,]+/gu)) {
        const boxes = lines(texts.currentNode, index, word.length);
        if (boxes.some((box) => box.top > boxes[0].bottom)) troubles.push(`“${word}” is broken: ${told(headline)}`);
      }
    }
  }
  for (const number of asWritten ? document.querySelectorAll("sup, .refs a") : []) {
    const text = number.previousSibling;
    const words = text?.nodeType === Node.TEXT_NODE ? text.data.replace(/[\s\u2060]+$/, "") : "";
    if (!words || !number.checkVisibility()) continue;
    const [{ bottom }] = lines(text, words.length - 1, 1);
    if (number.getClientRects()[0].top > bottom) troubles.push(`Alone on a line after “${words}”: ${told(number)}`);
  }

  // A line of text is higher than its signs by about an eighth on either side.
  const trim = ({ left, right, top, bottom }, by) => ({ left, right, top: top + by, bottom: bottom - by });
  const hit = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  for (const drawing of document.querySelectorAll(".chart svg, .strip td > svg")) {
    const words = [...drawing.querySelectorAll("text")].filter((text) => text.getClientRects().length).map((text) => {
      const box = text.getBoundingClientRect();
      return [text.textContent, trim(box, box.height / 8)];
    });
    const shapes = [...drawing.querySelectorAll(".step, .pt, .bar, .base, .tail")];
    const edge = drawing.getBoundingClientRect();
    troubles.push(...words.flatMap(([text, box], number) => [
      ...words.slice(number + 1).filter(([, other]) => hit(box, other)).map(([other]) => `“${text}” on “${other}”`),
      ...shapes.filter((shape) => hit(box, shape.getBoundingClientRect())).map(() => `“${text}” on a shape`),
      ...(box.left < edge.left - 1 || box.right > edge.right + 1 ? [`“${text}” leaves the drawing`] : []),
    ]));
  }
  return troubles;
}
"""

# A word as long as a German one, or the name of a host, after all words but those of tables, which may scroll.
LENGTHEN = """
() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    const apart = parentElement.closest("table, svg, script, .vh, .years, .mast nav, .anchor, sup");
    if (data.trim() && !apart) texts.currentNode.data += " Donaudampfschifffahrtsgesellschaft.example";
  }
}
"""


@pytest.mark.skipif(not fonts.ARE_BROUGHT, reason="macOS takes fonts from the system only")
@FAMILIES
def test_no_font_of_the_machine_is_in_reach(browse, family):
    page = browse(family).open(ENTRY)
    client = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        client.send(f"{domain}.enable")
    used: set[str] = set()
    for address in (ENTRY, "/feeds/"):
        page.goto(address)
        top = client.send("DOM.getDocument")["root"]["nodeId"]
        for node in client.send("DOM.querySelectorAll", {"nodeId": top, "selector": "body *"})["nodeIds"]:
            found = client.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            used |= {font["familyName"] for font in found}
    assert used == {family, fonts.JAPANESE}


@pytest.mark.parametrize("half", [0, 1])  # two processes may share the work
@FAMILIES
def test_every_page_fits_keeps_to_itself_and_sets_no_cookie(browse, family, half):
    reader = browse(family)
    browser = reader.context.new_cdp_session(reader.page)
    pages = dict(list((PAGES | FORMS | EMBEDS | PRINTS | letter_pages()).items())[half::2])
    for name, address in pages.items():
        page = reader.open(address)
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        for size, widths in LOOKS[family].items():
            browser.send("Page.setFontSizes", {"fontSizes": {"standard": size}})
            for width in widths:
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate(TROUBLES, [size, True]) == [], f"{name}, {width} pixels, type of {size} pixels"
        page.evaluate(LENGTHEN)
        page.set_viewport_size({"width": 320, "height": 900})
        assert page.evaluate(TROUBLES, [TWICE, False]) == [], f"{name}, with long words"
    failed = "error: Failed to load resource: the server responded with a status of"
    expected = [f"{failed} {code}" for code in (400, 404, 410)]
    assert [line for line in reader.complaints if not line.startswith(tuple(expected))] == []
    assert len(reader.complaints) == len(pages.keys() & STATUS.keys())
    assert {request.url.startswith(reader.base) for request in reader.requests} == {True}
    assert reader.context.cookies() == []


@pytest.mark.parametrize("address", [PAGES["series"], PAGES["person"]])
@FAMILIES
def test_a_chart_has_words_on_any_screen(browse, family, address):
    page = browse(family).open(address)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.locator(".chart svg text:visible").count() >= 4


CELLS = ".data :is(td.n, th:has(> sup), td > div > small), [aria-labelledby=positions] td, .sheet .data th[scope=row]"
"""Of tables with sentences in them, those with none."""

# Dates of Japanese in tables, headings and lines of the state, and numbers of sources there, on two lines.
PARTED = r"""
() => [...document.querySelectorAll(":is(time, .date, .state td, sup, .refs li, %s):lang(ja)")].flatMap((one) => {
  const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  const parted = [];
  while (texts.nextNode()) {
    if (texts.currentNode.parentElement.closest("small")) continue;
    for (const { 0: piece, index } of texts.currentNode.data.matchAll(/(?:\d+年)?(?:\d+月)?\d+日|\d+年\d+月|\d+/g)) {
      const range = new Range();
      range.setStart(texts.currentNode, index);
      range.setEnd(texts.currentNode, index + piece.length);
      const boxes = [...range.getClientRects()].filter((box) => box.width);
      if (boxes.some((box) => box.top >= boxes[0].bottom)) parted.push(`${piece}: ${one.textContent.trim()}`);
    }
  }
  return parted;
})
"""


def test_no_date_of_japanese_and_no_number_of_a_source_is_parted_in_tables_and_lines(browse):
    reader = browse()
    for address in ("/", "/state/", PAGES["series"], ENTRY, PAGES["person"], PRINTS["print"]):
        page = reader.open(f"/ja{address}")
        assert page.locator(f"[class=date], time, .state td, {CELLS}").count()
        for width in (320, 360, 640, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(PARTED % CELLS) == [], f"{address}, {width} pixels"


SLANTED = "[...document.body.querySelectorAll('*')].filter((one) => getComputedStyle(one).fontStyle !== 'normal')"
PARTS = "[...document.querySelectorAll('.who li + li')].map((one) => getComputedStyle(one, '::before').content)"


def test_nothing_slants_in_japanese_and_no_line_begins_with_what_parts_names(browse):
    """Quotations in English did, with the marks of Japanese around them."""
    page = browse().open(f"/ja{ENTRY}")
    page.evaluate("document.querySelectorAll('q, blockquote').forEach((one) => { one.lang = 'en' })")
    assert page.locator(":is(q, blockquote):lang(en)").count()
    assert page.evaluate(f"{SLANTED}.map((one) => one.outerHTML)") == []
    page.goto("/ja/")
    assert set(page.evaluate(PARTS)) == {'"\N{WORD JOINER}｜"'}

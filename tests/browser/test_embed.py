"""The card of an entry in the page of somebody else: nothing in it is hidden, however narrow the column."""

import pytest
from django.conf import settings

from tests import fonts
from tests.specimens import CORRECTED, ENTRY

pytestmark = pytest.mark.browser

WIDTHS = (320, 360, 480, 640)
HIDDEN = "document.documentElement.scrollHeight - document.documentElement.clientHeight"


@pytest.mark.parametrize("family", [fonts.WIDE, fonts.NARROW])
def test_a_frame_is_as_high_as_its_entry(browse, client, site, family):
    markup = ""
    for address in (ENTRY, CORRECTED, "/entries/beef-tariff-falls/"):
        found = client.get("/oembed", {"url": settings.BASE_URL + address}).json()
        markup += "".join(f'<div style="width:{width}px">{found["html"]}</div>' for width in WIDTHS)
    markup = markup.replace(settings.BASE_URL, site).replace('loading="lazy"', "")
    page = browse(family).page
    page.route("**/blog", lambda route: route.fulfill(body=f"<!doctype html>{markup}", content_type="text/html"))
    page.goto(f"{site}/blog")
    for number, frame in enumerate(one.content_frame() for one in page.query_selector_all("iframe")):
        frame.wait_for_load_state("load")
        width = WIDTHS[number % len(WIDTHS)]
        assert frame.evaluate("document.querySelector('article .all').getBoundingClientRect().bottom") > 0
        assert frame.evaluate("innerWidth") == width
        assert frame.evaluate(HIDDEN) <= 0, (number, width)


@pytest.mark.parametrize("address", ["/embed/", f"{ENTRY}embed/"])
def test_type_of_twice_the_size_breaks_no_word_of_a_headline(browse, address):
    page = browse(viewport={"width": 360, "height": 900}).open(address)
    client = page.context.new_cdp_session(page)
    client.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    headline = page.locator("h1 a, .k h2 a, h1").first
    headline.evaluate("one => (one.textContent = 'memorandum')")
    assert headline.evaluate("one => new Set([...one.getClientRects()].map(box => box.top)).size") == 1
    assert headline.bounding_box()["height"] < 64, "one line"

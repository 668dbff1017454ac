"""What readers come for, on the flagship chronology: each in as few steps from the first page as was promised.

A step is a click or a submitted form. Where a task grows longer, find what page lacks the way and mend that.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import feedparser
import pytest
from icalendar import Calendar

from tests.browser.conftest import serving

pytestmark = pytest.mark.browser

# What lies folded on a small screen is open on a large one.
UNFOLD = "field => { for (let at = field; at; at = at.parentElement) if (at.localName === 'details') at.open = true }"

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def site(at_flagship: None) -> Iterator[str]:
    """The address of a running site with the flagship chronology."""
    yield from serving()


class Walk:
    """A reader on the way from the first page, whose steps are counted."""

    def __init__(self, reader: Any) -> None:
        self.reader, self.steps = reader, 0
        self.page = reader.open("/")

    def click(self, name: str, within: str = "body", role: str = "link") -> None:
        """Follow the first link, or press the first button, of that name."""
        self.page.locator(within).get_by_role(role, name=name, exact=True).first.click()
        self._arrived()

    def open(self, summary: str) -> None:
        """Open what is folded."""
        self.page.locator("summary", has_text=summary).first.click()
        self._arrived()

    def ask(self, words: str, field: str) -> None:
        """Type into a field, and submit it."""
        box = self.page.locator(field).first
        box.evaluate(UNFOLD)
        box.fill(words)
        box.press("Enter")
        self.page.wait_for_url("**?**")
        self._arrived()

    def _arrived(self) -> None:
        self.steps += 1
        self.page.wait_for_load_state()

    def text(self, within: str = "main") -> str:
        return " ".join(self.page.locator(within).first.inner_text().split())

    def sees(self, *words: str, within: str = "main") -> None:
        said = self.text(within)
        missing = [one for one in words if one not in said]
        assert not missing, f"{self.reader.address} does not say {missing}"


@pytest.fixture
def walk(browse: Any) -> Callable[..., Walk]:
    """Begin on the first page."""
    return lambda **options: Walk(browse(**options))


def test_a_when_the_car_tariff_of_25_percent_was_announced_took_effect_and_was_cut(walk: Any) -> None:
    way = walk()
    way.click("Storylines", "header")
    way.click("The car tariff", "main")
    way.sees("26 March 2025", "25%", "3 April", "16 September 2025", "15%")
    assert way.page.locator("main sup a[href^='/sources/']").count() > 20
    assert way.steps <= 2


def test_b_what_japan_said_on_rice_over_time(walk: Any) -> None:
    way = walk()
    way.click("Storylines", "header")
    way.click("Rice", "main")
    way.sees("2019", "2025", "quota", "75%")
    assert way.page.locator("main .tale > li").count() > 8
    assert way.page.locator("main .tale sup a").count() > 20
    assert way.steps <= 2


@pytest.mark.parametrize(
    ("month", "name", "title"),
    [
        ("July 2019", "Toshimitsu Motegi", "Chief negotiator in the trade talks with the United States"),
        ("April 2025", "Ryosei Akazawa", "Chief negotiator in the tariff talks with the United States"),
    ],
)
def test_c_who_negotiated_for_japan_in_a_month_and_with_which_title(
    walk: Any, month: str, name: str, title: str
) -> None:
    way = walk()
    way.click("Any other day", "main")
    way.ask(month, "[name=on]")
    assert name in way.text(f"main tr:has-text('{title}')")
    assert way.steps <= 2


def test_d_rare_earths_by_mail_in_a_feed_reader_a_calendar_and_a_spreadsheet(walk: Any) -> None:
    way = walk()
    way.ask("rare earths", "[name=q]")
    found = int(way.text("#rh").split()[0])
    way.click("Get updates", "#results")
    ways = [one.get_attribute("href") or "" for one in way.page.locator("main .ways a").all()]
    assert way.page.get_by_label("Your e-mail address").is_visible()

    def got(path: str) -> bytes:
        address = next(one for one in ways if one.startswith(f"/{path}?") and "excel" not in one)
        return bytes(way.page.request.get(way.reader.base + address).body())

    feed = feedparser.parse(got("feed.atom")).entries
    events = Calendar.from_ical(got("calendar.ics")).walk("VEVENT")
    rows = list(csv.DictReader(io.StringIO(got("entries.csv").decode(), newline="")))
    assert (len(feed), len(events), len(rows)) == (found, found, found)
    assert way.steps + 1 <= 3


def test_e_what_sources_said_differently_about_16_april_2025(walk: Any) -> None:
    way = walk()
    way.ask("16 April 2025", "[name=q]")
    questions = way.page.locator("#results .entry .note:has(a[href$='#differ'])")
    entries = json.loads(way.page.request.get(f"{way.reader.base}/entries.json?from=2025-04-16&to=2025-04-16").body())
    differing = [one for entry in entries["entries"] for one in entry["disagreements"]]
    assert questions.count() == len(differing) > 1
    said = " ".join(" ".join(questions.all_inner_texts()).split())
    for one in differing:
        assert one["question"] in said
        assert all(account["says"].rstrip(".") in said for account in one["accounts"][:3])
    assert way.steps <= 2


def test_f_cite_one_statement(walk: Any) -> None:
    way = walk()
    way.page = way.reader.open("/entries/trump-orders-25-percent-on-cars-and-car-parts/")
    statement = way.page.locator(".prose .said[id^='s-']").first
    statement.hover()
    statement.locator(".anchor").click()
    way.steps += 1
    tools = way.page.locator("#tools")
    tools.locator(".cite").filter(has_text="US–Japan Trade Chronology").wait_for()
    said = way.text("#tools .cite")
    assert "/versions/1/" in said
    assert (statement.get_attribute("id") or "") in said
    assert way.steps <= 1


def test_g_follow_the_story_of_the_550_billion(walk: Any) -> None:
    way = walk()
    way.click("Storylines", "header")
    way.click("The $550 billion investment", "main")
    way.sees("$550 billion", "22–23 July 2025", "4 September 2025", "28 October 2025", "17 February 2026")
    parts = way.page.locator("main .tale > li")
    first = parts.first.get_by_role("heading").get_by_role("link")
    assert (parts_in_all := parts.count()) > 8
    assert way.steps <= 2
    first.click()
    for number in range(1, 5):  # entries of several storylines among them: the one that was followed stays
        [strip] = way.page.locator(".parts nav:visible").all()
        assert f"Part {number} of {parts_in_all} of The $550 billion investment" in strip.inner_text()
        strip.get_by_role("link").last.click()
        way.page.wait_for_load_state()


def test_h_embed_an_entry_in_a_blog(walk: Any) -> None:
    way = walk()
    way.reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    headline = way.page.locator("#results h4 a").first
    shown = headline.inner_text()
    headline.click()
    way._arrived()
    way.open("Embed this entry")
    way.page.locator("details[open] .copy").first.click()
    way.steps += 1
    markup = way.page.evaluate("navigator.clipboard.readText()")
    assert way.steps <= 3
    page = way.reader.context.new_page()
    page.route("**/blog", lambda route: route.fulfill(body=f"<!doctype html>{markup}", content_type="text/html"))
    address = markup.partition('src="')[2].partition('"')[0]
    page.route(address, lambda route: route.continue_(url=way.reader.base + "/" + address.split("/", 3)[3]))
    page.goto(f"{way.reader.base}/blog")
    page.frame_locator("iframe").get_by_role("heading", name=shown).wait_for()


def test_i_the_first_entry_is_within_a_screen_and_a_half_of_a_phone(walk: Any) -> None:
    way = walk(**PHONE)
    assert way.page.locator("#results .entry").first.bounding_box()["y"] <= 844 * 1.5


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("28 October 2025", "framework"),
        ("赤沢", "Akazawa"),
        ("tariff 15%", "15%"),
        ("soya beans", "soy"),
        ("Nippon Steel", "Steel"),
        ("tarrif", "tariff"),
    ],
)
def test_j_what_is_typed_finds_what_was_meant(walk: Any, words: str, first: str) -> None:
    """``tests/test_flagship.py`` asks 250 others; here they are typed."""
    way = walk()
    way.ask(words, "[name=q]")
    assert first.lower() in way.text("#results").lower()
    assert way.steps <= 1

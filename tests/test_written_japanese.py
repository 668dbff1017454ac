"""What the flagship chronology says in Japanese is Japanese: no habit of Latin type, no English that is not marked."""

import json
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from tests.written import slips, texts, texts_of_data
from timeline.letters import links
from timeline.models import Organisation, Person, Source, Translation

RICH = "united-states-and-japan-give-different-accounts-of-the-july-deal"
ADDRESSES = [
    *("", "?commodity=rice&from=2025", "?show=headlines&differ=1", "?to=2010", "filters/", "overview/", "people/"),
    *("commodities/", "organisations/", "storylines/", "glossary/", "about/", "corrections/", "updates/", "dataset/"),
    *("categories/", "state/?on=2025-08-10", "state/?on=2025-08-10&then=1", "embed/?commodity=rice", "embed/?from=no"),
    *(
        "print/?commodity=rice",
        "updates/?commodity=rice",
        "report-an-error/",
        "commodities/rice/",
        "storylines/steel/",
    ),
    *("people/akazawa-ryosei/", f"entries/{RICH}/", f"entries/{RICH}/history/", f"entries/{RICH}/cite/"),
    *(f"entries/{RICH}/embed/", "sources/?kind=news&without=publisher", "feeds/?commodity=rice", "api/"),
]
DATA = [
    *("feed.atom", "feed.rss", "feed.json", "changes.atom", "changes.rss", "changes.json", "timeline.json"),
    *("entries.csv", "citations.csv", "figures.csv", "participants.csv", "positions.csv", "entries.json"),
    *("entries.ndjson", "calendar.ics?fuzzy=span"),
]
OTHER_DATA = ["state.csv", "state.json", "opensearch.xml", "figures/japan-duty-on-us-beef.csv"]
DAY = re.compile(r"date: …\d{4}-\d\d-\d\d…")
"""A day as data."""
LETTERS = ("confirm", "link", "news")
PAGES_OF_LETTERS = (links.CONFIRM, links.CHANGE, links.STOP)
TYPED = re.compile(
    "date.*(?:のよう|例：|と見なす)|word.*(?:new、old|headlines。|prev-archive|「detail」|「from」|null )"
)
"""Dates and words that readers and programs are told to type, or stand in data."""


@pytest.fixture(scope="module")
def names(at_flagship: None) -> re.Pattern[str]:
    """What is called so in the original too, and what the translators wrote in Latin letters."""
    called = {
        *Organisation.objects.values_list("name", flat=True),
        *Person.objects.values_list("name", flat=True),
        *Source.objects.values_list("title", flat=True),
        *Source.objects.values_list("byline", flat=True),
    }
    for words in Translation.objects.values_list("words", flat=True):
        called.update(re.findall(r"[A-Za-z][\w .&’'/-]*[A-Za-z.]", words, re.ASCII))
    latin = sorted((name for name in called if re.search("[A-Za-z%)]", name)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, latin)))


@pytest.fixture(scope="module")
def said(at_flagship: None) -> dict[str, str]:
    """What each address answers in Japanese, with the words of the site."""
    database = {name: connection.settings_dict[name] for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")}
    about = [f"{one}{'&' if '?' in one else '?'}commodity=rice" for one in DATA]
    asked = {"addresses": [f"/ja/{one}" for one in [*ADDRESSES, *about, *OTHER_DATA]], "database": database}
    run = [sys.executable, "-m", "tests.written"]
    done = subprocess.run(run, input=json.dumps(asked), capture_output=True, text=True, check=True)
    return {address.removeprefix("/ja/"): text for address, text in json.loads(done.stdout).items()}


def test_no_page_has_a_habit_of_latin_type_or_english_that_is_not_marked(said, names):
    found = {}
    for address in ADDRESSES:
        for text in texts(said[address]):
            for slip in slips(text, names):
                found.setdefault(slip, address)
    assert not {slip: address for slip, address in found.items() if not TYPED.match(slip)}


def test_brackets_close_where_they_open_and_a_count_says_what_it_counts(said):
    """A sentence is put together from parts: each is to be whole."""
    for address in ADDRESSES:
        for text in texts(said[address]):
            assert [text.count(mark) for mark in "（「"] == [text.count(mark) for mark in "）」"], address
    assert "8年間の全体像" in said["overview/"]
    assert ">2025年</a>" in said[f"entries/{RICH}/"]  # the way to it


def test_no_feed_calendar_table_or_data_has_them(said, names):
    for address in said.keys() - ADDRESSES:
        if address.partition(".")[0] not in (*LETTERS, *PAGES_OF_LETTERS):
            read = list(texts_of_data(said[address]))
            found = [slip for text in read for slip in slips(text, names)]
            assert [one for one in found if not DAY.match(one)] == [], address
            assert "citations" in address or any(re.search("[ぁ-ゖ]", text) for text in read), address


def test_no_letter_or_page_that_it_leads_to_has_them(said, names):
    for letter in LETTERS:
        shown = [*texts(said[f"{letter}.html"]), *said[f"{letter}.txt"].splitlines()]
        assert [slip for text in shown for slip in slips(text, names)] == [], letter
        assert not re.search("[。、：] ", said[f"{letter}.txt"]), letter
    for page in PAGES_OF_LETTERS:
        assert [slip for text in texts(said[page]) for slip in slips(text, names)] == [], page


def test_style_sheets_put_no_latin_mark_between_japanese_words():
    sheets = "".join(sheet.read_text() for sheet in settings.BASE_DIR.glob("static/*.css"))
    put = re.findall(r'([^{}\n]+?)::before { content: "([^"]*[;,:·][^"]*)"', sheets)
    assert put
    for selector, _mark in put:
        assert f"{selector}:lang(ja)::before" in sheets, selector

"""What the flagship chronology says in Japanese is Japanese: no habit of Latin type, no English that is not marked."""

import json
import re

import pytest
from defusedxml import ElementTree
from django.test import Client

from tests.written import slips, texts
from timeline.models import Organisation, Person, Source, Translation

pytestmark = pytest.mark.usefixtures("at_flagship")

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
    *(f"entries/{RICH}/embed/", "sources/?kind=news&without=publisher"),
]


@pytest.fixture(scope="module")
def names() -> re.Pattern[str]:
    """What is called so in the original too, and what the translators wrote in Latin letters."""
    called = {
        *Organisation.objects.values_list("name", flat=True),
        *Person.objects.values_list("name", flat=True),
        *Source.objects.values_list("title", flat=True),
        *Source.objects.values_list("byline", flat=True),
    }
    for words in Translation.objects.values_list("words", flat=True):
        called.update(re.findall(r"[A-Za-z][\w .&’'/-]*[A-Za-z.]", words, re.ASCII))
    latin = sorted((name for name in called if re.search("[A-Za-z]", name)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, latin)))


def read(address: str) -> str:
    return Client().get(f"/ja/{address}").getvalue().decode()


def test_no_page_has_a_habit_of_latin_type_or_english_that_is_not_marked(names):
    found = {}
    for address in ADDRESSES:
        for text in texts(read(address)):
            for slip in slips(text, names):
                found.setdefault(slip, address)
    assert not {slip: address for slip, address in found.items() if not re.match("date.*のよう|date.*例：", slip)}


def test_nor_have_feeds_and_files(names):
    atom, rss = (ElementTree.fromstring(read(f"feed.{kind}?commodity=rice")) for kind in ("atom", "rss"))
    said = [element.text or "" for tree in (atom, rss) for element in tree.iter() if "<p>" in (element.text or "")]
    said += [item["content_html"] for item in json.loads(read("feed.json?commodity=rice"))["items"]]
    slide = json.loads(read("timeline.json?commodity=rice"))
    said += [f"{event['text']['text']}<p>{event['display_date']}</p>" for event in slide["events"]]
    lines = read("calendar.ics?commodity=rice").replace("\r\n ", "")
    said += [f"<p>{line}</p>" for line in re.findall(r"^(?:SUMMARY|LOCATION|X-WR-CALNAME):(.*)", lines, re.MULTILINE)]
    assert len(said) > 20
    assert not {slip for html in said for text in texts(html) for slip in slips(text, names)}

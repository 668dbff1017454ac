"""The edition in Japanese says what the English one says: the same entries, dates, figures and sources."""

import csv
import io
import json
import re

import pytest
from defusedxml import ElementTree
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.specimens import CORRECTED, EMBEDS, ENTRY, FORMS, PAGES, PRINTS
from timeline import urls
from timeline.formats import FORMATS
from timeline.public.language import PAGES as IN_EACH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_specimens")]

ADDRESSES = [
    address for address in (PAGES | FORMS | EMBEDS | PRINTS).values() if not address.startswith(("/ja/", "/nothing"))
]
MARKED = re.compile(r'="[^"<>]*<span lang=|<title>[^<]*<span')
"""The original marked where no mark may stand."""
ELSEWHERE = re.compile(
    r'(?:<(?:a|form)\b(?![^>]*hreflang)[^>]*\s(?:href|action)="(?:http://[a-z]+:8000)?|>[^<]*http://[a-z]+:8000(?=/))'
    r'(/(?!ja/|api/v1|dataset/|entries/[^/]+/attachments/)[^"<]*)'
)
"""A link out of the language, or an address to be read that leads there."""
WORDS = re.compile(r"[A-Z<\s]|^[a-z]+$")
"""What is in words, and not a number, a date, a code or an address."""
IN_JAPANESE = re.compile(r"(?<=:8000)/ja(?=/|$)|(?<=,2026:)ja:|\.ja(?=@)")
"""What addresses and ids of the edition in Japanese have more."""
ATOM = "{http://www.w3.org/2005/Atom}"


def told(page: str) -> dict[str, list[str]]:
    """What a page says in no language: its dates, the addresses it leads to, its sources and how many there are."""
    body = re.sub(r"<a\b[^>]*hreflang=[^>]*>", "", page[page.index("<body") :])
    return {
        "dates": sorted(re.findall(r'(?:datetime|data value)="([^"]*)"', body)),
        "links": sorted(set(re.findall(r'(?:href|action)="(?:/ja)?(/[^"#]*)', body))),
        "sources": re.findall(r'id="source-(\d+)"', body),
        "numbers": re.findall(r"<i[^>]*>\s*(\d+)", body),
    }


def read(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.getvalue().decode()


def test_all_pages_say_the_same(client):
    for address in ADDRESSES:
        english, japanese = client.get(address), client.get(f"/ja{address}")
        assert japanese.status_code == english.status_code, address
        shown, page = english.getvalue().decode(), japanese.getvalue().decode()
        assert '<html lang="ja"' in page, address
        if "api" not in address and "feeds" not in address:  # they tell of addresses in examples
            assert told(page) == told(shown), address
        assert not MARKED.search(page), address
        assert ELSEWHERE.findall(page) == [], address


def test_pages_ask_as_many_queries_and_no_column_that_they_do_not_show(client):
    more = {}
    for address in ADDRESSES:
        asked = []
        for root in ("", "/ja"):
            client.get(f"{root}{address}")  # what is kept of entries is made
            with CaptureQueriesContext(connection) as captured:
                response = client.get(f"{root}{address}")
            asked.append(captured.captured_queries)
        english, japanese = asked
        if response.status_code == 200:
            more[address] = len(japanese) - len(english)
        assert [one["sql"] for one in japanese if re.search(r'SELECT (?:(?! FROM )[^(])*"vector', one["sql"])] == [], (
            address
        )
    slips = {PAGES["corrections"]: 1}  # of translation, which the original does not have
    assert {address: number for address, number in more.items() if number} == slips


def unlike(one, other, at="") -> list[str]:
    """Where two answers differ in what they say in no language: shape, numbers, dates, codes, addresses."""
    if at.endswith((".language", ".lang", ".locale", ".native", ".native_language")):
        return []
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [fault for name in one for fault in unlike(one[name], other[name], f"{at}.{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [fault for row, its in zip(one, other, strict=True) for fault in unlike(row, its, at)]
    if isinstance(one, str) and isinstance(other, str):
        if WORDS.search(one):
            return [] if other else [at]
        other = IN_JAPANESE.sub("", other).replace("％", "%")
    return [] if one == other else [f"{at}: {one!r}, {other!r}"]


def test_data_differ_in_words_alone(client):
    for address in (
        *("/entries.json", "/timeline.json", "/feed.json", "/changes.json", "/corrections.json", "/state.json"),
        *(f"{ENTRY}cite.csl.json", f"{CORRECTED}cite.csl.json", "/sources.csl.json"),
    ):
        english, japanese = (json.loads(read(client, f"{root}{address}")) for root in ("", "/ja"))
        assert unlike(english, japanese) == [], address


def test_tables_differ_in_words_alone(client):
    paths = [kind.path for kind in FORMATS if kind.path.endswith(".csv")]
    for path in (*paths, "state.csv?on=2025-04-17", "figures/duty-on-cars.csv"):
        english, japanese = ([*csv.DictReader(io.StringIO(read(client, f"{root}/{path}")))] for root in ("", "/ja"))
        assert english, path
        assert unlike(english, japanese, path) == []


def test_references_events_and_feeds_have_the_same_dates(client):
    for address, fields in (
        (f"{CORRECTED}cite.bib", r"^  (?:year|month|date|urldate) = .*"),
        (f"{CORRECTED}cite.ris", r"^(?:PY|DA|Y2|TY)  - .*"),
        ("/sources.bib", r"^(?:  (?:year|month|date|url) = .*|@.*)"),
        ("/sources.ris", r"^(?:PY|DA|Y2|TY|UR)  - .*"),
        ("/calendar.ics", r"^(?:DTSTART|DTEND|DTSTAMP|STATUS|SEQUENCE|LAST-MODIFIED).*"),
        ("/feed.rss", r"<(?:pubDate|atom:updated)>[^<]*"),
        ("/feed.atom", r"<(?:published|updated)>[^<]*"),
    ):
        english, japanese = (re.findall(fields, read(client, f"{root}{address}"), re.M) for root in ("", "/ja"))
        assert english == japanese, address
        assert english, address


def figures(entry):
    return [[figure[name] for name in ("id", "value", "low", "high", "unit", "period")] for figure in entry["figures"]]


def test_data_say_the_same_and_tell_the_editions_apart(client):
    english, japanese = (json.loads(read(client, f"{root}/entries.json")) for root in ("", "/ja"))
    assert japanese["count"] == english["count"] > 3
    for one, other in zip(english["entries"], japanese["entries"], strict=True):
        assert (one["uid"], one["date"], figures(one)) == (other["uid"], other["date"], figures(other))
        assert [source["number"] for source in one["sources"]] == [source["number"] for source in other["sources"]]
        assert (one["language"], other["language"]) == ("en", "ja")
        assert one["id"] != other["id"]
        assert other["url"] == one["url"].replace("/entries/", "/ja/entries/")
    assert any("訳（" in entry["headline"] for entry in japanese["entries"])
    lines = read(client, "/ja/entries.ndjson").splitlines()
    assert [json.loads(line) for line in lines] == japanese["entries"]


def test_feeds_have_the_same_entries_under_ids_of_their_own(client):
    def ids(root: str) -> list[str]:
        feed = ElementTree.fromstring(read(client, f"{root}/feed.atom"))
        assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == (root.strip("/") or "en")
        return [feed.findtext(f"{ATOM}id"), *(one.findtext(f"{ATOM}id") for one in feed.iter(f"{ATOM}entry"))]

    english, japanese = ids(""), ids("/ja")
    assert japanese == [one.replace(",2026:", ",2026:ja:") for one in english]
    assert not {*english} & {*japanese}
    rss, feed = read(client, "/ja/feed.rss"), json.loads(read(client, "/ja/feed.json"))
    assert "<language>ja</language>" in rss
    assert feed["language"] == "ja"
    assert [item["id"] for item in feed["items"]] == japanese[1:]
    assert all("/ja/entries/" in item["url"] for item in feed["items"])
    for name in ("DTSTART", "UID"):
        events = [re.findall(rf"^{name}.*", read(client, f"{root}/calendar.ics"), re.M) for root in ("", "/ja")]
        assert (events[0] == events[1]) is (name == "DTSTART")
        assert len(events[0]) == len(events[1])


def test_the_api_answers_in_the_language_that_is_asked_for(client):
    for path in ("/entries", "/people", "/commodities", "/storylines", "/state", "/glossary", "/sources", "/changes"):
        english, japanese = (json.loads(read(client, f"/api/v1{path}{asked}")) for asked in ("", "?language=ja"))
        links = english.pop("links"), japanese.pop("links")
        assert unlike(english, japanese, path) == []
        assert "language=ja" in links[1]["self"]
    one = json.loads(read(client, f"/api/v1{ENTRY.rstrip('/')}?language=ja"))["entry"]
    assert (one["language"], one["headline"][:2]) == ("ja", "訳（")
    assert client.get("/api/v1/entries?language=fr").status_code == 400
    assert client.get("/api/v1/entries?language=en").json()["entries"][0]["language"] == "en"


def test_others_are_shown_the_page_in_its_language(client):
    address = f"http://127.0.0.1:8000/ja{ENTRY}"
    answer = client.get("/oembed", {"url": address}).json()
    assert answer["title"].startswith("訳（")
    assert f"/ja{ENTRY}embed/" in answer["html"]
    page = read(client, f"/ja{ENTRY}")
    assert f'"translationOfWork":{{"@type":"Article","@id":"http://127.0.0.1:8000{ENTRY}"}}' in page
    assert '"inLanguage":"ja"' in page
    sitemap = read(client, "/sitemap-entries.xml")
    assert f'hreflang="ja" href="{address}"' in sitemap
    assert f"<loc>{address}</loc>" in sitemap


def test_every_address_is_said_to_be_in_one_language_or_in_each():
    """``here`` goes by a pattern, for it is asked for each link of a page."""
    named = {one.name: one for one in urls.urlpatterns if getattr(one, "name", None)}
    each = {name.removeprefix("ja.") for name in named if name.startswith("ja.")}
    for name, one in named.items():
        if name.startswith("ja."):
            continue
        parts = {"slug": "one", "number": 1, "version": 1, "section": "people", "token": "a:b"}
        parts |= {"uid": "abcdef", "width": 400, "name": "signed.pdf"}
        wanted = {key: parts[key] for key in one.pattern.converters}
        assert bool(IN_EACH.fullmatch(reverse(f"timeline:{name}", kwargs=wanted))) is (name in each), name

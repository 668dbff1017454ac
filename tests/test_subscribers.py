"""What subscribers and programs rely on: every format of every case, read by programs that others wrote.

The cases are everything, one filter, nothing, what came before, what was withdrawn, and text made to break
formats; where no program reads a format, the rules its authors published are held against it.
"""

import csv
import datetime
import html
import io
import json
import re
from functools import cache
from typing import NamedTuple

import duckdb
import feedparser
import jsonschema
import pytest
import rispy
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client, override_settings
from django.utils import timezone
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from lxml import etree
from pybtex import database
from wagtail.signal_handlers import disable_reference_index_auto_update

from tests import schemas
from tests.factories import (
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    change,
    draft_entry,
    let_an_hour_pass,
    publish,
    publish_entry,
)
from tests.markup import faults
from tests.schemas import rss
from timeline import edition
from timeline.formats import FORMATS
from timeline.models import EntryPage, Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

HOSTILE = "=1+1 🍚 日米貿易 a & b &amp; c <b>bold</b> ]]> <![CDATA[ \u200fright\u200e a\u2028b \"q\"; 'x', \\ {}%$_^~#"
NEXT_TO_IT = "Ministers meet in April"
QUERIES = {"": 5, "commodity=hostile": 3, "q=nothingofthekind": 0}
"""Everything, a filter, and what nothing answers: each with the number of its entries."""

FEEDS = [f"/{kind.path}" for kind in FORMATS if kind.is_feed]
TABLES = [f"/{kind.path}" for kind in FORMATS if kind.media_type == "text/csv"]
PATHS = [f"/{kind.path}" for kind in FORMATS]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Five entries, one of them hostile in every part, and one that is gone; feed documents hold two."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        disable_reference_index_auto_update(),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("timeline.formats.archives.FEED_SIZE", 2)
        goods = CommodityFactory(name=HOSTILE[:60], slug="hostile")
        publish_entry(title="An agreement", date="2019-06-28")
        publish_entry(title="A letter", date="2025-03-01")
        publish_entry(title="A call", date="2025-03-02", commodities=[goods])
        publish_entry(title=NEXT_TO_IT, date="2025-04", slug="in-april", commodities=[goods])
        publish_hostile(goods)
        gone = publish_entry(title="Unmentionable", date="2025-02-01")
        gone.withdrawal_reason = HOSTILE
        gone.unpublish()
        let_an_hour_pass()
        yield
        transaction.set_rollback(True)


def publish_hostile(goods):
    """Every text of it could break something, and it holds characters that no form lets through."""
    source = SourceFactory(title=HOSTILE, publisher=OrganisationFactory(name=HOSTILE), byline=HOSTILE)
    entry = draft_entry(
        title=HOSTILE,
        slug="hostile",
        summary=(HOSTILE * 100)[:10_000],
        place=HOSTILE,
        statements=[HOSTILE],
        sources=[source],
        commodities=[goods],
        people=[PersonFactory(family_name=HOSTILE[:40], slug="hostile")],
        organisations=[OrganisationFactory(name=f"Ministry {HOSTILE}")],
    )
    add_figure(entry, source, label=HOSTILE, value="-2.50")
    add_disagreement(entry, **{HOSTILE: source, "Otherwise": SourceFactory()})
    entry = change(publish(entry), "update", HOSTILE)
    entry = change(entry, "correction", HOSTILE, HOSTILE)
    # Forms refuse control characters, and the database does not.
    EntryPage.objects.filter(pk=entry.pk).update(title=f"{HOSTILE}\b\ufffe", summary=Concat("summary", Value("\b")))
    Person.objects.filter(slug="hostile").update(family_name=Concat("family_name", Value("\b")))
    edition.refresh([entry.pk])


def body(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.getvalue()


def addresses(path):
    """The plain address of a format and its filters."""
    return [f"{path}?{query}".rstrip("?") for query in QUERIES]


# -- feeds --------------------------------------------------------------------------------


class Seen(NamedTuple):
    """A feed document: ``items`` as ``(id, headline, address, HTML)``, ``older`` is where the next one is."""

    id: str
    own: str
    page: str
    title: str
    language: str
    older: str
    items: list[tuple[str, str, str, str]]


def read_atom(content, url):
    """By the schema of RFC 4287 and by feedparser, which must agree with it."""
    document = etree.fromstring(content)
    schemas.ATOM.assertValid(document)
    feed = feedparser.parse(content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert all(one.id and one.title_detail.type == "text/plain" for one in feed.entries)
    links = {(link.get("rel"), link.get("type")): link.get("href") for link in document.iterfind("{*}link")}
    assert len(links) == len(document.findall("{*}link")), "one link of a kind (RFC 4287 section 4.1.1)"
    return Seen(
        document.findtext("{*}id"),
        links["self", "application/atom+xml"],
        links["alternate", "text/html"],
        feed.feed.title_detail.value,
        document.get("{http://www.w3.org/XML/1998/namespace}lang"),
        links.get(("prev-archive", None), ""),
        [(one.id, one.title_detail.value, one.link, content_of(one)) for one in document_items(document, feed)],
    )


def document_items(document, feed):
    """What feedparser found, which is all there is."""
    assert len(feed.entries) == len(document.findall("{*}entry") or document.findall("channel/item"))
    return feed.entries


def content_of(item):
    """The HTML as it was sent: feedparser cleans its own copy."""
    return item.content[0].value


def read_rss(content, url):
    """By the rules of RSS and its Best Practices Profile, and by feedparser."""
    document = etree.fromstring(content)
    found = [fault for fault in rss.faults(content, url) if not (fault.startswith("ContainsHTML") and "<b>" in fault)]
    assert found == [], "only the headline that has markup in it looks like markup"
    feed = feedparser.parse(content)
    assert not feed.bozo, feed.get("bozo_exception")
    document_items(document, feed)
    channel = document.find("channel")
    links = {link.get("rel"): link.get("href") for link in channel.iterfind(f"{rss.ATOM}link")}
    return Seen(
        "",
        links["self"],
        channel.findtext("link"),
        channel.findtext("title"),
        channel.findtext("language"),
        links.get("prev-archive", ""),
        [
            (one.findtext("guid"), one.findtext("title"), one.findtext("link"), one.findtext(rss.CONTENT))
            for one in channel.iterfind("item")
        ],
    )


def read_json(content, url):
    """By the text of JSON Feed 1.1."""
    feed = json.loads(content)
    jsonschema.validate(feed, schemas.JSON_FEED)
    items = [(one["id"], one["title"], one["url"], one["content_html"]) for one in feed["items"]]
    older = feed.get("next_url", "")
    return Seen("", feed["feed_url"], feed["home_page_url"], feed["title"], feed["language"], older, items)


READERS = {"atom": read_atom, "rss": read_rss, "json": read_json}


def walk(address):
    """The documents of a feed from the one to subscribe to back to the first, each held against its rules."""
    return _walked(settings.BASE_URL, address)


@cache
def _walked(base_url, address):
    found, url = [], f"{base_url}{address}"
    read = READERS[address.partition("?")[0].rpartition(".")[2]]
    while url:
        found.append(read(body(Client(), url.removeprefix(base_url)), url))
        assert found[-1].own == url, "SelfDoesntMatchLocation"
        url = found[-1].older
    assert len({one.own for one in found}) == len(found)
    return found


@pytest.mark.parametrize("path", FEEDS)
def test_a_reader_finds_no_fault_in_any_document_of_a_feed(path):
    for query, address in zip(QUERIES, addresses(path), strict=True):
        documents = walk(address)
        if query or path.startswith("/feed."):
            assert {one.page for one in documents} == {f"{settings.BASE_URL}/?{query}".rstrip("?")}
        assert {one.language for one in documents} == {"en"}
        assert len({one.title for one in documents}) == 1
        if path.startswith(("/feed.", "/changes.")):
            assert (len(documents) > 1) is (QUERIES[query] > 2), "what came before was read too"
        for document in documents:
            ids = [identity for identity, *_rest in document.items]
            assert len(ids) == len(set(ids))
            assert all(identity.startswith("tag:") for identity in ids)
            for _identity, headline, page, content in document.items:
                assert page.startswith(f"{settings.BASE_URL}/entries/")
                assert list(rss.faults_of_html(content)) == []
                assert BeautifulSoup(content, "html.parser").find("b", string="bold") is None
                if "=1+1" in headline:
                    assert HOSTILE in headline


@pytest.mark.parametrize("kind", ["feed", "changes", "corrections"])
def test_the_three_syntaxes_of_a_feed_say_the_same(kind):
    for query in QUERIES:
        found = {
            end: [
                (
                    one.page,
                    one.title.strip(),
                    [(identity, title.strip(), page) for identity, title, page, _ in one.items],
                )
                for one in walk(f"/{kind}.{end}?{query}".rstrip("?"))
            ]
            for end in READERS
        }
        assert found["rss"][:1] == found["atom"][:1] == found["json"][:1]
        everything = {
            end: {item for document in documents for item in document[2]} for end, documents in found.items()
        }
        assert everything["rss"] == everything["atom"] == everything["json"]


def test_each_feed_of_each_filter_has_an_id_of_its_own_that_its_archives_share():
    found = [
        {document.id for document in walk(address)}
        for path in FEEDS
        if path.endswith(".atom")
        for address in addresses(path)
    ]
    assert {len(ids) for ids in found} == {1}
    assert len(set.union(*found)) == len(found)


def test_ids_stay_when_the_site_moves_to_another_host(client):
    def identities():
        feeds = [walk(f"/feed.{end}")[0] for end in READERS]
        events = Calendar.from_ical(body(client, "/calendar.ics")).walk("VEVENT")
        return [(one.id, [identity for identity, *_rest in one.items]) for one in feeds], [
            one["UID"] for one in events
        ]

    before = identities()
    with override_settings(BASE_URL="https://elsewhere.example.org"):
        assert identities() == before


# -- one answer ---------------------------------------------------------------------------


@pytest.mark.parametrize("query", QUERIES)
def test_every_way_to_ask_finds_the_same_number_of_entries(client, query):
    def get(path):
        return body(client, f"{path}{'&' if '?' in path else '?'}{query}".rstrip("?&"))

    def of_feed(end):
        documents = walk(f"/feed.{end}?{query}".rstrip("?"))
        return len({identity for document in documents for identity, *_rest in document.items})

    events = Calendar.from_ical(get("/calendar.ics?fuzzy=span")).walk("VEVENT")
    found = {
        "page": len(BeautifulSoup(get("/"), "html.parser").select("#results h4 a")),
        "embed": len(BeautifulSoup(get("/embed/"), "html.parser").select("li h2")),
        "csv": len(list(csv.reader(io.StringIO(get("/entries.csv").decode(), newline="")))) - 1,
        "json": json.loads(get("/entries.json"))["count"],
        "ndjson": get("/entries.ndjson").count(b"\n"),
        "slides": sum("unique_id" in slide for slide in json.loads(get("/timeline.json"))["events"]),
        "calendar": len([one for one in events if one["STATUS"] != "CANCELLED"]),
        "api": json.loads(get("/api/v1/entries"))["total"],
        **{end: of_feed(end) for end in READERS},
    }
    assert set(found.values()) == {QUERIES[query]}, found


@pytest.mark.parametrize("path", PATHS)
def test_a_month_is_never_its_first_day(client, path):
    """Only where both ends are told is the first one told."""
    text = "".join(body(client, f"{path}?q=%22in+April%22{more}").decode() for more in ("", "&order=old"))
    ends = (
        r"(2025-04,)?2025-04-01,2025-04-30,month|\"(lower|start)\": ?\"2025-04-01\", ?\"(upper|end)\": ?\"2025-04-30\""
    )
    assert re.search(r"\b0?1 April|April 0?1\b|2025-04-01|20250401|2025/04/01", re.sub(ends, "", text)) is None
    assert path in ("/calendar.ics", *TABLES[1:]) or "sources" in path or NEXT_TO_IT in text or "corrections" in path


def test_a_calendar_shows_a_month_over_all_of_it(client):
    events = Calendar.from_ical(body(client, "/calendar.ics?fuzzy=span&q=%22in+April%22")).walk("VEVENT")
    [event] = [one for one in events if one["STATUS"] != "CANCELLED"]
    assert event.decoded("DTEND") - event.decoded("DTSTART") == datetime.timedelta(days=30)


# -- calendar -----------------------------------------------------------------------------


def test_two_calendar_programs_read_every_calendar_alike(client):
    for address in (*addresses("/calendar.ics"), "/calendar.ics?fuzzy=span"):
        content = body(client, address)
        calendar = Calendar.from_ical(content)
        assert calendar.errors == []
        assert (calendar["VERSION"], "PRODID" in calendar, "METHOD" in calendar) == ("2.0", True, False)
        events = calendar.walk("VEVENT")
        others = IcsCalendarStream.calendar_from_ics(content.decode()).events
        assert [(str(one["UID"]), str(one["SUMMARY"]), str(one.get("DESCRIPTION", ""))) for one in events] == [
            (one.uid, one.summary, one.description or "") for one in others
        ]
        assert len({one["UID"] for one in events}) == len(events)
        for line in content.split(b"\r\n"):
            assert len(line) <= 75
            assert re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line) is None, "RFC 5545 section 3.1, CONTROL"
        for event in events:
            assert event.errors == []
            assert event["TRANSP"] == "TRANSPARENT"
            assert "VALARM" not in content.decode()
        if address == "/calendar.ics":
            assert HOSTILE in [str(event["SUMMARY"]) for event in events]
            assert HOSTILE in [event["DESCRIPTION"] for event in events if event["STATUS"] == "CANCELLED"]


# -- tables -------------------------------------------------------------------------------

COLUMNS = {
    "entries": (
        "uid slug url date date_start date_end date_precision date_approximate date_uncertain date_basis date_note "
        "headline summary category category_name weight planned place time_zone language people people_names "
        "organisations organisation_names commodities commodity_names hs_codes sources statements figures "
        "disagreements one_source version published updated modified date_text"
    ),
    "citations": "entry_uid carries id position source quotation language locator",
    "figures": (
        "entry_uid figure_id label value low high qualifier unit currency scale per of period period_note status "
        "basis series note sources"
    ),
    "participants": "entry_uid person name role positions",
    "positions": "person position title organisation start end acting source",
}
"""What importers count on: a new column comes after these."""


@pytest.mark.parametrize("path", TABLES)
def test_a_script_and_a_database_read_the_same_cells(client, path, tmp_path):
    for address in (*addresses(path), f"{path}?excel=1"):
        content = body(client, address)
        table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
        assert {len(row) for row in table} == {len(table[0])}
        assert " ".join(table[0]).startswith(COLUMNS[path[1:-4]])
        (tmp_path / "table.csv").write_bytes(content)
        query = "SELECT * FROM read_csv(?, all_varchar=true, header=true, strict_mode=true, delim=',', quote='\"')"
        found = duckdb.execute(query, [str(tmp_path / "table.csv")])
        names = [name for name, *_rest in found.description]
        assert names == table[0]
        assert [[cell or "" for cell in row] for row in found.fetchall()] == table[1:]
    if path == "/entries.csv":
        everything = body(client, path).decode()
        assert '"=1+1 🍚 日米貿易 a & b &amp; c' in everything, "byte-faithful"


# -- data ---------------------------------------------------------------------------------


def test_programs_read_whole_entries_by_the_description_of_the_api(client, tmp_path):
    components = client.get("/api/v1/openapi.json").json()["components"]
    entry = jsonschema.Draft202012Validator(
        {"$ref": "#/components/schemas/Entry", "components": components},
        format_checker=jsonschema.FormatChecker(),
    )
    for query in QUERIES:
        whole = json.loads(body(client, f"/entries.json?{query}"))
        lines = body(client, f"/entries.ndjson?{query}")
        for one in whole["entries"]:
            entry.validate(one)
        assert json.loads(body(client, f"/api/v1/entries?{query}"))["entries"] == whole["entries"]
        assert [json.loads(line) for line in lines.split(b"\n")[:-1]] == whole["entries"]
        (tmp_path / "entries.ndjson").write_bytes(lines)
        read = "SELECT headline FROM read_ndjson(?, columns={headline: 'VARCHAR'})"
        found = duckdb.execute(read, [str(tmp_path / "entries.ndjson")]).fetchall() if lines else []
        assert [row[0] for row in found] == [one["headline"] for one in whole["entries"]]


def test_slides_are_as_timelinejs_documents_them(client):
    for address in addresses("/timeline.json"):
        show = json.loads(body(client, address))
        jsonschema.validate(show, schemas.TIMELINE_JS)
        for slide in (show["title"], *show["events"]):
            assert list(rss.faults_of_html(slide["text"]["text"])) == []
            assert BeautifulSoup(slide["text"]["headline"], "html.parser").find() is None
        headlines = [html.unescape(one["text"]["headline"]) for one in show["events"] if "unique_id" in one]
        assert (HOSTILE in headlines) is bool(headlines)


def test_reference_managers_read_the_sources_of_every_case(client):
    for query in QUERIES:
        bibtex = database.parse_string(body(client, f"/sources.bib?{query}").decode(), "bibtex").entries
        ris = rispy.loads(body(client, f"/sources.ris?{query}").decode())
        csl = json.loads(body(client, f"/sources.csl.json?{query}"))
        assert list(bibtex) == [one["id"] for one in ris] == [one["id"] for one in csl]
        assert (len(csl) == 0) is (QUERIES[query] == 0)
        if query:
            continue
        assert HOSTILE in [one["title"] for one in csl]
        assert " ".join(HOSTILE.split()) in [one["title"] for one in ris]


# -- a frame ------------------------------------------------------------------------------


def test_a_frame_is_a_valid_page_whatever_is_in_it(client):
    for address in addresses("/embed/"):
        assert faults(body(client, address).decode()) == []
    page = BeautifulSoup(body(client, "/embed/"), "html.parser")
    assert HOSTILE in [heading.get_text() for heading in page.select("li h2")]
    assert page.find("b", string="bold") is None


# -- polling ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_polling_an_hour_later_brings_nothing_new(client, monkeypatch, path):
    """No answer knows the time of the request: not a date, not an entity tag, least of all an empty one."""
    first = {address: client.get(address) for address in addresses(path)}
    bodies = {address: response.getvalue() for address, response in first.items()}
    later = timezone.now() + datetime.timedelta(hours=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    for address, response in first.items():
        again = client.get(address)
        assert (again["ETag"], again["Last-Modified"]) == (response["ETag"], response["Last-Modified"])
        assert again.getvalue() == bodies[address]
        for condition in ({"If-None-Match": response["ETag"]}, {"If-Modified-Since": response["Last-Modified"]}):
            assert client.get(address, headers=condition).status_code == 304


@pytest.mark.parametrize("path", PATHS)
def test_what_a_cache_in_between_is_told(client, path):
    """An entity tag that is old wins over a date that is not (RFC 9110 section 13.2.2); no cookie matters."""
    response = client.get(path)
    assert "cookie" not in response["Vary"].lower()
    assert "private" not in response["Cache-Control"]
    kind = next(one for one in FORMATS if path == f"/{one.path}")
    charset = "" if kind.media_type.endswith("json") else "; charset=utf-8"
    assert response["Content-Type"].startswith(f"{kind.media_type}{charset}")
    is_file = path.endswith((".csv", ".bib", ".ris", ".csl.json"))
    assert ("Content-Disposition" in response) is is_file, "a subscription is not a download"
    old = {"If-None-Match": '"old"', "If-Modified-Since": response["Last-Modified"]}
    assert client.get(path, headers=old).status_code == 200

"""Whole answers as data for other people's programs: JSON, TimelineJS, reference managers."""

import html
import json
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Any

import pytest
import rispy
from django.db import connection
from pybtex import database

from tests.factories import OrganisationFactory, SourceFactory, chronology, draft_entry, publish_entry
from timeline.edition import refresh_sources
from timeline.formats.answer import in_pieces
from timeline.models import Edition, PublishedEntry, Source

pytestmark = pytest.mark.django_db

HOSTILE = "<img src=x onerror=alert(1)> & 赤沢 \\ } { % =1+1 ]]> \u200f"

# -- JSON ---------------------------------------------------------------------------------


def test_one_document_holds_every_entry_as_the_api_gives_it(client, settings):
    entry = publish_entry(title="One")
    publish_entry(title="Other", date="2026")
    answer = json.loads(client.get("/entries.json?to=2025-12&order=new").getvalue())
    assert answer["title"] == "Test Chronology: Entries until December 2025"
    assert answer["question"] == "Entries until December 2025"
    assert answer["address"] == f"{settings.BASE_URL}/entries.json?order=new&to=2025-12"
    assert answer["page"] == f"{settings.BASE_URL}/?order=new&to=2025-12"
    assert answer["licence"]["name"] == "CC BY 4.0"
    assert answer["edition"]["version"] > 0
    assert answer["count"] == 1
    assert answer["entries"] == [client.get(f"/api/v1/entries/{entry.slug}").json()["entry"]]
    lines = client.get("/entries.ndjson?to=2025-12").getvalue().decode().splitlines()
    assert [json.loads(line) for line in lines] == answer["entries"]


@pytest.mark.django_db(transaction=True)
def test_a_long_answer_is_of_one_state_whatever_is_published_while_it_is_read(monkeypatch):
    monkeypatch.setattr("timeline.formats.answer.PIECE", 0)
    publish_entry()

    def publish_another() -> None:
        publish_entry()
        connection.close()

    pieces = in_pieces(f"{PublishedEntry.objects.count()} " for _look in range(3))
    assert next(pieces) == b"1 "
    with ThreadPoolExecutor(1) as somebody:
        somebody.submit(publish_another).result()
    assert b"".join(pieces) == b"1 1 "
    assert PublishedEntry.objects.count() == 2


def test_an_empty_answer_and_a_withdrawn_entry_leave_no_trace(client):
    entry = publish_entry(title="Wrong all along")
    entry.unpublish()
    answer = json.loads(client.get("/entries.json").getvalue())
    assert (answer["entries"], answer["count"]) == ([], 0)
    assert client.get("/entries.ndjson").getvalue() == b""
    (slide,) = client.get("/timeline.json").json()["events"]
    assert slide["text"]["headline"] == "There are no entries."
    assert (client.get("/sources.bib").getvalue().decode(), client.get("/sources.ris").getvalue().decode()) == ("", "")
    assert json.loads(client.get("/sources.csl.json").getvalue()) == []


# -- TimelineJS ---------------------------------------------------------------------------


DATES: dict[str | tuple[str, str], Any] = {
    "2025-04-16": ({"start_date": {"year": 2025, "month": 4, "day": 16}}, "16 April 2025"),
    "2025-04~": ({"start_date": {"year": 2025, "month": 4}}, "About April 2025"),
    "2025": ({"start_date": {"year": 2025}}, "2025"),
    "2025-04/2025-05-02": (
        {"start_date": {"year": 2025, "month": 4}, "end_date": {"year": 2025, "month": 5, "day": 2}},
        "April – 2 May 2025",
    ),
    ("2025-04-16/2025-04-18", "lasted"): (
        {"start_date": {"year": 2025, "month": 4, "day": 16}, "end_date": {"year": 2025, "month": 4, "day": 18}},
        "16–18 April 2025",
    ),
    ("2025-04-16/2025-04-18", "between"): (
        {"start_date": {"year": 2025, "month": 4, "day": 16}, "end_date": {"year": 2025, "month": 4, "day": 18}},
        "Some time between 16 and 18 April 2025",
    ),
    ("2025-04", "lasted"): (
        {"start_date": {"year": 2025, "month": 4, "day": 1}, "end_date": {"year": 2025, "month": 4, "day": 30}},
        "Throughout April 2025",
    ),
    "../2025-10": ({"start_date": {"year": 2025, "month": 10}}, "By October 2025"),
    "2025-24": (
        {"start_date": {"year": 2025, "month": 12}, "end_date": {"year": 2026, "month": 2}},
        "Winter 2025–26",
    ),
}


def test_a_slide_has_no_more_of_a_date_than_is_known(client):
    entry = publish_entry()
    document = PublishedEntry.objects.get().document
    for date, (parts, words) in DATES.items():
        text, extent = (date, "") if isinstance(date, str) else date
        said = document["date"] | {"edtf": text, "extent": extent}
        PublishedEntry.objects.update(document=document | {"date": said})
        (event,) = client.get("/timeline.json").json()["events"]
        assert {name: event[name] for name in event if "date" in name} == parts | {"display_date": words}
        assert event["unique_id"] == str(entry.uid)


def test_no_entries_are_one_slide_on_the_day_of_the_answer(client):
    """TimelineJS 3.9 takes a file without events for a broken table and shows an error."""
    publish_entry(date="2025-04-16")
    day = Edition.objects.get().changed_at.date()
    show = client.get("/timeline.json?to=1999").json()
    (slide,) = show["events"]
    assert slide["start_date"] == {"year": day.year, "month": day.month, "day": day.day}
    assert slide["display_date"] == f"As of {day.day} {day:%B %Y}"
    assert slide["text"]["headline"] == "There are no entries until 1999."
    assert show["title"]["text"]["headline"].endswith("Entries until 1999")


class Tags(HTMLParser):
    """The tags in a piece of HTML."""

    def __init__(self, markup):
        super().__init__()
        self.found = set()
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        self.found.add(tag)


def test_no_text_of_ours_is_markup_on_a_slide(client):
    page = chronology()
    page.strapline = HOSTILE
    page.lanes.create(name=HOSTILE[:40], slug="all", colour="red", takes_rest=True)
    page.save_revision().publish()
    source = SourceFactory(title=HOSTILE, publisher=OrganisationFactory(name=HOSTILE))
    publish_entry(title=HOSTILE, summary=HOSTILE, slug="hostile", sources=[source])
    answer = client.get("/timeline.json").json()
    (event,) = answer["events"]
    assert Tags(answer["title"]["text"]["headline"] + event["text"]["headline"]).found == set()
    assert Tags(answer["title"]["text"]["text"] + event["text"]["text"]).found == {"p", "ul", "li", "a"}
    assert event["group"].startswith("&amp;lt;img")  # TimelineJS reads it as HTML twice


# -- reference managers -------------------------------------------------------------------


@pytest.fixture
def sources():
    report = SourceFactory(
        title=HOSTILE,
        byline="Barnes and Noble",
        kind="news",
        published="2025-04",
        accessed="2025-05-02",
        archived_url="https://archive.example.org/web/20250418093000/https://example.org/1",
        language="ja",
    )
    hidden = SourceFactory(title="A mirror", kind="primary_government", url_shown=False, title_is_description=True)
    secret = SourceFactory(title="Only in a draft")
    publish_entry(sources=[report, hidden], statements=["One.", "Two."])
    draft_entry(sources=[secret])
    example = SourceFactory(title="An example of an error", use="error_example")
    publish_entry(title="Later", date="2026", sources=[report, example])
    return report, hidden


def test_a_copy_stands_in_for_an_original_that_is_gone(client, sources):
    report, _hidden = sources
    Source.objects.filter(pk=report.pk).update(link_state="dead", link_state_since="2026-05-01")
    refresh_sources([report.pk])
    found = json.loads(client.get("/sources.csl.json").getvalue())[0]
    assert found["URL"] == report.archived_url
    assert found["note"] == f"Archived copy of 18 April 2025. The original is gone: {report.url}"
    feed = client.get("/feed.atom").getvalue().decode()
    assert "Archived copy (18 April 2025)" in feed
    assert f'href="{report.url}"' not in html.unescape(feed)


def test_each_source_of_the_answer_is_a_reference_once(client, sources):
    report, hidden = sources
    first, second = json.loads(client.get("/sources.csl.json").getvalue())
    assert first == {
        "id": f"source-{report.number}",
        "type": "article-newspaper",
        "title": HOSTILE,
        "author": [{"literal": "Barnes and Noble"}],
        "container-title": "Example Wire",
        "issued": {"date-parts": [[2025, 4]]},
        "accessed": {"date-parts": [[2025, 5, 2]]},
        "URL": report.url,
        "language": "ja",
        "note": "Archived copy of 18 April 2025: https://archive.example.org/web/20250418093000/https://example.org/1",
    }
    assert second == {
        "id": f"source-{hidden.number}",
        "type": "report",
        "title": "[A mirror]",
        "publisher": "Example Wire",
        "language": "en",
    }
    assert [one["id"] for one in json.loads(client.get("/sources.csl.json?from=2026").getvalue())] == [
        f"source-{report.number}"
    ]
    assert client.get("/sources.bib")["Content-Disposition"].startswith('attachment; filename="sources.bib"')


def test_reference_managers_read_them(client, sources):
    bibtex = database.parse_string(client.get("/sources.bib").getvalue().decode(), "bibtex").entries
    assert [(item.type, item.fields.get("url")) for item in bibtex.values()] == [
        ("article", sources[0].url),
        ("techreport", None),
    ]
    assert bibtex[f"source-{sources[0].number}"].fields["date"] == "2025-04"
    first, second = rispy.loads(client.get("/sources.ris").getvalue().decode())
    assert (first["title"], first["date"], first["urls"]) == (" ".join(HOSTILE.split()), "2025/04//", [sources[0].url])
    assert (second["type_of_reference"], second["publisher"]) == ("RPRT", "Example Wire")


@pytest.mark.parametrize("entries", [1, 3])
def test_an_answer_costs_the_same_queries_whatever_it_holds(client, entries, django_assert_num_queries):
    for _number in range(entries):
        publish_entry(sources=[SourceFactory(publisher=OrganisationFactory())])
    for path in ("/entries.json", "/entries.ndjson", "/timeline.json", "/sources.bib", "/sources.csl.json"):
        with django_assert_num_queries(4):  # the edition, the last change (2) and the rows
            client.get(path).getvalue()
    assert len(json.loads(client.get("/sources.csl.json").getvalue())) == entries


def test_a_slide_show_is_bounded_and_says_so(client, monkeypatch):
    monkeypatch.setattr("timeline.formats.timelinejs.LIMIT", 1)
    publish_entry(title="Older", date="2024")
    publish_entry(title="Newer", date="2025")
    answer = client.get("/timeline.json").json()
    assert [event["text"]["headline"] for event in answer["events"]] == ["Newer"]
    assert "The 1 latest of 2 entries." in answer["title"]["text"]["text"]

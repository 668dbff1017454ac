"""What every format of a question shares: the same entries, HTTP as the RFCs say, and bad questions in words."""

import csv
import html
import io
import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

import feedparser
import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.test import Client
from icalendar import Calendar
from wagtail.signal_handlers import disable_reference_index_auto_update

from tests.factories import CommodityFactory, PersonFactory, let_an_hour_pass, publish_entry
from timeline.formats import FORMATS, FormatParameter, atom, follow
from timeline.models import PublishedEntry
from timeline.public.site import absolute
from timeline.views import formats


def titles_of_feed(body: bytes) -> list[str]:
    feed = feedparser.parse(body)
    assert not feed.bozo, feed.get("bozo_exception")
    return [item.title_detail.value for item in feed.entries]


def titles_of_json(body: bytes) -> list[str]:
    return [item["title"] for item in json.loads(body)["items"]]


def titles_of_page(body: bytes) -> list[str]:
    return [heading.get_text() for heading in BeautifulSoup(body, "html.parser").select("h2")]


ANSWERS: dict[str, Callable[[bytes], list[str]]] = {
    "/feed.atom": titles_of_feed,
    "/feed.rss": titles_of_feed,
    "/feed.json": titles_of_json,
    "/embed/": titles_of_page,
    "/print/": titles_of_page,
    "/calendar.ics": lambda body: [str(event["SUMMARY"]) for event in Calendar.from_ical(body).walk("VEVENT")],
    "/entries.csv": lambda body: [row["headline"] for row in csv.DictReader(io.StringIO(body.decode(), newline=""))],
    "/entries.json": lambda body: [entry["headline"] for entry in json.loads(body)["entries"]],
    "/entries.ndjson": lambda body: [json.loads(line)["headline"] for line in body.decode().rstrip().split("\n")],
    "/timeline.json": lambda body: [html.unescape(one["text"]["headline"]) for one in json.loads(body)["events"]],
}
"""Each format that shows headlines, and an independent reader that finds them in it. Add yours."""

HOSTILE = [
    "emoji 🍚",
    "日米貿易",
    "a & b &amp; c",
    "<b>bold</b>",
    "=1+1",
    "]]> and <![CDATA[",
    "right\u200fto\u200eleft",
    "\"quoted\", 'quoted'; semicolon\\",
    "a\u2028b",
    "x" * 200,
]
PATHS = [f"/{kind.path}" for kind in FORMATS]
EVERY = pytest.mark.parametrize("path", PATHS)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def hostile(django_db_setup, django_db_blocker):
    """An entry for each text that could break a format; they stay for this module's tests, which only read."""
    with django_db_blocker.unblock(), transaction.atomic(), disable_reference_index_auto_update():
        beef = CommodityFactory(name="Beef", slug="beef")
        for number, text in enumerate(HOSTILE):
            summary = text * (10_000 // len(text))
            publish_entry(title=text, summary=summary, statements=[text], slug=f"h-{number}", commodities=[beef])
        row = PublishedEntry.objects.first()
        row.document["summary"] += "\x08\ufffe"
        row.document["place"] = "Tokyo\x0b"
        PublishedEntry.objects.filter(pk=row.pk).update(document=row.document, digest="hostile")
        let_an_hour_pass()
        yield beef
        transaction.set_rollback(True)


# -- content ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ANSWERS)
def test_hostile_text_arrives_as_it_was_written(client, hostile, path):
    found = ANSWERS[path](client.get(f"{path}?commodity=beef").getvalue())
    assert sorted(found) == sorted(HOSTILE)


@EVERY
def test_a_filter_of_everything_and_a_filter_of_nothing_are_both_answered(client, hostile, path):
    for query in ("?commodity=beef", "?q=nothingofthekind"):
        response = client.get(path + query)
        assert response.status_code == 200
        assert response["Content-Type"].startswith(next(kind.media_type for kind in FORMATS if path[1:] == kind.path))


# -- HTTP ---------------------------------------------------------------------------------


@EVERY
def test_get_head_and_not_modified_say_the_same(client, hostile, path, django_assert_num_queries):
    get = client.get(path)
    with django_assert_num_queries(1):  # the edition: nothing is rendered
        head = client.head(path)
    with django_assert_num_queries(2):
        known = client.get(path, headers={"If-None-Match": get["ETag"]})
        by_date = client.head(path, headers={"If-None-Match": get["ETag"], "If-Modified-Since": "nonsense"})
    assert (head.status_code, known.status_code, by_date.status_code) == (200, 304, 304)
    for name in ("ETag", "Last-Modified", "Cache-Control", "Vary", "Link", "Access-Control-Allow-Origin"):
        assert get[name] == head[name] == known[name] == by_date[name]
    assert "stale-while-revalidate" in get["Cache-Control"]
    assert head.getvalue() == b""
    assert "Content-Length" not in head  # it is not known
    assert head["Content-Type"] == get["Content-Type"]


@EVERY
def test_scripts_of_other_sites_may_ask_and_nothing_else_is_allowed(client, path):
    asked = client.options(path, headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"})
    assert (asked.status_code, asked["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert asked["Access-Control-Allow-Origin"] == "*"
    for method in ("post", "put", "delete", "patch"):
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert client.get(path).cookies == {}


# -- bad questions ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "accepted"),
    [
        ("from=2025-13", "a year, a month"),
        ("from=2025&to=2024", "a year, a month"),
        ("foo=1", "q, from, to"),
        ("a[]=1", "q, from, to"),
        ("page=abc", "a year, a month"),
        ("page=-1", "a year, a month"),
        ("order=up", "new, old"),
        ("q=%00", "200 characters"),
        ("q=!!!", "200 characters"),
        (urlencode({"q": "x" * 10_000}), "200 characters"),
        ("differ=2", "1"),
        ("person=a&amp;person=b", "q, from, to"),
        ("q=%ff%fe%00", "200 characters"),
        (urlencode({"person": [f"p-{number}" for number in range(500)]}, doseq=True), "/people/"),
    ],
)
def test_a_bad_question_is_answered_in_words_in_every_format(client, query, accepted):
    name = query.partition("=")[0].replace("a[]", "a")[:6]
    for kind in FORMATS:
        response = client.get(f"/{kind.path}?{query}")
        assert response.status_code == 400
        assert "ETag" not in response
        assert response["Access-Control-Allow-Origin"] == "*"
        if kind.media_type.endswith("json"):
            problem = json.loads(response.content)
            assert response["Content-Type"] == "application/problem+json"
            assert problem["status"] == 400
            assert problem["title"]
            assert any(accepted in error["accepted"] for error in problem["errors"])
        else:
            media_type, shown = ("text/html", f"“{name}") if kind.is_framed else ("text/plain", f"- {name}")
            assert response["Content-Type"] == f"{media_type}; charset=utf-8"
            assert shown in response.text
            assert accepted in response.text


@EVERY
def test_what_nobody_knows_is_not_found(client, path):
    assert client.get(f"{path}?person=nobody").status_code == 404
    assert client.get(f"{path}?person=nobody&from=x").status_code == 400


def test_a_renamed_record_leads_to_its_new_name(client):
    person = PersonFactory(slug="old-name")
    publish_entry(people=[person])
    person.slug = "new-name"
    person.save()
    for path in PATHS:
        answer = client.get(f"{path}?to=2030&person=old-name")
        assert (answer.status_code, answer["Location"]) == (301, f"{path}?to=2030&person=new-name")
        assert client.get(answer["Location"]).status_code == 200


# -- the registry -------------------------------------------------------------------------


def test_a_made_up_format_is_one_object(client, hostile, rf, monkeypatch):
    """It is made piece by piece, takes a parameter of its own, and is listed wherever people look for formats."""
    kind = replace(
        atom.FORMAT,
        path="lines.txt",
        label="Lines",
        media_type="text/plain",
        render=lambda answer: (f"{one['headline']}\n".encode() for one in answer.documents()),
        parameters=[FormatParameter("loud", "1", "1")],
        variants=[("Loud lines", {"loud": "1"})],
        scheme="webcal",
        filename="lines.txt",
        is_feed=False,
        is_announced=False,
    )
    view = formats.at(kind)
    response = view(rf.get("/lines.txt?commodity=beef&order=new&loud=1"))
    newest_first = response.getvalue().decode().removesuffix("\n").split("\n")
    plain, _space, full = response["Content-Disposition"].partition(" filename*=UTF-8''")
    assert (plain, full) == (
        'attachment; filename="lines.txt";',
        "Test%20Chronology%20Entries%20about%20Beef%20-%20lines.txt",
    )
    oldest_first = view(rf.get("/lines.txt?commodity=beef")).getvalue().decode().removesuffix("\n").split("\n")
    assert oldest_first == newest_first[::-1]
    assert view(rf.get("/lines.txt?loud=2")).status_code == 400
    assert client.get("/feed.atom?loud=1").status_code == 400

    monkeypatch.setattr(follow, "FORMATS", [*FORMATS, kind])
    monkeypatch.setattr(follow, "_ways", follow._ways.__wrapped__)
    page = BeautifulSoup(client.get("/feeds/?commodity=beef&order=new").content, "html.parser")
    listed = {link["href"] for link in page.select(".formats a")}
    base = absolute("")
    assert {f"{path}?commodity=beef" for path in PATHS} | {"/lines.txt?commodity=beef&loud=1"} <= listed
    assert f"webcal:{base.partition(':')[2]}/lines.txt?commodity=beef" in listed
    copied = [code.get_text() for code in page.select(".formats code")]
    assert f"{base}/feed.atom?commodity=beef" in copied
    announced = [link["href"] for link in page.select('head link[rel="alternate"][id]')]
    assert announced == [f"/feed.{end}?commodity=beef" for end in ("atom", "rss", "json")]


def test_the_page_about_feeds_names_every_format_and_its_examples_work(client, hostile):
    page = BeautifulSoup(client.get("/feeds/").content, "html.parser")
    links = {link["href"] for link in page.main.select("a[href]")}
    assert set(PATHS) <= links
    examples = [link for link in links if "?" in link]
    assert examples
    assert all(client.get(link).status_code == 200 for link in examples)
    assert "/feeds/" in {link["href"] for link in page.footer.select("a[href]")}


@pytest.mark.parametrize("path", ["/", "/feed.atom", "/entries.csv", "/feeds/"])
def test_another_method_is_refused_as_such_and_not_as_a_forgery(path):
    answer = Client(enforce_csrf_checks=True).post(path)
    assert (answer.status_code, "GET" in answer["Allow"]) == (405, True)


@pytest.mark.parametrize(
    "address", ["/calendar.ics?fuzzy=x&fuzzy=span", "/embed/?limit=3&limit=5", "/feed.rss?archive=0.0&archive=1.1"]
)
def test_an_option_of_a_format_is_given_once(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert "once." in answer.text

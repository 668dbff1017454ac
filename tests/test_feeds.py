"""The feeds: each of the findings about Django's own feeds, and what picky readers check."""

import datetime
import xml.etree.ElementTree as ET

import feedparser
import pytest
from lxml import etree

from tests.factories import (
    CommodityFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    chronology,
    draft_entry,
    publish,
    publish_entry,
)
from timeline.models import Edition, PublishedEntry

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}
BOTH = pytest.mark.parametrize("path", ["/feed.atom", "/feed.rss"])


@pytest.fixture
def beef():
    return CommodityFactory(name="Beef")


def parsed(client, address):
    response = client.get(address)
    assert response.status_code == 200
    etree.fromstring(response.content)  # well-formed by a strict parser
    feed = feedparser.parse(response.content)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def atom(client, address):
    return ET.fromstring(client.get(address).content)


# -- the same question --------------------------------------------------------------------


@BOTH
def test_a_feed_carries_the_entries_of_its_question(client, path, beef):
    publish_entry(title="About beef", commodities=[beef])
    publish_entry(title="About nothing")
    assert {item.title for item in parsed(client, path).entries} == {"About beef", "About nothing"}
    assert [item.title for item in parsed(client, f"{path}?commodity=beef").entries] == ["About beef"]


@BOTH
def test_self_alternate_and_title_carry_the_filter(client, path, beef, settings):
    publish_entry(commodities=[beef])
    feed = parsed(client, f"{path}?q=&to=2025&commodity=beef").feed
    links = {link.rel: link.href for link in feed.links}
    assert links["self"] == f"{settings.BASE_URL}{path}?commodity=beef&to=2025"
    assert feed.link == f"{settings.BASE_URL}/?commodity=beef&to=2025"
    assert feed.title == "Test Chronology: Entries about Beef, until 2025"


def test_each_filter_has_its_own_id_however_it_is_written(client, beef):
    publish_entry(commodities=[beef])
    identity = {
        query: atom(client, f"/feed.atom?{query}").findtext("a:id", namespaces=ATOM)
        for query in ("", "commodity=beef&to=2025", "to=2025&commodity=beef&order=new", "commodity=beef")
    }
    assert identity["commodity=beef&to=2025"] == identity["to=2025&commodity=beef&order=new"]
    assert len(set(identity.values())) == 3
    assert all(value.startswith("tag:") for value in identity.values())


@pytest.mark.parametrize(
    "query", ["from=2025-13", "foo=1", "page=abc", "order=up", "q=%00", "q=!!!", "from=2025&to=2024", "archive=x"]
)
@BOTH
def test_a_bad_question_is_answered_400_in_words(client, path, query):
    response = client.get(f"{path}?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert f"- {query.partition('=')[0]}: " in response.text


# -- identity and time --------------------------------------------------------------------


@BOTH
def test_the_id_of_an_entry_survives_a_new_title_and_address(client, path):
    entry = publish_entry(title="Before", slug="before")
    before = parsed(client, path).entries[0].id
    entry.title, entry.slug = "After", "after"
    publish(entry)
    after = parsed(client, path).entries[0]
    assert (after.id, after.title) == (before, "After")
    assert str(entry.uid) in before


@pytest.mark.parametrize(("change", "moves"), [("minor", False), ("update", True), ("correction", True)])
def test_published_stays_and_updated_moves_unless_the_edit_is_minor(client, monkeypatch, change, moves):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    entry = publish_entry()
    monkeypatch.undo()
    entry.change = change
    if change == "correction":
        entry.correction_wrong, entry.correction_right = "It said 24.", "It is 25."
    publish(entry)
    item = atom(client, "/feed.atom").find("a:entry", ATOM)
    assert item.findtext("a:published", namespaces=ATOM) == "2026-01-01T00:00:00Z"
    assert (item.findtext("a:updated", namespaces=ATOM) > "2026-01-01T00:00:00Z") is moves


def test_times_are_rfc_3339_in_utc_without_fractions(client):
    publish_entry()
    root = atom(client, "/feed.atom")
    for moment in root.iterfind(".//a:updated", ATOM):
        datetime.datetime.strptime(moment.text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)


@BOTH
def test_an_empty_feed_is_valid_and_stays_the_same(client, path):
    publish_entry()
    first = client.get(f"{path}?q=nothing")
    second = client.get(f"{path}?q=nothing")
    assert parsed(client, f"{path}?q=nothing").entries == []
    assert first.content == second.content
    assert first["ETag"] == second["ETag"]


# -- HTTP ---------------------------------------------------------------------------------


@BOTH
def test_get_and_head_have_the_same_validators(client, path):
    publish_entry()
    get, head = client.get(path), client.head(path)
    for name in ("ETag", "Last-Modified", "Cache-Control", "Content-Type"):
        assert get[name] == head[name]
    assert head.getvalue() == b""
    assert "Content-Length" not in head  # not known: nothing was rendered


@BOTH
def test_an_up_to_date_reader_gets_304_with_the_same_headers(client, path):
    publish_entry()
    full = client.get(path)
    for condition in ({"If-None-Match": full["ETag"]}, {"If-Modified-Since": full["Last-Modified"]}):
        answer = client.get(path, headers=condition)
        assert answer.status_code == 304
        assert answer["ETag"] == full["ETag"]
        assert answer["Cache-Control"] == full["Cache-Control"]


@BOTH
def test_withdrawing_an_older_entry_reaches_readers_that_ask_by_date_only(client, path):
    older = publish_entry(title="Older")
    publish_entry(title="Newer")
    backdate()
    seen = client.get(path)["Last-Modified"]
    older.unpublish()
    answer = client.get(path, headers={"If-Modified-Since": seen})
    assert answer.status_code == 200
    assert [item.title for item in feedparser.parse(answer.content).entries] == ["Newer"]


@BOTH
def test_editing_a_person_reaches_readers(client, path, django_capture_on_commit_callbacks):
    person = PersonFactory(family_name="Old", given_name="Name")
    publish_entry(people=[person])
    etag = client.get(path)["ETag"]
    with django_capture_on_commit_callbacks(execute=True):
        person.family_name = "New"
        person.save()
    answer = client.get(path, headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert "Name New" in answer.text


def backdate() -> None:
    """Make the last public change an hour old: HTTP dates have no fractions of a second."""
    edition = Edition.objects.get()
    edition.changed_at -= datetime.timedelta(hours=1)
    edition.save()


def test_garbage_validators_are_ignored(client):
    publish_entry()
    answer = client.get("/feed.atom", headers={"If-None-Match": "x", "If-Modified-Since": "the other day"})
    assert answer.status_code == 200


@BOTH
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_methods_are_refused_with_allow(client, path, method):
    answer = getattr(client, method)(path)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_feeds_set_no_cookie_and_may_be_read_from_any_page(client):
    answer = client.get("/feed.atom")
    assert answer.cookies == {}
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"


# -- content ------------------------------------------------------------------------------


def test_an_entry_carries_its_whole_content_with_absolute_links(client, beef, settings):
    source = SourceFactory(title="The report")
    entry = draft_entry(
        title="Everything", sources=[source], commodities=[beef], people=[PersonFactory()], statements=["They met."]
    )
    add_figure(entry, source)
    add_disagreement(entry, **{"an hour": source, "50 minutes": SourceFactory()})
    publish(entry)
    item = parsed(client, "/feed.atom").entries[0]
    content = item.content[0].value
    for text in ("16 April 2025", "They met.", "25%", "How long did they meet?", "50 minutes", "The report"):
        assert text in content
    assert f'href="{settings.BASE_URL}/sources/the-report/"' in content
    assert 'href="/' not in content
    assert item.summary == entry.summary
    assert {(tag.term, tag.scheme, tag.label) for tag in item.tags} >= {
        ("beef", f"{settings.BASE_URL}/commodities/", "Beef"),
        ("talks", f"{settings.BASE_URL}/categories/", "Talks"),
    }


HOSTILE = ["emoji 🍚", "日米貿易", "a & b", "<b>bold</b>", "=1+1", "]]>", "right\u200fto\u200eleft", "x" * 10_000]


@BOTH
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_arrives_as_it_was_written(client, path, text):
    publish_entry(title=text[:200], summary=text, slug="hostile")
    item = parsed(client, path).entries[0]
    root = ET.fromstring(client.get(path).content)
    titles = [element.text for element in root.iter() if element.tag.endswith("title")]
    assert text[:200] in titles
    assert item.id


@BOTH
def test_a_character_xml_forbids_cannot_take_a_feed_down(client, path):
    publish_entry(title="Good")
    PublishedEntry.objects.update(
        document={**PublishedEntry.objects.get().document, "headline": "Bell \x07 and \ufffe"}
    )
    assert parsed(client, path).entries[0].title == "Bell  and"


@BOTH
def test_drafts_never_reach_a_feed(client, path):
    entry = publish_entry(title="Public")
    entry.title = "Secret new title"
    entry.save_revision()
    draft_entry(title="Secret draft")
    assert "Secret" not in client.get(path).text


@BOTH
@pytest.mark.parametrize("entries", [1, 3])
def test_a_feed_costs_the_same_queries_whatever_it_holds(client, path, entries, beef, django_assert_num_queries):
    for _number in range(entries):
        publish_entry(commodities=[beef], people=[PersonFactory()])
    with django_assert_num_queries(4):  # edition, entries, withdrawals, documents
        assert len(feedparser.parse(client.get(path).content).entries) == entries
    with django_assert_num_queries(3):  # what was made of the documents is kept
        assert len(feedparser.parse(client.get(path).content).entries) == entries
    with django_assert_num_queries(4):  # and what the filter names
        assert len(feedparser.parse(client.get(f"{path}?commodity=beef").content).entries) == entries
    etag = client.get(path)["ETag"]
    with django_assert_num_queries(1):
        client.head(path)
    with django_assert_num_queries(1):
        client.get(path, headers={"If-None-Match": etag})


def test_a_feed_is_bounded(client, monkeypatch):
    monkeypatch.setattr("timeline.formats.latest.FEED_SIZE", 2)
    for _number in range(3):
        publish_entry()
    assert len(parsed(client, "/feed.atom").entries) == 2


def test_the_strapline_is_the_subtitle(client):
    page = chronology()
    page.strapline = "What was said and signed."
    page.save_revision().publish()
    assert atom(client, "/feed.atom").findtext("a:subtitle", namespaces=ATOM) == "What was said and signed."

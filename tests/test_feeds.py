"""The feeds: each of the findings about Django's own feeds, and what picky readers check. DECISIONS 46."""

import datetime
import html
import re
import xml.etree.ElementTree as ET

import feedparser
import jsonschema
import pytest
from django.core.cache import caches
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests import schemas
from tests.factories import (
    CommodityFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    change,
    chronology,
    draft_entry,
    publish,
    publish_entry,
)
from timeline.formats import feed
from timeline.models import Edition, EntryPage, HSCode, PublishedEntry, Version, Withdrawal
from timeline.public.site import absolute

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}
FH = "{http://purl.org/syndication/history/1.0}"
AT = "{http://purl.org/atompub/tombstones/1.0}"
XML = ["/feed.atom", "/feed.rss"]
ALL = [*XML, "/feed.json"]


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
    """The document, held against the schema of RFC 4287."""
    body = client.get(address).content
    schemas.ATOM.assertValid(etree.fromstring(body))
    return ET.fromstring(body)


def json_feed(client, address):
    """The document, held against the text of JSON Feed 1.1."""
    feed = client.get(address).json()
    jsonschema.validate(feed, schemas.JSON_FEED)
    return feed


def linked(document, relation):
    """Where a link of an Atom or RSS document leads, without the host."""
    urls = [link.get("href") for link in document.iter(f"{{{ATOM['a']}}}link") if link.get("rel") == relation]
    return urls[0].removeprefix(absolute("")) if urls else ""


# -- the same question --------------------------------------------------------------------


def test_a_feed_carries_the_entries_and_the_words_of_its_question(client, beef, settings):
    publish_entry(title="About beef", commodities=[beef])
    publish_entry(title="About nothing")
    for path in XML:
        assert {item.title for item in parsed(client, path).entries} == {"About beef", "About nothing"}
        found = parsed(client, f"{path}?q=&to=2025&commodity=beef")
        assert [item.title for item in found.entries] == ["About beef"]
        links = {link.rel: link.href for link in found.feed.links}
        assert links["self"] == f"{settings.BASE_URL}{path}?commodity=beef&to=2025"
        assert found.feed.link == f"{settings.BASE_URL}/?commodity=beef&to=2025"
        assert found.feed.title == "Test Chronology: Entries about Beef, until 2025"


def test_each_filter_has_its_own_id_however_it_is_written(client, beef):
    publish_entry(commodities=[beef])
    identity = {
        query: atom(client, f"/feed.atom?{query}").findtext("a:id", namespaces=ATOM)
        for query in ("", "commodity=beef&to=2025", "to=2025&commodity=beef&order=new", "commodity=beef")
    }
    assert identity["commodity=beef&to=2025"] == identity["to=2025&commodity=beef&order=new"]
    assert len(set(identity.values())) == 3
    assert all(value.startswith("tag:") for value in identity.values())


# -- identity and time --------------------------------------------------------------------


def test_the_id_of_an_entry_survives_a_new_title_and_address(client):
    entry = publish_entry(title="Before", slug="before")
    before = {path: parsed(client, path).entries[0].id for path in XML}
    entry.title, entry.slug = "After", "after"
    publish(entry)
    for path in XML:
        after = parsed(client, path).entries[0]
        assert (after.id, after.title) == (before[path], "After")
        assert str(entry.uid) in after.id


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
    for moment in atom(client, "/feed.atom").iterfind(".//a:updated", ATOM):
        datetime.datetime.strptime(moment.text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)


def test_an_empty_feed_is_valid_and_stays_the_same(client):
    publish_entry()
    for path in ALL:
        first, second = (client.get(f"{path}?q=nothing") for _ in range(2))
        assert first.content == second.content
        assert first["ETag"] == second["ETag"]
    atom(client, "/feed.atom?q=nothing")
    assert parsed(client, "/feed.rss?q=nothing").entries == json_feed(client, "/feed.json?q=nothing")["items"] == []


# -- HTTP ---------------------------------------------------------------------------------


def test_editing_a_person_reaches_readers(client, django_capture_on_commit_callbacks):
    person = PersonFactory(family_name="Old", given_name="Name")
    publish_entry(people=[person])
    etags = {path: client.get(path)["ETag"] for path in ALL}
    with django_capture_on_commit_callbacks(execute=True):
        person.family_name = "New"
        person.save()
    for path, etag in etags.items():
        answer = client.get(path, headers={"If-None-Match": etag})
        assert answer.status_code == 200
        assert "Name New" in answer.text


def test_garbage_validators_are_ignored(client):
    publish_entry()
    answer = client.get("/feed.atom", headers={"If-None-Match": "x", "If-Modified-Since": "the other day"})
    assert answer.status_code == 200


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


def test_a_character_xml_forbids_cannot_take_a_feed_down(client):
    publish_entry(title="Good")
    PublishedEntry.objects.update(
        document={**PublishedEntry.objects.get().document, "headline": "Bell \x07 and \ufffe"}, digest="of that"
    )
    for path in XML:
        assert parsed(client, path).entries[0].title == "Bell  and"


def test_drafts_never_reach_a_feed(client):
    entry = publish_entry(title="Public")
    entry.title = "Secret new title"
    entry.save_revision()
    draft_entry(title="Secret draft")
    for path in ALL:
        assert "Secret" not in client.get(path).text


def test_a_feed_costs_the_same_queries_whatever_it_holds(client, beef, django_assert_num_queries):
    for entries in (1, 3):
        while PublishedEntry.objects.count() < entries:
            publish_entry(commodities=[beef], people=[PersonFactory()])
        for path in XML:
            # edition, last change (2), entries, withdrawals, items; those of Atom were made with the entry
            with django_assert_num_queries(6 if path == "/feed.atom" else 7):
                assert len(feedparser.parse(client.get(path).content).entries) == entries
            with django_assert_num_queries(1):  # a document that was made is kept
                client.get(path)
            caches["feeds"].clear()
            with django_assert_num_queries(4):  # and so is what was made of each entry, and the last change
                client.get(path)
            with django_assert_num_queries(7):  # and what the filter names
                assert len(feedparser.parse(client.get(f"{path}?commodity=beef").content).entries) == entries


def test_the_strapline_is_the_subtitle(client):
    page = chronology()
    page.strapline = "What was said and signed."
    page.save_revision().publish()
    assert atom(client, "/feed.atom").findtext("a:subtitle", namespaces=ATOM) == "What was said and signed."


# -- JSON Feed ----------------------------------------------------------------------------


def test_json_feed_carries_the_same_entries_and_what_is_known_as_data(client, beef, settings):
    source = SourceFactory(title="The report", url="https://example.org/report")
    HSCode.objects.create(commodity=beef, code="0201")
    person = PersonFactory(family_name="Akazawa", given_name="Ryosei", slug="akazawa")
    entry = draft_entry(title="Talks", date="2025-04", sources=[source], commodities=[beef], people=[person])
    add_figure(entry, source)
    publish(entry)
    publish_entry(title="Other")
    feed = json_feed(client, "/feed.json?commodity=beef")
    assert (feed["feed_url"], feed["home_page_url"]) == (
        f"{settings.BASE_URL}/feed.json?commodity=beef",
        f"{settings.BASE_URL}/?commodity=beef",
    )
    assert feed["title"] == parsed(client, "/feed.atom?commodity=beef").feed.title
    [item] = feed["items"]
    same = parsed(client, "/feed.atom?commodity=beef").entries[0]
    assert (item["id"], item["url"], item["title"]) == (same.id, same.link, same.title)
    assert (item["date_published"], item["date_modified"]) == (same.published, same.updated)
    assert item["content_html"] == same.content[0].value
    assert "external_url" not in item
    data = item["_nenpyo"]
    assert data["date"] == {
        "text": "April 2025",
        "edtf": "2025-04",
        "lower": "2025-04-01",
        "upper": "2025-04-30",
        "precision": "month",
        "basis": "stated",
    }
    assert data["people"] == [{"slug": "akazawa", "name": "Ryosei Akazawa"}]
    assert data["commodities"] == [{"slug": "beef", "name": "Beef", "hs_codes": ["0201"]}]
    assert data["figures"][0]["value"] == "25"
    assert data["figures"][0]["citations"] == [source.number]
    assert data["sources"] == {str(source.number): "https://example.org/report"}


# -- what came before (RFC 5005) ----------------------------------------------------------


@pytest.fixture
def five(monkeypatch):
    """Five entries, an hour apart, with two to a document; the first one was updated an hour ago."""
    monkeypatch.setattr("timeline.formats.archives.FEED_SIZE", 2)
    now = timezone.now().replace(microsecond=0)  # as documents have it
    for number in range(1, 6):
        entry = publish_entry(title=f"Entry {number}")
        moment = now - datetime.timedelta(hours=7 - number)
        updated = now - datetime.timedelta(hours=1) if number == 1 else moment
        PublishedEntry.objects.filter(pk=entry.pk).update(published_at=moment, updated_at=updated)


def walk(client, address, read, relation):
    """The documents from ``address`` on, as ``{address: [title]}``."""
    found = {}
    while address:
        assert address not in found
        document = read(client, address)
        found[address] = [title.text for title in document.iterfind(".//{*}entry/{*}title")] or [
            title.text for title in document.iterfind(".//item/title")
        ]
        address = linked(document, relation)
    return found


def rss(client, address):
    parsed(client, address)
    return ET.fromstring(client.get(address).content)


def test_archives_lead_back_to_the_first_entry(client, five):
    for path, read in (("/feed.atom", atom), ("/feed.rss", rss)):
        found = walk(client, path, read, "prev-archive")
        assert list(found.values()) == [
            ["Entry 1", "Entry 5"],  # the latest news first: an update
            ["Entry 4", "Entry 3"],
            ["Entry 2", "Entry 1"],
        ]
        back = walk(client, list(found)[-1], read, "next-archive")
        assert list(back) == list(found)[:0:-1]
        for number, address in enumerate(found):
            document = read(client, address)
            assert (document.find(f".//{FH}archive") is not None) is (number > 0)
            assert document.find(f".//{FH}complete") is None
            assert linked(document, "self") == address
            assert linked(document, "current") == (path if number else "")
    address, pages = "/feed.json", []
    while address:
        pages.append(json_feed(client, address))
        address = pages[-1].get("next_url", "").removeprefix(absolute(""))
    assert len({page["feed_url"] for page in pages}) == len(pages) == 3
    assert {item["title"] for page in pages for item in page["items"]} == {f"Entry {n}" for n in range(1, 6)}
    for method in (client.get, client.head):  # archives that nothing links to
        assert method("/feed.atom?archive=9999999999999999.1").status_code == 404
        assert method("/feed.atom?archive=99999999999999999.1").status_code == 400


def test_what_is_published_later_moves_no_archive(client, five):
    before = walk(client, "/feed.atom", atom, "prev-archive")
    publish_entry(title="Entry 6")
    PublishedEntry.objects.filter(slug="entry-2").update(updated_at=timezone.now() + datetime.timedelta(hours=1))
    after = walk(client, "/feed.atom", atom, "prev-archive")
    assert list(after)[1:] == list(before)[1:]
    assert after["/feed.atom"] == ["Entry 2", "Entry 6", "Entry 5"]  # 5 is in no archive yet
    del before["/feed.atom"], after["/feed.atom"]
    assert after == before


def test_archives_carry_the_filter_and_the_id_of_their_feed(client, five, beef):
    for number in range(3):
        publish_entry(title=f"Beef {number}", commodities=[beef])
    first = atom(client, "/feed.atom?commodity=beef")
    address = linked(first, "prev-archive")
    archive = atom(client, address)
    assert "commodity=beef" in address
    assert [title.text for title in archive.iterfind("a:entry/a:title", ATOM)] == ["Beef 1", "Beef 0"]
    assert archive.findtext("a:id", namespaces=ATOM) == first.findtext("a:id", namespaces=ATOM)


def test_changes_lead_back_to_the_first_one_and_take_withdrawals_along(client, monkeypatch, history):
    monkeypatch.setattr("timeline.formats.archives.FEED_SIZE", 2)
    for path, read in (("/changes.atom", atom), ("/changes.rss", rss)):
        found = walk(client, path, read, "prev-archive")
        assert list(found.values()) == [
            ["An entry was withdrawn", "New: Other talks"],
            ["New: Other talks", "Correction: Beef talks"],
            ["Update: Beef talks", "New: Beef talks"],
        ]
        assert list(walk(client, list(found)[-1], read, "next-archive")) == list(found)[:0:-1]
    assert "archive=" in json_feed(client, "/changes.json")["next_url"]
    assert client.get("/corrections.atom?archive=0.0").status_code == 200
    assert client.get("/corrections.atom?archive=9999999999999999.1").status_code == 404


def test_a_feed_has_a_largest_size_and_says_where_the_rest_is(client, monkeypatch):
    monkeypatch.setattr("timeline.formats.feed.MAX_BYTES", 30_000)
    goods = CommodityFactory(name="Beef")
    for number in range(4):
        publish_entry(
            title=f"Long {number}", summary="Tariffs. " * 200, statements=["日米" * 900], commodities=[goods]
        )
    for path in ALL:
        body = client.get(path).content
        assert len(body) <= 30_000
        items = feedparser.parse(body).entries or json_feed(client, path)["items"]
        assert [item["title"] for item in items] == ["Long 3", "Long 2", "Long 1", "Long 0"]
        whole = ["日米日米" in str(item) for item in items]
        assert whole[0]
        assert not whole[-1]
        assert sorted(whole, reverse=True) == whole
        assert "read it whole, with its sources</a>" in str(items[-1])
        assert "/entries/long-0/" in str(items[-1])
        assert "Beef" in str(items[-1])
    atom(client, "/feed.atom")
    for number in range(4):
        entry = EntryPage.objects.get(slug=f"long-{number}")
        change(entry, "correction", "誤り" * 290, "正しい" * 190)
    for path in ("/changes.atom", "/corrections.rss", "/corrections.json"):
        assert len(client.get(path).content) <= 30_000
    assert "/entries/long-0/#correction-1" in client.get("/corrections.rss").text


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), max_size=12),
    st.integers(0, 400),
)
def test_as_many_items_as_have_room_are_whole_and_no_more_are_made_brief_than_may_have_to_be(sizes, most):
    whole = [f"{number:02}w".ljust(one, ".") for number, (one, _short) in enumerate(sizes)]
    briefs = [f"{number:02}b".ljust(short, ".") for number, (_one, short) in enumerate(sizes)]
    asked = []

    def document(_feed, items):
        return ",".join([*items, ""]).encode()

    def brief(number):
        asked.append(number)
        return briefs[len(briefs) - number :]

    def written(number):
        last = (min(pair, key=len) for pair in zip(whole[number:], briefs[number:], strict=True))
        return document(None, [*whole[:number], *last])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed, "MAX_BYTES", most)
        found = feed.fitted(feed.Syntax("test", str, document), None, whole, brief)
    assert found == next((one for one in map(written, range(len(whole), -1, -1)) if len(one) <= most), written(0))
    spared = [len(one) - min(len(one), len(short)) for one, short in zip(whole, briefs, strict=True)]
    over = len(document(None, whole)) - most
    if over <= 0:
        assert not asked
    elif all(2 * less >= len(one) + 1 for less, one in zip(spared, whole, strict=True)) and whole:
        assert len(asked) == 1


# -- what is gone (RFC 6721) --------------------------------------------------------------


def test_a_withdrawn_entry_becomes_a_tombstone_and_leaves_the_other_feeds(client, beef):
    entry = publish_entry(title="Wrong", commodities=[beef])
    publish_entry(title="Right")
    identity = next(item.id for item in parsed(client, "/feed.atom").entries if item.title == "Wrong")
    entry.withdrawal_reason = "The report was retracted."
    entry.unpublish()
    when = Withdrawal.objects.get().withdrawn_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    for address in ("/feed.atom", "/feed.atom?commodity=beef", "/feed.atom?q=nothing"):
        document = atom(client, address)
        [grave] = document.findall(f"{AT}deleted-entry")
        assert (grave.get("ref"), grave.get("when")) == (identity, when)
        assert grave.findtext(f"{AT}comment") == "The report was retracted."
        assert "Wrong" not in ET.tostring(document, encoding="unicode")
        assert document.findtext("a:updated", namespaces=ATOM) >= when
    assert [item.title for item in parsed(client, "/feed.rss").entries] == ["Right"]
    assert [item["title"] for item in json_feed(client, "/feed.json")["items"]] == ["Right"]


def test_a_tombstone_stands_for_ninety_days(client):
    publish_entry().unpublish()
    for days, told in ((89, True), (91, False)):
        Withdrawal.objects.update(withdrawn_at=Edition.objects.get().changed_at - datetime.timedelta(days=days))
        caches["feeds"].clear()
        assert (atom(client, "/feed.atom").find(f"{AT}deleted-entry") is not None) is told


def test_an_entry_that_is_back_has_no_tombstone_and_is_news(client):
    """Also as a minor edit: its tombstone told readers to drop what was older."""
    entry = publish_entry(title="Back again")
    entry.unpublish()
    gone = atom(client, "/feed.atom").find(f"{AT}deleted-entry").get("when")
    change(EntryPage.objects.get(pk=entry.pk), "minor")
    document = atom(client, "/feed.atom")
    assert document.find(f"{AT}deleted-entry") is None
    assert document.findtext("a:entry/a:title", namespaces=ATOM) == "Back again"
    assert document.findtext("a:entry/a:updated", namespaces=ATOM) >= gone
    told = json_feed(client, "/changes.json")["items"][0]
    assert (told["title"], told["summary"][:12]) == ("Update: Back again", "Public again")


# -- when it changed ----------------------------------------------------------------------


def test_a_correction_is_told_where_the_entry_is(client):
    entry = publish_entry(summary="They met for 25 minutes.")
    entry.change, entry.correction_wrong, entry.correction_right = "correction", "It said 24.", "It is 25."
    publish(entry)
    for path in ALL:
        text = client.get(path).text
        assert "Corrected: They met for 25 minutes." in text
        assert "It said 24. It is 25." in text


def test_a_filter_moves_with_its_own_entries_only(client, beef, settings):
    """An empty feed says when its ids begin; no publication elsewhere moves it."""
    settings.NENPYO_TAG_AUTHORITY = "example.org,2020-03"
    publish_entry(commodities=[beef], date="2024")
    address = "/feed.atom?commodity=beef&from=2025"
    assert atom(client, address).findtext("a:updated", namespaces=ATOM) == "2020-03-01T00:00:00Z"
    entry = publish_entry(commodities=[beef], date="2025")
    moment = entry.first_published_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    publish_entry()
    assert atom(client, address).findtext("a:updated", namespaces=ATOM) == moment


# -- changes ------------------------------------------------------------------------------


@pytest.fixture
def history(beef):
    """An entry with one version of each kind, a second entry, and one that is gone."""
    entry = publish_entry(title="Beef talks", slug="beef-talks", commodities=[beef])
    entry = change(entry, "minor")
    entry = change(entry, "update", "A second source was added.")
    entry = change(entry, "correction", "It said 24.", "It is 25.")
    publish_entry(title="Other talks")
    gone = publish_entry(title="Unmentionable", slug="gone")
    gone.withdrawal_reason = "The report was retracted."
    gone.unpublish()
    return entry


def test_every_change_has_an_item_and_an_id_of_its_own(client, history, django_assert_num_queries):
    with django_assert_num_queries(6):  # edition, last change (2), versions, withdrawals, entries
        client.get("/changes.atom")
    document = atom(client, "/changes.atom")
    items = {item.findtext("a:title", namespaces=ATOM): item for item in document.iterfind("a:entry", ATOM)}
    assert set(items) == {
        "New: Beef talks",
        "Update: Beef talks",
        "Correction: Beef talks",
        "New: Other talks",
        "An entry was withdrawn",
    }
    ids = {title: item.findtext("a:id", namespaces=ATOM) for title, item in items.items()}
    assert ids["Correction: Beef talks"].endswith(f":change:{history.uid}:4")
    assert len(set(ids.values())) == 5
    assert "A second source was added." in items["Update: Beef talks"].findtext("a:content", namespaces=ATOM)
    assert "It said 24. It is 25." in items["Correction: Beef talks"].findtext("a:content", namespaces=ATOM)
    assert "The report was retracted." in items["An entry was withdrawn"].findtext("a:content", namespaces=ATOM)
    assert "Unmentionable" not in client.get("/changes.atom").text
    assert document.findtext("a:id", namespaces=ATOM) != atom(client, "/feed.atom").findtext("a:id", namespaces=ATOM)
    assert len(parsed(client, "/changes.rss").entries) == len(json_feed(client, "/changes.json")["items"]) == 5


def test_changes_and_corrections_keep_to_the_filter_and_link_to_versions(client, history):
    def titles(address):
        return [item["title"] for item in json_feed(client, address)["items"]]

    assert titles("/changes.json?commodity=beef") == [
        "Correction: Beef talks",
        "Update: Beef talks",
        "New: Beef talks",
    ]
    assert titles("/corrections.json") == titles("/corrections.json?commodity=beef") == ["Correction: Beef talks"]
    assert titles("/corrections.json?q=elsewhere") == []
    atom(client, "/corrections.atom")
    atom(client, "/corrections.atom?q=elsewhere")
    for item in json_feed(client, "/changes.json")["items"]:
        for address in re.findall(r'href="([^"]+)"', item["content_html"]):
            gone = item["title"] == "An entry was withdrawn"
            path = html.unescape(address).removeprefix(absolute(""))
            assert client.get(path).status_code == (410 if gone else 200)


def test_removed_words_are_in_no_feed(client, history):
    Version.objects.filter(change="correction").update(
        redaction="privacy", redacted_at=history.first_published_at, wrong="", right="", document={}
    )
    [item] = json_feed(client, "/corrections.json")["items"]
    assert "It said" not in item["content_html"]
    assert "protect a person" in item["content_html"]


def test_words_of_a_summary_that_look_like_markup_arrive_as_words(client):
    """RSS readers take a description for HTML (RSS Best Practices Profile, "description")."""
    publish_entry(summary="The rate is <b>under</b> 5 & falling.")
    channel = etree.fromstring(client.get("/feed.rss").content).find("channel")
    assert channel.findtext("item/description") == "The rate is &lt;b&gt;under&lt;/b&gt; 5 &amp; falling."

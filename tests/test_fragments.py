"""Rendered parts of entries are kept, and never as what the entry was not."""

import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError
from django.utils import translation

from tests.factories import (
    CategoryFactory,
    change,
    chronology,
    publish_entry,
)
from tests.specimens import publish_specimens
from timeline.edition import rebuild, refresh_outdated
from timeline.filters.paging import list_entries
from timeline.models import EntryPage, Fragment, PublishedEntry, Term
from timeline.public import fragments

pytestmark = pytest.mark.django_db


def test_an_entry_that_changes_or_goes_between_two_queries_of_a_reader():
    entry = publish_entry(title="Talks")
    rows = list(PublishedEntry.objects.for_feed())

    def rendered():
        return fragments.rendered("headline", rows, lambda document: document["headline"])

    change(entry, "minor", title="Talks about beef")
    assert rendered() == {entry.pk: "Talks about beef"}
    EntryPage.objects.get(pk=entry.pk).unpublish()
    assert rendered() == {}, "the new headline was not kept under the old digest"


@pytest.mark.parametrize("address", ["/", "/?q=talks", "/categories/talks/"])
def test_an_entry_that_goes_while_a_page_is_made_is_left_out(client, monkeypatch, address):
    publish_entry(title="These talks stay", category=CategoryFactory(name="Talks"))
    going = publish_entry(title="These talks go", category=CategoryFactory(name="Talks"))

    def gone_meanwhile(question):
        listing = list_entries(question)
        going.unpublish()
        return listing

    for view in ("chronology", "records"):
        monkeypatch.setattr(f"timeline.views.{view}.list_entries", gone_meanwhile)
    page = client.get(address)
    assert page.status_code == 200
    words = BeautifulSoup(page.content, "html.parser").get_text()
    assert "These talks stay" in words
    assert "These talks go" not in words


def cards():
    return dict(Fragment.objects.filter(kind="card").values_list("entry", "text"))


def test_a_card_is_made_when_its_entry_is_published_and_shown_from_there(client):
    with translation.override("ja"):  # an editor's language, not that of the site
        entry = publish_entry(title="Talks")
    (kept,) = cards().values()
    assert kept.startswith(f"{entry.get_absolute_url()}\n<article")
    Fragment.objects.update(text=kept.replace("Talks", "These are kept"))
    assert "These are kept" in client.get("/").text


def test_a_card_goes_with_what_it_says(client):
    entry = publish_entry(title="Talks with a slip")
    change(entry, "minor", title="Talks")
    assert "a slip" not in "".join(cards().values())
    assert "Talks" in cards()[entry.pk]
    EntryPage.objects.get(pk=entry.pk).unpublish()
    assert not Fragment.objects.exists()


def test_what_was_made_of_an_older_document_is_not_kept():
    entry = publish_entry(title="Talks with a slip")
    row = PublishedEntry.objects.get()
    change(entry, "minor", title="Talks")
    fragments.keep("card", [(entry.pk, row.digest, fragments.maker(""), "Talks with a slip")])
    assert "a slip" not in "".join(cards().values())


def test_cards_are_made_anew_in_the_colours_that_lanes_have_now(client):
    entry = publish_entry(title="Talks")
    before = cards()
    page = chronology()
    page.lanes.add(page.lanes.model(name="All", slug="all", colour="teal", takes_rest=True))
    page.save_revision().publish()
    assert "l-teal" in client.get("/").text
    assert "l-teal" in cards()[entry.pk]
    assert "l-teal" not in before[entry.pk]


@pytest.mark.parametrize("address", ["/", "/feed.atom", "/embed/"])
def test_a_database_that_only_reads_shows_everything(client, monkeypatch, address):
    publish_entry(title="Talks")
    Fragment.objects.all().delete()

    def refused(*_made):
        raise DatabaseError("cannot execute INSERT in a read-only transaction")

    monkeypatch.setattr(fragments, "keep", refused)
    monkeypatch.setattr(fragments, "_rest", fragments._Rest())
    for _ in range(2):
        assert "Talks" in client.get(address).text
    assert not Fragment.objects.exists()


def test_cards_of_a_rebuild_are_those_of_their_publication_and_of_readers(client):
    publish_specimens()
    published = cards()
    rebuild()
    assert cards() == published
    Fragment.objects.all().delete()
    client.get("/")
    assert cards() == published


def test_what_other_code_made_is_made_anew_before_readers_ask_for_it(client, django_assert_num_queries):
    publish_specimens()
    before = list(Fragment.objects.order_by("entry", "kind").values())
    assert {one["kind"] for one in before} == {"card", "line", "atom.item"}
    Fragment.objects.filter(kind="card").update(maker="older code", text="Older words")
    Fragment.objects.filter(kind="line").delete()
    refresh_outdated()
    assert list(Fragment.objects.order_by("entry", "kind").values()) == before
    assert fragments.make_missing([]) > 0, "lanes are a part of what cards and lines show"


def article():
    return Fragment.objects.get(kind="article").text


def test_the_article_of_an_entry_is_kept_when_it_is_first_shown(client):
    entry = publish_entry(title="Talks", date="2025-04-03", statements=["A snapback was agreed."])
    first = client.get(entry.get_absolute_url()).text
    assert "A snapback was agreed." in article()
    assert client.get(entry.get_absolute_url()).text == first
    Fragment.objects.filter(kind="article").update(text=article().replace("Talks", "These are kept"))
    assert "These are kept" in client.get(entry.get_absolute_url()).text


def test_what_stands_around_an_entry_is_none_of_its_article(client):
    entry = publish_entry(title="Talks", date="2025-04-03")
    later = publish_entry(title="More talks", date="2025-04-04")
    assert "More talks" in client.get(entry.get_absolute_url()).text
    kept = article()
    assert "More talks" not in kept
    later.unpublish()
    assert "More talks" not in client.get(entry.get_absolute_url()).text
    assert article() == kept


def test_an_article_is_made_anew_when_a_term_of_it_is_reworded(client, django_capture_on_commit_callbacks):
    entry = publish_entry(title="Talks", statements=["A snapback was agreed."])
    assert "Duties come back." not in client.get(entry.get_absolute_url()).text
    with django_capture_on_commit_callbacks(execute=True):
        term = Term.objects.create(name="snapback", definition="Duties come back.")
    assert "Duties come back." in client.get(entry.get_absolute_url()).text
    with django_capture_on_commit_callbacks(execute=True):
        term.definition = "Duties return."
        term.save()
    assert "Duties return." in client.get(entry.get_absolute_url()).text
    assert "Duties come back." not in article()

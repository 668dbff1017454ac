"""Rendered parts of entries are kept, and never as what the entry was not."""

import pytest
from bs4 import BeautifulSoup

from tests.factories import CategoryFactory, change, publish_entry
from timeline.filters.paging import list_entries
from timeline.models import EntryPage, PublishedEntry
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

"""Rendered parts of entries are kept, and never as what the entry was not."""

import pytest

from tests.factories import change, publish_entry
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

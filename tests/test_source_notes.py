"""Notes on sources: sentences about a source, which stand with it and say nothing of the event."""

import json

import pytest
from django.core.exceptions import ValidationError

from tests.factories import OrganisationFactory, SourceFactory, draft_entry, publish, publish_entry
from timeline import merging
from timeline.models import PublishedEntry, SourceNote
from timeline.public import comparison

pytestmark = pytest.mark.django_db

NOTE = "The photograph is of a meeting in 2019."


def noted(*notes: tuple, **fields):
    """A public entry with notes: pairs of a source and a sentence."""
    entry = draft_entry(**fields)
    entry.source_notes.set([SourceNote(source=source, text=text) for source, text in notes])
    return publish(entry)


def document(entry):
    return PublishedEntry.objects.get(pk=entry.pk).document


def test_a_source_that_has_only_a_note_stands_in_the_list_with_it(client):
    cited, pictured = SourceFactory(title="Report"), SourceFactory(title="Picture", slug="picture")
    entry = noted((pictured, NOTE), sources=[cited])
    assert [source["title"] for source in document(entry)["sources"]] == ["Report", "Picture"]
    page = client.get(entry.get_absolute_url()).content.decode()
    item = page.partition(f'id="source-{pictured.number}"')[2].partition("</li>")[0]
    assert NOTE in item
    assert NOTE in client.get("/sources/picture/").content.decode()


def test_a_note_makes_no_second_witness():
    entry = noted((SourceFactory(), NOTE), sources=[SourceFactory()])
    assert document(entry)["one_source"]


def test_a_note_on_a_source_that_readers_may_not_know_is_not_told():
    error = SourceFactory(title="Misprint", use="error_example")
    found = document(noted((error, NOTE), sources=[SourceFactory()]))
    assert (found["source_notes"], [source["number"] for source in found["sources"]].count(error.number)) == ([], 0)


@pytest.mark.parametrize("half", ["source", "text"])
def test_a_note_that_is_half_written_is_not_published(half):
    entry = draft_entry(sources=[SourceFactory()])
    entry.source_notes.add(
        SourceNote(source=SourceFactory() if half == "source" else None, text="" if half == "source" else NOTE)
    )
    with pytest.raises(ValidationError, match="A note on a source is half written"):
        publish(entry)


def test_a_search_finds_it_after_what_says_it_of_the_event(client):
    entry = publish_entry(title="A photograph of Akazawa", sources=[SourceFactory()])
    other = noted((SourceFactory(), "The photograph is old."), title="Talks", sources=[SourceFactory()])
    page = client.get("/?q=photograph").content.decode()
    assert page.index(entry.get_absolute_url()) < page.index(other.get_absolute_url())
    assert "Found in a note on a source:" in page


def test_the_history_says_what_was_noted():
    source = SourceFactory(title="Picture")
    before = document(noted((source, NOTE), sources=[source]))
    after = {**before, "source_notes": [{"number": source.number, "text": "The photograph is new."}]}
    (section,) = comparison.compare(before, after).sections
    assert (section.title, section.differences[0].lines[-1].label) == ("Sources", "Note")


def test_merged_sources_keep_the_notes_of_both_also_in_drafts():
    publisher = OrganisationFactory()
    kept, double = SourceFactory(publisher=publisher), SourceFactory(publisher=publisher)
    entry = noted((kept, NOTE), (double, "It calls him chief negotiator."), sources=[kept])
    merging.merge(kept, double)
    assert [row["text"] for row in document(entry)["source_notes"]] == [NOTE, "It calls him chief negotiator."]
    content = entry.revisions.order_by("pk").last().content
    assert [(row["source"], row["text"]) for row in content["source_notes"]] == [
        (kept.pk, NOTE),
        (kept.pk, "It calls him chief negotiator."),
    ]


def test_feeds_and_data_have_it(client):
    source = SourceFactory()
    noted((source, NOTE), sources=[source])
    assert NOTE in client.get("/feed.atom").content.decode()
    (entry,) = json.loads(client.get("/entries.json").content)["entries"]
    assert entry["source_notes"] == [{"number": source.number, "text": NOTE}]

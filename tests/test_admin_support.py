"""What the sentences of a summary rest on, ticked in the form of the entry, saved or not."""

import pytest
from bs4 import BeautifulSoup

from tests.editing import add_statement, edit_url, form_data
from tests.factories import draft_entry, publish_entry
from tests.test_admin_notes import answer
from timeline.models import EntryPage, PublishedEntry
from timeline.models.summary import summary_of

pytestmark = pytest.mark.django_db

SUMMARY = "Rice was named in Tokyo. Cars were not named."


@pytest.fixture
def entry():
    return draft_entry(summary=SUMMARY, statements=["Rice was named in Tokyo.", "Cars were not named.", "They ate."])


def boxes(markup):
    """The ids that are ticked below each sentence."""
    sentences = BeautifulSoup(markup, "html.parser").select("fieldset:has(> input[name^=support-of])")
    return [[box["value"] for box in one.select("input[checked]")] for one in sentences]


def latest(entry):
    return EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object()


def test_each_sentence_stands_below_the_summary_with_what_it_rests_on(editor, entry):
    first, second, _third = (row.uid for row in entry.statements.all())
    assert boxes(editor.get(edit_url(entry)).content) == [[first], [second]]


def test_what_an_editor_ticks_is_kept_and_published(administrator, entry):
    first, _second, third = (row.uid for row in entry.statements.all())
    data = form_data(administrator.get(edit_url(entry)))
    sentence = summary_of(entry)[0].id
    administrator.post(edit_url(entry), data | {f"support-{sentence}": [first, third]})
    assert summary_of(latest(entry))[0][2:] == ([first, third], True)
    data = form_data(administrator.get(edit_url(entry)))
    administrator.post(edit_url(entry), data | {"action-publish": "1"})
    document = PublishedEntry.objects.get(pk=entry.pk).document
    assert document["sentences"][0]["rests_on"] == [first, third]


def test_a_save_keeps_the_order_of_what_was_chosen(administrator, entry):
    """Else it would be a change of the editor's to whoever loads a pack again."""
    first, second, third = (row.uid for row in entry.statements.all())
    entry.sentences = [{**summary_of(entry)[0]._asdict(), "rests_on": [third, first]}, entry.sentences[1]]
    del entry.sentences[0]["chosen"]
    entry.save_revision()
    data = form_data(administrator.get(edit_url(entry)))
    administrator.post(edit_url(entry), data)
    assert summary_of(latest(entry))[0].rests_on == [third, first]
    data = form_data(administrator.get(edit_url(entry)))
    administrator.post(edit_url(entry), data | {f"support-{entry.sentences[0]['id']}": [first, second, third]})
    assert summary_of(latest(entry))[0].rests_on == [third, first, second]


def test_what_nobody_touches_is_derived_from_what_is_saved_with_it(editor, entry):
    data = form_data(editor.get(edit_url(entry)))
    data |= {"statements-0-text": "They ate.", "statements-2-text": "Rice was named in Tokyo."}
    editor.post(edit_url(entry), data)
    saved = {row.text: row.uid for row in latest(entry).statements.all()}
    assert summary_of(latest(entry))[0][2:] == ([saved["Rice was named in Tokyo."]], False)


def test_where_no_tick_is_left_it_is_derived_again(editor, entry):
    data = form_data(editor.get(edit_url(entry)))
    del data[f"support-{summary_of(entry)[0].id}"]
    editor.post(edit_url(entry), data)
    assert summary_of(latest(entry))[0][2:] == ([entry.statements.all()[0].uid], False)


def test_a_sentence_that_rests_on_nothing_is_not_published_and_the_form_says_which(administrator, entry):
    data = form_data(administrator.get(edit_url(entry)))
    data |= {"summary": "Rice was named in Tokyo. Fishermen sang.", "action-publish": "1"}
    response = administrator.post(edit_url(entry), data)
    said = "Sentence 2 of the summary, “Fishermen sang.”, rests on no statement. Add a statement that says it"
    assert said in " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())
    assert not EntryPage.objects.get(pk=entry.pk).live


def test_an_entry_of_before_the_rule_stays_public_and_is_listed_for_editors(administrator):
    entry = publish_entry(summary="Rice was named.", statements=["Rice was named."])
    entry.summary, entry.sentences, entry.change = "Fishermen sang.", [], "minor"
    entry.save_revision().publish()
    row = PublishedEntry.objects.get(pk=entry.pk)
    assert (row.document["sentences"][0]["rests_on"], row.unsourced) == ([], True)


def test_unsaved_sentences_and_statements_are_there_at_once(editor, entry):
    data = form_data(editor.get(edit_url(entry)))
    add_statement(data, "Fishermen sang.", entry.statements.all()[0].citations.all()[0].source)
    told = answer(editor, data | {"summary": f"{SUMMARY} Fishermen sang."}, entry)
    [(name, uid)] = told["ids"].items()
    assert name == "statements-3-public_id"
    assert boxes(told["support"])[2] == [uid]


def test_ticks_stay_while_a_sentence_is_reworded(editor, entry):
    third = entry.statements.all()[2].uid
    sentence = summary_of(entry)[0].id
    data = form_data(editor.get(edit_url(entry))) | {f"support-{sentence}": [third]}
    told = answer(editor, data | {"summary": "Rice was named in Tokyo again. Cars were not named."}, entry)
    assert boxes(told["support"])[0] == [third]

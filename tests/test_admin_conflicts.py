"""Two editors in one entry, and an editor who presses twice: nothing is lost, nothing is doubled."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.editing import add_statement, edit_url, form_data, messages_of, signed_in
from tests.factories import draft_entry, publish_entry
from tests.test_admin_entries import autosave
from timeline.models import EntryPage, Version

pytestmark = pytest.mark.django_db


def saved(entry: EntryPage) -> EntryPage:
    return EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object()


@pytest.fixture
def conflict(editor):
    """Mine and theirs were opened together; theirs was saved first."""
    entry = draft_entry(statements=["First.", "Second."])
    entry.save_revision()
    mine, theirs = (form_data(editor.get(edit_url(entry))) for _ in range(2))
    theirs |= {"summary": "Their summary.", "statements-1-DELETE": "1"}
    add_statement(theirs, "Their sentence.")
    assert signed_in("Moderators").post(edit_url(entry), theirs).status_code == 302
    return entry, mine | {"title": "My headline", "statements-1-text": "My second sentence."}


def test_a_newer_version_is_not_overwritten_silently(editor, conflict):
    entry, mine = conflict
    response = editor.post(edit_url(entry), mine)
    assert response.status_code == 409
    assert saved(entry).summary == "Their summary."
    told = messages_of(response)
    for words in [
        "moderators saved this entry on",
        "nothing is lost",
        "Compare",
        "Open the other",
        "Save mine over it",
    ]:
        assert words in told
    again = form_data(response)
    assert (again["title"], again["statements-1-text"]) == ("My headline", "My second sentence.")
    assert not autosave(editor, edit_url(entry), again)["success"], "nor does the draft save itself over it"
    assert editor.post(edit_url(entry), again).status_code == 409


def test_mine_is_saved_over_it_on_purpose_and_theirs_stays_in_the_history(editor, conflict):
    entry, mine = conflict
    response = editor.post(edit_url(entry), mine)
    over = response.text.split('formaction="')[1].split('"')[0].replace("&amp;", "&")
    assert editor.post(over, form_data(response)).status_code == 302
    now = saved(entry)
    assert (now.title, now.summary) == ("My headline", "Ministers meet and agree to go on.")
    assert [row.text for row in now.statements.all()] == ["First.", "My second sentence."]
    rows = EntryPage.objects.get(pk=entry.pk).statements.values_list("text", flat=True)
    assert list(rows) == ["First.", "My second sentence."]
    assert "Their summary." in {revision.content["summary"] for revision in entry.revisions.all()}
    assert editor.post(over, mine | {"title": "Mine again"}).status_code == 409, "a third version is asked for again"


def test_publishing_twice_makes_one_version(moderator):
    entry = publish_entry()
    data = form_data(moderator.get(edit_url(entry)))
    data |= {"summary": "Ministers meet again.", "change": "update", "action-publish": "1"}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert moderator.post(edit_url(entry), data).status_code == 302
    asked = [
        query["sql"] for query in queries if '"wagtailcore_revision"' in query["sql"] or "FOR UPDATE" in query["sql"]
    ]
    assert "FOR UPDATE" in asked[0], "a second request waits before it looks for a newer version"
    assert moderator.post(edit_url(entry), data).status_code == 302
    assert Version.objects.filter(entry=entry).count() == 2

"""What publishing an entry in the form costs: few statements a row, and nothing for what else there is."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.search.models import IndexEntry

from tests.editing import edit_url, form_data, messages_of
from tests.factories import SourceFactory, add_figure, publish_entry
from timeline.models import EntryPage, Statement
from timeline.search import explorer

pytestmark = pytest.mark.django_db


def written(asked: CaptureQueriesContext, table: str) -> list[str]:
    """The kinds of statements that changed a table."""
    words = [query["sql"].split(maxsplit=2)[:2] for query in asked if f'"{table}"' in query["sql"]]
    return [verb for verb, _rest in words if verb in ("INSERT", "UPDATE", "DELETE")]


def published(client: Any, entry: EntryPage, **changed: Any) -> CaptureQueriesContext:
    """What publishing a change in the form asked of the database."""
    data = form_data(client.get(edit_url(entry)))
    data |= {"change": "update", "action-publish": "action-publish", **changed}
    with CaptureQueriesContext(connection) as asked:
        response = client.post(edit_url(entry), data, follow=False)
    assert response.status_code == 302, messages_of(response)
    return asked


def entry_with(rows: int) -> EntryPage:
    source = SourceFactory(title="Report")
    texts = [f"Ministers met {number} times." for number in range(rows)]
    entry = publish_entry(sources=[source], statements=texts, title=f"They meet with {rows}")
    statements = list(entry.statements.all())
    for number, statement in enumerate(statements):
        statement.sort_order = number  # as a form has left it
        add_figure(entry, source)
    entry.statements.set(statements)
    entry.change = "minor"
    entry.save_revision().publish()
    return EntryPage.objects.get(pk=entry.pk)


def test_a_row_with_its_citation_costs_two_statements_at_most(administrator):
    few, many = entry_with(1), entry_with(6)  # statements, and as many figures
    published(administrator, few, place="Tokyo")  # what is known for the whole process is asked once
    base = len(published(administrator, few, summary="They met again."))
    # One for where things stand, six for other languages.
    assert base <= 105
    assert len(published(administrator, many, summary="They met again.")) - base <= 2 * 10


def test_a_save_by_itself_costs_no_statement_for_what_an_entry_holds(editor):
    asked = {}
    for rows in (1, 6):
        entry = entry_with(rows)
        data = form_data(editor.get(edit_url(entry)))
        for _first_and_next in range(2):
            data["summary"] += " They met again."
            with CaptureQueriesContext(connection) as asked[rows]:
                body = editor.post(edit_url(entry), data, headers={"accept": "application/json"}).json()
            assert body["success"], body
            data |= {"loaded_revision_id": body["revision_id"], "overwrite_revision_id": body["revision_id"]}
            data["loaded_revision_created_at"] = body["revision_created_at"]
    assert len(asked[6]) == len(asked[1]) <= 60


def test_only_rows_that_changed_are_written(administrator):
    entry = entry_with(3)
    asked = published(administrator, entry, **{"statements-1-text": "Ministers met once."})
    assert written(asked, "timeline_statement") == ["UPDATE"]
    assert written(asked, "timeline_citation") == []
    asked = published(administrator, entry, **{"statements-1-DELETE": "on"})
    assert written(asked, "timeline_statement").count("DELETE") == 1
    assert Statement.objects.filter(entry=entry).count() == 2


@pytest.mark.admin_indexes
def test_the_index_of_the_explorer_is_written_once_and_not_read_as_a_whole(administrator, monkeypatch):
    monkeypatch.setattr(explorer, "SAMPLE", 2)
    entry = publish_entry(title="Ministers meet")
    asked = published(administrator, entry, title="Ministers meet in Tokyo")
    assert sum("INSERT INTO wagtailsearch_indexentry" in query["sql"] for query in asked) == 1
    assert not [query["sql"] for query in asked if "AVG(LENGTH" in query["sql"]]
    found = IndexEntry.objects.get(content_type__model="entrypage", object_id=str(entry.pk))
    newest = IndexEntry.objects.order_by("-pk").values_list("title", flat=True)[:2]
    lengths = [len(title.split()) for title in newest if title]
    assert found.title_norm == pytest.approx(sum(lengths) / len(lengths) / len(found.title.split()))


def test_a_record_that_readers_are_told_nothing_new_of_writes_no_row(django_capture_on_commit_callbacks):
    source = SourceFactory(title="Report")
    entry = publish_entry(sources=[source])

    def row() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ctid FROM timeline_publishedentry WHERE entry_id = %s", [entry.pk])
            return cursor.fetchone()

    def saved(**fields: str) -> None:
        for name, value in fields.items():
            setattr(source, name, value)
        with django_capture_on_commit_callbacks(execute=True):
            source.save()

    before = row()
    saved(note="Ask again.")
    assert row() == before
    saved(title="The report")
    assert row() != before

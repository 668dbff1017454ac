"""Open questions: what was looked for and not found, told to readers with where research begins and ends."""

import pytest
from bs4 import BeautifulSoup

from tests.editing import add_row, edit_url, form_data
from tests.factories import chronology, publish_entry
from timeline.models import Coverage, EntryPage, OpenQuestion, Version

pytestmark = pytest.mark.django_db

QUESTION = "What happened on 24 July 2026?"


def ask(entry=None, **fields):
    page = chronology()
    page.open_questions.add(OpenQuestion(question=QUESTION, note="Nothing was found.", entry=entry, **fields))
    page.save_revision().publish()


def section(client, name):
    heading = BeautifulSoup(client.get("/about/").content, "html.parser").find(id=name)
    return heading.find_parent("section") if heading else None


def test_the_page_about_the_chronology_lists_them_with_their_entry(client):
    entry = publish_entry(title="A tariff of 150 days")
    ask(entry)
    item = section(client, "open").li
    assert item.get_text(" ", strip=True) == f"{QUESTION} Nothing was found. A tariff of 150 days"
    assert item.a["href"] == entry.get_absolute_url()
    answer = client.get("/api/v1/coverage").json()["open_questions"]
    assert [(row["question"], row["note"], row["entry"]["headline"]) for row in answer] == [
        (QUESTION, "Nothing was found.", "A tariff of 150 days")
    ]


def test_an_entry_that_readers_may_not_see_is_not_named(client):
    entry = publish_entry(title="A withdrawn tariff")
    ask(entry)
    EntryPage.objects.get(pk=entry.pk).unpublish()
    assert "withdrawn" not in section(client, "open").text
    assert client.get("/api/v1/coverage").json()["open_questions"][0]["entry"] is None


def test_a_question_outlives_its_entry_also_in_drafts(client):
    entry = publish_entry()
    ask(entry)
    Version.objects.all().delete()
    EntryPage.objects.get(pk=entry.pk).delete()
    page = chronology().get_latest_revision_as_object()
    assert [(row.question, row.entry_id) for row in page.open_questions.all()] == [(QUESTION, None)]


def test_without_questions_and_coverage_nothing_is_said_of_them(client):
    publish_entry()
    assert section(client, "open") is None
    assert section(client, "coverage") is None
    assert "Covers" not in client.get("/").content.decode()


def test_where_coverage_begins_and_ends_is_told_from_what_was_researched(client):
    publish_entry(date="2025-04-16")
    page = chronology()
    page.coverage.set([Coverage(date="2019-04/2019-06"), Coverage(date="2019-09")])
    page.save_revision().publish()
    said = "Covers April–September 2019; 4 of 6 months researched."
    assert said in client.get("/").content.decode()
    found = section(client, "coverage")
    assert said in found.text
    assert [item.text for item in found.find_all("li")] == ["April–June 2019", "September 2019"]
    page = chronology()
    page.coverage.set([Coverage(date="2019")])
    page.save_revision().publish()
    assert "Covers 2019; every month is researched." in client.get("/").content.decode()


def test_moderators_write_them_in_the_form_of_the_chronology(client, moderator):
    entry = publish_entry()
    page = chronology()
    data = form_data(moderator.get(edit_url(page)))
    add_row(data, "open_questions", question=QUESTION, note="", entry=entry.pk)
    assert moderator.post(edit_url(page), data | {"action-publish": "1"}).status_code == 302
    assert section(client, "open").li.a["href"] == entry.get_absolute_url()

"""The form of an entry: it opens at once, however much it holds, and sends what it was sent."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.editing import edit_url, errors_of, form_data
from tests.factories import (
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_figure,
    chronology,
    draft_entry,
    publish_entry,
)
from timeline.models import EntryCommodity, EntryOrganisation, EntryPage, EntryPerson, Follow
from timeline.models.statement import Citation, Statement

pytestmark = pytest.mark.django_db


def entry_of(number: int) -> EntryPage:
    """A draft of so many statements, each with a source of its own."""
    entry = draft_entry(title=f"Of {number} statements")
    entry.statements.set([])
    for at in range(number):
        statement = Statement(text=f"They meet for hour {at}.\nThen they part.")
        statement.citations = [Citation(source=SourceFactory(), quotation=f"“hour” & <{at}>")]
        entry.statements.add(statement)
    entry.save()
    entry.save_revision()
    return entry


def scripts_of(response: Any) -> list[str]:
    return re.findall(r'<script src="([^"]*/rows/[^"]*)"', response.content.decode())


def test_a_statement_more_costs_little_and_no_query(editor, django_assert_max_num_queries):
    few, many = entry_of(2), entry_of(16)
    for entry in (few, many):
        editor.get(edit_url(entry))  # which notes who is there
    with django_assert_max_num_queries(30) as one:
        small = editor.get(edit_url(few))
    with django_assert_max_num_queries(len(one)):
        large = editor.get(edit_url(many))
    assert len(large.content) < 250_000
    assert (len(large.content) - len(small.content)) / 14 < 6_000


def test_a_public_entry_opens_with_as_few_queries_whatever_it_holds(editor, django_assert_max_num_queries):
    """Without a draft it has its rows in the database alone."""
    few = publish_entry(title="Of few")
    many = publish_entry(title="Of many", statements=[f"They meet for hour {at}." for at in range(16)])
    for entry, number in ((few, 1), (many, 4)):
        people, goods = PersonFactory.create_batch(number), CommodityFactory.create_batch(number)
        bodies = OrganisationFactory.create_batch(number)
        EntryPerson.objects.bulk_create(EntryPerson(entry=entry, person=person) for person in people)
        EntryCommodity.objects.bulk_create(EntryCommodity(entry=entry, commodity=commodity) for commodity in goods)
        EntryOrganisation.objects.bulk_create(EntryOrganisation(entry=entry, organisation=body) for body in bodies)
        Follow.objects.bulk_create([Follow(entry=entry, earlier=publish_entry())])
        add_figure(entry, SourceFactory()).save()
        editor.get(edit_url(entry))
    with django_assert_max_num_queries(28) as one:
        small = editor.get(edit_url(few))
    with django_assert_max_num_queries(len(one)):
        page = editor.get(edit_url(many))
    assert all(str(person) in page.text for person in people)
    assert len(page.content) < 250_000
    assert (len(page.content) - len(small.content)) / 15 < 6_000


def test_stored_rows_hold_all_that_was_written_and_what_choosers_show(editor):
    entry = entry_of(2)
    page = BeautifulSoup(editor.get(edit_url(entry)).content, "html.parser")
    held = {field["name"]: field for field in page.select("[data-stored-row] input")}
    assert held["statements-1-text"]["value"] == "They meet for hour 1.\nThen they part."
    assert held["statements-1-citations-0-quotation"]["value"] == "“hour” & <1>"
    chosen, source = held["statements-1-citations-0-source"], entry.statements.all()[1].citations.all()[0].source
    assert (chosen["value"], chosen["data-title"]) == (str(source.pk), str(source))
    assert f"/source/edit/{source.pk}/" in chosen["data-url"]


def test_a_row_with_a_mistake_is_sent_as_a_row_with_what_is_said_of_it(editor):
    entry = entry_of(2)
    data = form_data(editor.get(edit_url(entry)))
    data["statements-1-citations-0-language"] = "English"
    answer = editor.post(edit_url(entry), data)
    assert "Write a language tag such as en or ja." in errors_of(answer)
    page = BeautifulSoup(answer.content, "html.parser")
    row = page.select_one("#inline_child_statements-1-citations-0")
    assert row
    assert row.select_one("#id_statements-1-citations-0-language")["value"] == "English"
    assert [row["data-stored-row"] for row in page.select("#id_statements-FORMS > [data-stored-row]")] == ["0"]


def without_places(rows: list[dict]) -> list[dict]:
    """Rows as a revision has them, in their order; the numbers by which it is kept may be others."""
    return [
        {
            name: without_places(value) if isinstance(value, list) else value
            for name, value in row.items()
            if name != "sort_order"
        }
        for row in rows
    ]


def test_what_was_sent_comes_back_as_it_was(moderator):
    entry = publish_entry(title="They meet")
    before = EntryPage.objects.get(pk=entry.pk).serializable_data()
    moderator.post(edit_url(entry), form_data(moderator.get(edit_url(entry))))
    after = EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object().serializable_data()
    for rows in ["statements", "figures", "entry_people", "entry_commodities", "source_notes"]:
        assert without_places(after[rows]) == without_places(before[rows])


def test_blank_rows_are_fetched_once_and_by_editors_alone(editor):
    entry = entry_of(1)
    form = editor.get(edit_url(entry))
    template = BeautifulSoup(form.content, "html.parser").select_one("#id_statements-EMPTY_FORM_TEMPLATE")
    assert not template.decode_contents().strip()
    [address] = scripts_of(form)
    script = editor.get(address)
    assert script.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "statements-__prefix__-text" in script.text
    assert editor.get(re.sub(r"-\w+\.js", "-0123456789ab.js", address)).headers["Cache-Control"] == "no-store"
    assert editor.get(address.replace("entrypage", "person")).status_code == 404
    assert editor.get(address.replace("/en-", "/xx-")).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_list_of_entries_asks_nothing_for_each(editor, django_assert_max_num_queries):
    mine = int(editor.session["_auth_user_id"])
    for _ in range(3):
        entry = draft_entry()
        entry.owner_id = mine
        entry.save()
    for address, most in [("/admin/entries/", 12), (f"/admin/pages/{chronology().pk}/", 30)]:
        editor.get(address)
        with django_assert_max_num_queries(most) as few:
            editor.get(address)
        draft_entry()
        entry = draft_entry()
        entry.owner_id = mine
        entry.save()
        with django_assert_max_num_queries(len(few)):
            editor.get(address)


def test_a_list_of_entries_has_no_layout_of_its_templates(editor):
    draft_entry()
    assert not re.search(r"\n\s", editor.get("/admin/entries/").text)


def test_a_form_that_never_heard_the_ids_of_its_rows_saves_them_again(editor):
    """As when the answer to a save is lost on the way, or a second window is as old as the first."""
    entry = draft_entry(statements=["They meet."])
    added = Statement(text="They part.")
    entry.statements.add(added)
    entry.save_revision()  # the new row is in the draft alone
    data = form_data(editor.get(edit_url(entry)))
    assert (data["statements-1-id"], data["statements-1-public_id"]) == ("", added.uid)
    for said in ["They part.", "They part at noon."]:
        data["statements-1-text"] = said
        answer = editor.post(edit_url(entry), data | {"overwrite_anyway": "1"}, headers={"accept": "application/json"})
        body = answer.json()
        assert body["success"], body
        data |= {"loaded_revision_id": body["revision_id"], "loaded_revision_created_at": body["revision_created_at"]}
    stored = EntryPage.objects.get(pk=entry.pk)
    assert [row.text for row in stored.statements.all()] == ["They meet.", "They part at noon."]
    assert stored.statements.all()[1].uid == added.uid

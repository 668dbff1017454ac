"""Public addresses outlive the names they were made from."""

import json
import re

import pytest
from django.urls import reverse

from tests.editing import form_data
from tests.factories import CategoryFactory, PersonFactory, chronology, publish, publish_entry
from timeline.imports import loading, uploads
from timeline.models import (
    Category,
    Commodity,
    EntryPage,
    FigureSeries,
    Import,
    Organisation,
    Person,
    Source,
    Term,
)

pytestmark = pytest.mark.django_db


def test_a_renamed_entry_leaves_its_old_address_pointing_to_the_new(client, django_capture_on_commit_callbacks):
    entry = publish_entry(title="Ministers meet", slug="ministers-meet")
    entry.slug = "ministers-meet-in-tokyo"
    with django_capture_on_commit_callbacks(execute=True):
        publish(entry)
    response = client.get("/entries/ministers-meet/")
    assert (response.status_code, response["Location"]) == (301, "/entries/ministers-meet-in-tokyo/")
    assert client.get(response["Location"]).status_code == 200


def test_a_renamed_person_leaves_the_old_address_pointing_to_the_new(client):
    person = PersonFactory(slug="r-akazawa")
    publish_entry(people=[person])
    person = Person.objects.get()
    person.slug = "ryosei-akazawa"
    person.save()
    response = client.get("/people/r-akazawa/")
    assert (response.status_code, response["Location"]) == (301, "/people/ryosei-akazawa/")
    assert client.get(response["Location"]).status_code == 200


# -- names without a letter for an address ------------------------------------------------------

NAME = "日米関税協議"
RECORDS = {
    Category: ("categories", {"name": NAME}),
    Commodity: ("commodities", {"name": NAME, "kind": "goods"}),
    FigureSeries: ("series", {"name": NAME}),
    Organisation: ("organisations", {"name": NAME}),
    Person: ("people", {"family_name": NAME}),
    Source: ("sources", {"title": NAME}),
    Term: ("terms", {"name": NAME, "definition": NAME}),
}
"""What a form or a file must say of each kind of record."""


def imported(kind, fields):
    load("file.csv", f"{','.join(fields)}\n{','.join(fields.values())}\n", kind)


def load(file, text, kind=""):
    record = Import.objects.create(name=file, kind=kind, content=uploads.stored_as({file: text}))
    loading.load(record, chosen=set(), anyway=True)


def address_of(model):
    return [record.slug for record in model.objects.all()]


@pytest.mark.parametrize("model", RECORDS)
def test_a_record_gets_the_same_kind_of_address_from_the_form_and_from_a_file(moderator, model):
    model.objects.all().delete()
    kind, fields = RECORDS[model]
    noun = model._meta.model_name
    add = reverse(f"wagtailsnippets_timeline_{noun}:add")
    assert moderator.post(add, form_data(moderator.get(add)) | fields).status_code == 302
    imported(kind, {**fields, next(iter(fields)): "米"})
    by_form, by_file = address_of(model)
    assert by_form != by_file
    assert [re.fullmatch(rf"{noun}-[0-9a-f]{{8}}", slug) for slug in (by_form, by_file)].count(None) == 0


def test_an_entry_gets_the_same_kind_of_address_from_a_file_and_is_known_again():
    chronology()
    CategoryFactory(name="Talks")
    fields = {"headline": NAME, "date": "2025-04-16", "category": "Talks", "summary": "They met."}
    imported("entries", fields)
    (slug,) = address_of(EntryPage)
    assert re.fullmatch(r"entry-[0-9a-f]{8}", slug)
    assert EntryPage.objects.get().key == slug
    imported("entries", fields)
    imported("entries", fields | {"headline": "米と関税"})
    assert len(set(address_of(EntryPage))) == 2


def test_so_does_one_that_is_made_on_the_way(editor):
    """A source while an entry is written, and its publisher with it."""
    address = reverse("wagtailsnippetchoosers_timeline_source:create")
    answer = editor.post(address, {"title": NAME, "new_publisher": "共同通信", "kind": "news", "language": "ja"})
    assert answer.json()["step"] == "chosen"
    assert re.fullmatch(r"source-[0-9a-f]{8}", Source.objects.get().slug)
    assert re.fullmatch(r"organisation-[0-9a-f]{8}", Organisation.objects.get().slug)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("sources.json", json.dumps([{"title": NAME}])),
        ("sources.ris", f"TY  - NEWS\r\nTI  - {NAME}\r\nUR  - https://example.org/1\r\nER  - \r\n"),
    ],
)
def test_so_does_one_from_a_file_of_another_kind(file, text):
    load(file, text)
    assert re.fullmatch(r"source-[0-9a-f]{8}", Source.objects.get().slug)

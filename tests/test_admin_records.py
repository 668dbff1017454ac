"""Keeping records: created once, found by every name, never deleted while in use."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.editing import add_row, edit_url, errors_of, form_data, messages_of
from tests.factories import (
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    known_by_name,
    publish_entry,
)
from timeline.models import Category, Commodity, Organisation, Person, PersonName, Source

pytestmark = pytest.mark.django_db


def url(model: type, view: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_timeline_{model._meta.model_name}:{view}", args=args)


def chooser(model: type, view: str) -> str:
    return reverse(f"wagtailsnippetchoosers_timeline_{model._meta.model_name}:{view}")


def blank_form(client: Client, model: type) -> dict[str, Any]:
    return form_data(client.get(url(model, "add")))


class TestWriting:
    def test_a_person_with_names_and_positions(self, moderator):
        ministry, source = OrganisationFactory(name="Cabinet Office"), SourceFactory()
        data = blank_form(moderator, Person)
        data |= {"family_name": "Akazawa", "given_name": "Ryosei", "country": "JP"}
        add_row(data, "names", name="赤沢亮正", script="Jpan", language="ja", kind="native")
        add_row(
            data,
            "positions",
            title="Minister for Economic Revitalization",
            organisation=ministry.pk,
            start="1 October 2024",
            end="2025-10-21",
            source=source.pk,
        )
        assert moderator.post(url(Person, "add"), data).status_code == 302
        person = Person.objects.get()
        assert (person.name, person.slug) == ("Ryosei Akazawa", "ryosei-akazawa")
        assert person.names.get().name == "赤沢亮正"
        held = person.positions.get()
        assert (held.start, str(held.held.upper)) == ("2024-10-01", "2025-10-22")

    def test_a_position_that_ends_before_it_starts(self, moderator):
        data = blank_form(moderator, Person) | {"family_name": "Akazawa"}
        add_row(data, "positions", title="Minister", start="2025", end="2024")
        response = moderator.post(url(Person, "add"), data)
        assert "The position ends before it starts." in errors_of(response)

    def test_a_commodity_with_codes_as_people_punctuate_them(self, moderator):
        data = blank_form(moderator, Commodity) | {"name": "Cars", "kind": "goods"}
        for code in ["HS 8703.23", "８７０３", "87 04"]:
            add_row(data, "hs_codes", code=code)
        assert moderator.post(url(Commodity, "add"), data).status_code == 302
        assert [row.code for row in Commodity.objects.get().hs_codes.all()] == ["870323", "8703", "8704"]

    @pytest.mark.parametrize(
        ("code", "sentence"),
        [
            ("cars", "An HS code has 2, 4 or 6 digits, for example 8703."),
            ("870", "Was a zero lost, and is 0870 meant?"),
            ("8703.23.01.60", "Write the six that all share, 870323;"),
        ],
    )
    def test_a_code_that_is_none(self, moderator, code, sentence):
        data = blank_form(moderator, Commodity) | {"name": "Cars", "kind": "goods"}
        add_row(data, "hs_codes", code=code)
        response = moderator.post(url(Commodity, "add"), data)
        assert sentence in errors_of(response)[0]
        assert form_data(response)["hs_codes-0-code"] == code

    def test_a_commodity_is_not_part_of_its_own_part(self, moderator):
        vehicles = CommodityFactory(name="Vehicles")
        cars = CommodityFactory(name="Cars", parent=vehicles)
        address = url(Commodity, "edit", vehicles.pk)
        data = form_data(moderator.get(address))
        response = moderator.post(address, data | {"parent": cars.pk})
        assert "“Cars” is itself part of these goods." in errors_of(response)

    def test_two_categories_of_one_name(self, moderator):
        data = blank_form(moderator, Category) | {"name": "Talks"}
        assert moderator.post(url(Category, "add"), data).status_code == 302
        again = {**data, "similar": "new"}
        response = moderator.post(url(Category, "add"), again)
        assert "Kind of event with this Name already exists." in errors_of(response)

    def test_a_character_no_feed_can_carry(self, moderator):
        data = blank_form(moderator, Source) | {"title": "Talks\x0bbegin"}
        response = moderator.post(url(Source, "add"), data)
        assert "control character" in " ".join(errors_of(response))

    def test_a_changed_name_is_public_at_once(self, moderator, client, django_capture_on_commit_callbacks):
        person = PersonFactory(family_name="Akasawa", given_name="Ryosei")
        entry = publish_entry(people=[person])
        address = url(Person, "edit", person.pk)
        data = form_data(moderator.get(address))
        with django_capture_on_commit_callbacks(execute=True):
            assert moderator.post(address, data | {"family_name": "Akazawa"}).status_code == 302
        assert "Ryosei Akazawa" in client.get(entry.get_absolute_url()).content.decode()


class TestDuplicates:
    def test_a_source_known_under_another_address_is_offered_first(self, moderator):
        known = SourceFactory(title="Talks begin", url="https://example.org/talks")
        data = blank_form(moderator, Source)
        data |= {"title": "Talks start", "url": "https://www.example.org/talks/?utm_source=x"}
        response = moderator.post(url(Source, "add"), data)
        assert f"Looks like an existing source: “{known}”" in " ".join(errors_of(response))
        assert Source.objects.count() == 1

        moderator.post(url(Source, "add"), data | {"similar": "new"})
        assert Source.objects.count() == 2

    def test_taking_the_existing_record_creates_nothing(self, moderator):
        known = PersonFactory(family_name="Akazawa", given_name="Ryosei")
        PersonName.objects.create(person=known, name="Ryo Akasawa", kind="misprint")
        known_by_name()
        data = blank_form(moderator, Person) | {"family_name": "Akasawa", "given_name": "Ryo"}
        response = moderator.post(url(Person, "add"), data | {"similar": known.pk}, follow=True)
        assert response.redirect_chain == [(url(Person, "edit", known.pk), 302)]
        assert "Nothing was created: “Ryosei Akazawa” exists already." in messages_of(response)
        assert Person.objects.count() == 1

    def test_editing_a_record_asks_nothing(self, moderator):
        OrganisationFactory(name="Ministry of Finance (Japan)")
        other = OrganisationFactory(name="Ministry of Finance, Japan")
        address = url(Organisation, "edit", other.pk)
        assert moderator.post(address, form_data(moderator.get(address))).status_code == 302


class TestChoosers:
    def test_a_person_is_found_by_an_alias(self, editor):
        person = PersonFactory(family_name="Akazawa", given_name="Ryosei")
        PersonName.objects.create(person=person, name="赤沢亮正", script="Jpan", language="ja")
        PersonFactory(family_name="Motegi")
        known_by_name()
        page = editor.get(chooser(Person, "choose_results"), {"q": "赤澤"}).content.decode()
        assert "Ryosei Akazawa" in page
        assert "Motegi" not in page

    def test_a_source_is_created_without_leaving_the_entry(self, editor):
        data = {"title": "Talks begin", "url": "https://example.org/talks", "language": "en", "kind": "news"}
        answer = self.post(editor, Source, data | {"published": "16 April 2025"})
        source = Source.objects.get()
        assert answer["step"] == "chosen"
        assert answer["result"]["id"] == str(source.pk)
        assert source.published == "2025-04-16"

    def test_a_near_duplicate_is_asked_about_and_may_be_taken(self, editor):
        known = OrganisationFactory(name="Ministry of Economy, Trade and Industry")
        known_by_name()
        data = {"name": "Ministry of Economy Trade & Industry", "kind": "government"}
        answer = self.post(editor, Organisation, data)
        assert answer["step"] == "reshow_creation_form"
        assert "Looks like an existing organisation" in answer["htmlFragment"]
        assert f'value="{known.pk}"' in answer["htmlFragment"]

        answer = self.post(editor, Organisation, data | {"similar": known.pk})
        assert answer["result"]["id"] == str(known.pk)
        answer = self.post(editor, Organisation, data | {"similar": "new"})
        assert answer["result"]["id"] != str(known.pk)

    def test_a_taken_address_is_said_in_words(self, editor):
        SourceFactory(url="https://example.org/talks")
        data = {"title": "Other", "url": "https://example.org/talks", "language": "en", "kind": "news"}
        answer = self.post(editor, Source, data | {"similar": "new"})
        assert "Another source already has this address." in answer["htmlFragment"]

    def test_entries_are_chosen_from_a_list_with_dates(self, editor):
        publish_entry(title="First round", date="2025-04-16")
        page = editor.get(reverse("entry_chooser:choose_results"), {"q": "first"}).content.decode()
        assert "First round" in page
        assert "16 April 2025" in page

    def post(self, client: Client, model: type, data: dict[str, Any]) -> dict[str, Any]:
        return json.loads(client.post(chooser(model, "create"), data).content)


class TestDeleting:
    @pytest.mark.admin_indexes
    def test_what_is_in_use_stays_and_its_uses_are_listed(self, moderator):
        person, commodity, source = PersonFactory(), CommodityFactory(), SourceFactory()
        entry = publish_entry(title="Ministers meet", people=[person], commodities=[commodity], sources=[source])
        for record in [person, commodity, source, source.publisher, entry.category]:
            address = url(type(record), "delete", record.pk)
            for response in [moderator.get(address), moderator.post(address)]:
                assert response.status_code == 200
                page = response.content.decode()
                used_by = "Report" if record == source.publisher else "Ministers meet"
                assert used_by in page, record
                assert "Yes, delete" not in page
        assert edit_url(entry) in moderator.get(url(Person, "delete", person.pk)).content.decode()

    def test_what_nothing_uses_goes(self, moderator):
        person = PersonFactory()
        assert moderator.post(url(Person, "delete", person.pk)).status_code == 302
        assert not Person.objects.exists()

    @pytest.mark.admin_indexes
    def test_many_at_once_spare_what_is_in_use(self, moderator):
        used, free = PersonFactory(), PersonFactory()
        publish_entry(people=[used])
        address = reverse("wagtail_bulk_action", args=["timeline", "person", "delete"])
        query = f"?id={used.pk}&id={free.pk}"
        assert moderator.get(address + query).status_code == 200
        assert moderator.post(address + query).status_code == 302
        assert Person.objects.count() == 2

    def test_an_old_draft_survives_the_record_it_named(self, moderator):
        """Only rows in the database protect a record; a revision of a published entry does not."""
        entry, person = publish_entry(), PersonFactory()
        data = form_data(moderator.get(edit_url(entry)))
        add_row(data, "entry_people", person=person.pk)
        moderator.post(edit_url(entry), data)
        moderator.post(url(Person, "delete", person.pk))
        assert not Person.objects.exists()
        assert moderator.get(edit_url(entry)).status_code == 200

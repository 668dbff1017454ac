"""Roles: Wagtail's own groups, filled by a migration."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.editing import edit_url, form_data, signed_in
from tests.factories import PersonFactory, chronology, draft_entry, publish_entry
from timeline.models import Category, Commodity, EntryPage, Organisation, Person, Source

pytestmark = pytest.mark.django_db

RECORDS = [Source, Person, Organisation, Commodity]


def opens(client: Client, url: str) -> bool:
    """Whether a page of the admin opens; who may not is sent away."""
    response = client.get(url)
    assert response.status_code in (200, 302), url
    return response.status_code == 200


def record_url(model: type, view: str, *args: object) -> str:
    return reverse(f"wagtailsnippets_timeline_{model._meta.model_name}:{view}", args=args)


@pytest.fixture
def record() -> Person:
    return PersonFactory()


class TestRecords:
    def test_editors_add_records_and_moderators_keep_them(self, editor, moderator, administrator, record):
        allowed = {
            name: [
                view
                for view, args in [("list", ()), ("add", ()), ("edit", (record.pk,)), ("delete", (record.pk,))]
                if opens(client, record_url(Person, view, *args))
            ]
            for name, client in [("e", editor), ("m", moderator), ("a", administrator)]
        }
        everything = ["list", "add", "edit", "delete"]
        assert allowed == {"e": ["list", "add"], "m": everything, "a": everything}

    def test_the_same_holds_for_every_kind(self, editor, moderator):
        for model in RECORDS:
            assert opens(editor, record_url(model, "add")), model
            assert opens(moderator, record_url(model, "add")), model
        assert not opens(editor, record_url(Category, "add"))
        assert opens(moderator, record_url(Category, "add"))

    def test_a_crafted_request_of_an_editor_changes_no_record(self, editor, moderator, record):
        data = form_data(moderator.get(record_url(Person, "edit", record.pk)))
        editor.post(record_url(Person, "edit", record.pk), data | {"family_name": "Changed"})
        editor.post(record_url(Person, "delete", record.pk))
        assert Person.objects.get().family_name == record.family_name


class TestEntries:
    def test_only_moderators_publish_withdraw_and_schedule(self, editor, moderator):
        entry = publish_entry()
        pages = {"editor": editor.get(edit_url(entry)), "moderator": moderator.get(edit_url(entry))}
        buttons = {
            name: ['name="action-submit"' in text, 'name="action-publish"' in text]
            for name, text in ((name, page.content.decode()) for name, page in pages.items())
        }
        assert buttons == {"editor": [True, False], "moderator": [True, True]}
        withdraw = reverse("wagtailadmin_pages:unpublish", args=[entry.pk])
        assert (opens(editor, withdraw), opens(moderator, withdraw)) == (False, True)

    def test_a_scheduled_date_of_an_editor_publishes_nothing(self, editor):
        entry = draft_entry()
        data = form_data(editor.get(edit_url(entry)))
        editor.post(edit_url(entry), data | {"go_live_at": "2020-01-01 09:00", "action-publish": "1"})
        assert not EntryPage.objects.get().live

    def test_the_chronology_itself_is_not_deleted_by_an_editor(self, editor):
        assert not opens(editor, reverse("wagtailadmin_pages:delete", args=[chronology().pk]))


class TestEntrance:
    def test_strangers_are_asked_to_sign_in(self, client):
        response = client.get(reverse("entries:index"))
        assert response.url.startswith(reverse("wagtailadmin_login"))

    @pytest.mark.parametrize("role", ["Editors", "Moderators"])
    def test_the_menu_holds_what_a_chronology_needs(self, role):
        page = signed_in(role).get(reverse("wagtailadmin_home")).content.decode()
        for shown in ["Entries", "Sources", "People", "Organisations", "Goods", "Kinds of event"]:
            assert f'"{shown}"' in page
        for hidden in ['"Images"', '"Documents"', '"explorer"']:
            assert hidden not in page

"""Uploaded files at the desk: which entries have each, and what can be deleted."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.editing import messages_of, signed_in
from tests.factories import draft_entry, image, pdf, publish
from timeline.models import Attachment

pytestmark = pytest.mark.django_db


def address(kind, file):
    return reverse("timeline_file_delete", args=[kind, file.pk])


def attached(entry, **fields):
    usual = {"alt": "A hall.", "caption": "The hall", "credit": "Office", "licence": "CC BY 4.0"}
    entry.attachments.add(Attachment(**usual, source=entry.statements.first().citations.first().source, **fields))
    return entry


def test_files_are_listed_with_the_entries_that_have_them_drafts_too(moderator):
    shown, drafted, none = image(), image(), image()
    public = publish(attached(draft_entry(title="Public one"), image=shown))
    attached(public, image=drafted).save_revision()  # no row of the database has it
    page = moderator.get(reverse("timeline_files")).content.decode()
    assert page.count("Public one") == 2
    assert re.search(r"IMG_0042 \([\d.]+\s?KB\)", page)  # spaces before tags at the start of a line are lost
    unused = moderator.get(reverse("timeline_files"), {"unused": "1"}).content.decode()
    for html in (page, unused):
        assert re.findall(r'action="([^"]+/delete/)"', html) == [address("image", none)]
    assert "Public one" not in unused


def test_what_no_entry_has_is_deleted_with_its_file_and_what_one_has_is_not(moderator):
    shown, drafted, none = pdf(), pdf(), pdf()
    publish(attached(draft_entry(title="Public one"), document=shown))
    draft = attached(draft_entry(title="A draft"), document=drafted)
    draft.save_revision()
    for file, title in ((shown, "Public one"), (drafted, "A draft")):
        response = moderator.post(address("document", file), follow=True)
        assert f"was not deleted. These entries have it: {title}." in messages_of(response)
    assert "was deleted" in messages_of(moderator.post(address("document", none), follow=True))
    assert set(type(none).objects.all()) == {shown, drafted}


def test_only_who_writes_entries_lists_and_deletes_them(editor):
    file = image()
    for client, status in ((Client(), 302), (signed_in("Translators"), 302)):
        assert client.get(reverse("timeline_files")).status_code == status
        assert client.post(address("image", file)).status_code == status
    assert type(file).objects.exists()
    editor.post(address("image", file))
    assert not type(file).objects.exists()


def test_the_list_asks_as_much_for_many_as_for_few(moderator):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert moderator.get(reverse("timeline_files"), {"kind": "document"}).status_code == 200
        return len(queries)

    publish(attached(draft_entry(), document=pdf()))
    asked()
    few = asked()
    for _number in range(4):
        publish(attached(draft_entry(), document=pdf()))
    assert asked() == few


def test_what_was_uploaded_twice_is_deleted_from_the_chooser(moderator):
    before, again = image(), image()
    chosen = reverse("wagtailimages_chooser:chosen", args=[before.pk])
    response = moderator.post(f"/admin/images/{again.pk}/delete/?next={chosen}")
    assert (response.status_code, response["Location"]) == (302, chosen)
    assert list(type(before).objects.all()) == [before]
    assert moderator.get(f"/admin/images/{before.pk}/delete/").status_code == 405

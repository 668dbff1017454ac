"""The search for archived copies at the desk: who asks, what editors read, and what is never written over."""

import json
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import Permission
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from tests.editing import form_data
from tests.factories import SourceFactory
from tests.misbehaving import Answer
from tests.test_archiving import PAGE, SHOWS, TITLE, archived, cited, search, unhurried
from timeline.archiving import queue, searching
from timeline.models import Archiving, Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    return cited(SourceFactory(title=TITLE, url=PAGE, published="2025-04-16"))


def user_of(client: Any) -> Any:
    request = HttpRequest()
    request.session = client.session
    return get_user(request)


def form_of(client, source):
    return client.get(reverse("wagtailsnippets_timeline_source:edit", args=[source.pk]))


def test_an_editor_asks_for_a_copy_and_reads_what_became_of_it(source, saving, editor, moderator):
    assert "Not looked for yet" in form_of(moderator, source).content.decode()
    answer = editor.post(reverse("timeline_archiving:want", args=[source.pk])).content.decode()
    assert "Waiting for its turn" in answer
    assert Archiving.objects.get().asked_by == user_of(editor)
    saving.on_save = Answer(json.dumps({"status_ext": "error:blocked-url", "message": "<b>Blocked</b>"}))
    search()
    page = form_of(moderator, source).content.decode()
    for words in ("Refused", "&lt;b&gt;Blocked&lt;/b&gt;", "It is not tried again, unless you ask."):
        assert words in page


def test_who_may_not_write_sources_asks_for_nothing(source, archive, client, django_user_model):
    reader = django_user_model.objects.create_user("reader")
    reader.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(reader)
    assert client.post(reverse("timeline_archiving:want", args=[source.pk])).status_code in (302, 403)
    assert not Archiving.objects.exists()


def test_without_archives_there_is_nothing_to_ask_for(source, moderator):
    assert "Search for an archived copy" not in form_of(moderator, source).content.decode()
    moderator.post(reverse("timeline_archiving:want", args=[source.pk]))
    assert not Archiving.objects.exists()


def test_a_form_that_was_opened_before_keeps_the_copy_that_was_found_since(source, archive, moderator):
    data = form_data(form_of(moderator, source))
    copy = archive.keep(PAGE, "2025-04-18T09:00", SHOWS)
    search()
    address = reverse("wagtailsnippets_timeline_source:edit", args=[source.pk])
    moderator.post(address, data | {"byline": "Jane Doe"})
    assert Source.objects.values_list("byline", "archived_url").get() == ("Jane Doe", copy)
    data = form_data(form_of(moderator, source))
    moderator.post(address, data | {"archived_url": ""})
    assert archived(source) == "", "what an editor takes out is out"


def test_the_list_of_sources_says_and_asks_how_far_it_is(source, archive, moderator):
    cited(SourceFactory(title="Other", url="https://news.example.org/other"))
    archive.pages[f"/web/{PAGE}"] = Answer("", status=403)
    queue.fill(timezone.now())
    searching.step(Archiving.objects.get(source=source), unhurried())
    listing = reverse("wagtailsnippets_timeline_source:list")
    page = moderator.get(listing, {"archiving": "refused"}).content.decode()
    assert (TITLE in page, "Other" in page, "Refused" in page) == (True, False, True)


def test_the_page_of_our_copies_has_the_button_for_those_who_may_not_change_a_source(source, archive, editor):
    page = editor.get(reverse("timeline_copies:list", args=[source.pk])).content.decode()
    assert reverse("timeline_archiving:want", args=[source.pk]) in page
    assert "admin-links.js" in page


def test_the_history_of_a_source_says_who_asked_for_its_copy(source, archive, editor):
    archive.keep(PAGE, "2025-04-18T09:00", SHOWS)
    queue.want(source, user_of(editor))
    search()
    assert ModelLogEntry.objects.get(action=searching.ARCHIVED).user == user_of(editor)

"""What the desk says where an editor looks for it: one word for one thing, and no dead end."""

import json

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tests.editing import edit_url, form_data, messages_of
from tests.factories import OrganisationFactory, PersonFactory, chronology, draft_entry, publish_entry
from timeline.models import EntryPage, Source
from timeline.moments import moment

pytestmark = pytest.mark.django_db


def buttons_of(response):
    menu = BeautifulSoup(response.content, "html.parser").select("footer button, footer a")
    return [" ".join(button.get_text(" ", strip=True).split()) for button in menu]


def notes_of(client, entry, **typed):
    data = form_data(client.get(edit_url(entry))) | typed
    answer = json.loads(client.post(reverse("timeline_notes", args=[entry.pk]), data).content)
    return {note["at"]: note["text"] for note in answer["notes"]}


def test_the_home_page_begins_entries_and_sources(editor):
    page = BeautifulSoup(editor.get("/admin/").content, "html.parser") if chronology() else None
    begun = {link.get_text(strip=True): link["href"] for link in page.select(".home-begin a")}
    assert list(begun) == ["Add entry", "Add source"]
    for address in begun.values():
        assert editor.get(address).status_code == 200


def test_one_word_for_approving_and_one_for_publishing(editor, moderator):
    entry = draft_entry(title="They meet")
    assert "Submit for approval" in buttons_of(editor.get(edit_url(entry)))
    assert "Publish" in buttons_of(moderator.get(edit_url(entry)))
    editor.post(edit_url(entry), form_data(editor.get(edit_url(entry))) | {"action-submit": "1"})
    offered = buttons_of(moderator.get(edit_url(entry)))
    assert "Approve and publish" in offered
    assert "Approve and publish, with a comment" in offered
    assert not {"Publish", "Approve and Publish", "Cancel workflow"} & set(offered)
    assert "Take back from approval" in buttons_of(editor.get(edit_url(entry)))


def test_a_long_statement_is_asked_whether_it_is_one_fact(editor):
    entry = draft_entry(statements=["They met.", "They met in Tokyo."])
    said = notes_of(editor, entry, **{"statements-0-text": "word " * 41, "statements-1-text": "They met.\nThey left."})
    assert said["id_statements-0-text"].startswith("41 words: is this one fact?")
    assert said["id_statements-1-text"].startswith("4 words: is this one fact?")
    data = form_data(editor.get(edit_url(entry))) | {"statements-0-text": "word " * 41}
    assert "41 words: is this one fact?" in messages_of(editor.post(edit_url(entry), data, follow=True))


def test_an_address_that_another_entry_has_is_said(editor):
    publish_entry(title="They meet", slug="they-meet")
    entry = draft_entry(title="They meet again")
    sentence = "Another entry has the address “they-meet”, so this one gets “they-meet-2”."
    assert notes_of(editor, entry, slug="they-meet")["id_slug"] == sentence
    data = form_data(editor.get(edit_url(entry))) | {"slug": "they-meet"}
    assert sentence in messages_of(editor.post(edit_url(entry), data, follow=True))
    assert EntryPage.objects.get(pk=entry.pk).slug == "they-meet-2"


def test_merging_tells_two_of_one_name_apart(moderator):
    one = PersonFactory(family_name="Akazawa", given_name="Ryosei")
    other = PersonFactory(family_name="Akazawa", given_name="Ryosei")
    url = reverse("timeline_merges:begin", args=["person", one.pk])
    shown = moderator.get(f"{url}?into={other.pk}").text
    assert f"({one.slug}" in shown
    assert f"({other.slug}" in shown
    assert one.slug != other.slug
    chooser = reverse(other.snippet_viewset.chooser_viewset.get_url_name("choose"))
    assert other.slug in json.loads(moderator.get(chooser).content)["html"]


def test_the_publisher_of_a_new_source_is_searched(editor):
    OrganisationFactory(name="Nikkei")
    chooser = reverse(Source.snippet_viewset.chooser_viewset.get_url_name("choose"))
    page = BeautifulSoup(json.loads(editor.get(chooser).content)["html"], "html.parser")
    assert "Nikkei" in page.select_one("searched-select select").get_text()


@pytest.mark.parametrize("kind", ["entry", "chronology"])
def test_what_there_is_one_place_for_is_not_moved(administrator, kind):
    page = publish_entry() if kind == "entry" else chronology()
    offered = administrator.get(edit_url(page)).text
    assert "/move/" not in offered
    assert (f"/pages/{page.pk}/copy/" in offered) is (kind == "entry")
    for address in ["/admin/entries/", reverse("wagtailadmin_explore", args=[chronology().pk])]:
        assert "/move/" not in administrator.get(address).text


def test_an_entry_is_withdrawn_wherever_that_is_offered(moderator):
    entry = publish_entry(title="They meet")
    tree = reverse("wagtailadmin_explore", args=[chronology().pk])
    for address in [edit_url(entry), reverse("entries:menu", args=[entry.pk]), tree]:
        page = BeautifulSoup(moderator.get(address).content, "html.parser")
        offered = {link.get_text(strip=True) for link in page.select(f"a[href*='/pages/{entry.pk}/']")}
        assert "Withdraw" in offered
        assert not offered & {"Unpublish", "Move", "Sort menu order"}


def test_a_lock_says_whose_it_is_and_since_when(editor, moderator):
    entry = publish_entry(title="They meet")
    moderator.post(reverse("wagtailadmin_pages:lock", args=[entry.pk]))
    at = moment(EntryPage.objects.get(pk=entry.pk).locked_at)
    assert f"“They meet” was locked by you on {at}." in messages_of(moderator.get(edit_url(entry)))
    assert f"“They meet” was locked by moderators on {at}." in messages_of(editor.get(edit_url(entry)))


def test_a_second_chronology_leads_to_the_first_and_says_why(administrator):
    page = chronology()
    root = page.get_parent()
    assert "A site has one chronology" in administrator.get(edit_url(page)).text
    for address in [
        reverse("wagtailadmin_pages:add", args=["timeline", "chronologypage", root.pk]),
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
    ]:
        answer = administrator.get(address, follow=True)
        assert answer.redirect_chain[-1][0] == edit_url(page)
        assert "A site has one chronology" in messages_of(answer)

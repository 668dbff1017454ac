"""What was typed and is not saved: compared with what is stored, shown in the form, or handed back."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from tests.editing import add_statement, edit_url, form_data, messages_of, signed_in
from tests.factories import CategoryFactory, PersonFactory, SourceFactory, chronology, draft_entry
from tests.test_admin_entries import autosave, new_entry_form
from timeline.admin.record.viewsets import VIEWSETS
from timeline.models import EntryPage

pytestmark = pytest.mark.django_db

COPY = "12345678-1234-1234-1234-123456789abc"


def compared(client: Client, url: str, copy: dict) -> list[list[str]]:
    """The comparison of a copy with what is stored, row by row."""
    answer = client.post(f"{url}?kept=compare", copy)
    assert answer.status_code in (200, 204)
    rows = BeautifulSoup(answer.content, "lxml").select("tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in rows]


@pytest.fixture
def entry():
    entry = draft_entry(statements=["First.", "Second."], category=CategoryFactory(name="Talks"))
    entry.save_revision()
    return entry


class TestComparing:
    def test_a_copy_of_what_is_stored_has_nothing_to_say(self, editor, entry):
        assert compared(editor, edit_url(entry), form_data(editor.get(edit_url(entry)))) == []

    def test_it_names_fields_as_the_form_does_and_says_old_and_new(self, editor, entry):
        copy = form_data(editor.get(edit_url(entry)))
        category = CategoryFactory(name="Agreements")
        copy |= {"title": "My headline", "date": "2025-13", "category": category.pk, "planned": "on"}
        copy |= {"statements-0-DELETE": "1", "statements-1-text": "The second."}
        report = SourceFactory(title="A report")
        add_statement(copy, "A third.", report)
        assert compared(editor, edit_url(entry), copy) == [
            ["Headline", entry.title, "My headline"],
            ["Date", entry.date, "2025-13"],
            ["Planned", "no", "yes"],
            ["Kind of event", "Talks", "Agreements"],
            ["Statement 1 · Statement", "Second.", "The second."],
            ["Statement 2 · Statement", "–", "A third."],
            ["Statement 2 · Citation 1 · Source", "–", str(report)],
            ["Statement 1", "First. · Reported", "(removed)"],
        ]
        assert EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object().title == entry.title

    def test_rows_that_only_changed_places_are_told(self, editor, entry):
        copy = form_data(editor.get(edit_url(entry))) | {"statements-0-ORDER": "2", "statements-1-ORDER": "1"}
        assert compared(editor, edit_url(entry), copy) == [["Statements", "–", "(in another order)"]]

    def test_what_is_new_is_compared_with_an_empty_form(self, editor):
        url, copy = new_entry_form(editor)
        assert compared(editor, url, copy | {"title": "Ministers meet"}) == [["Headline", "–", "Ministers meet"]]
        assert not EntryPage.objects.exists()

    def test_every_kind_of_record_can_be_compared_and_shown(self, moderator):
        person = PersonFactory()
        addresses = [reverse("wagtailsnippets_timeline_person:edit", args=[person.pk])]
        addresses += [reverse(f"wagtailsnippets_timeline_{kind.model._meta.model_name}:add") for kind in VIEWSETS]
        for url in addresses:
            copy = form_data(moderator.get(url))
            field = next(each for each in ("title", "name", "family_name") if each in copy)
            copy[field] = "Typed anew"
            assert "Typed anew" in str(compared(moderator, url, copy))
            shown = moderator.post(f"{url}?kept=show", copy)
            assert "This is what your browser had kept" in messages_of(shown)
            assert form_data(shown)[field] == "Typed anew"
        assert not any(kind.model.objects.exclude(pk=person.pk).exists() for kind in VIEWSETS)

    def test_the_page_of_the_chronology_too(self, administrator):
        url = reverse("wagtailadmin_pages:edit", args=[chronology().pk])
        copy = form_data(administrator.get(url)) | {"strapline": "Typed anew."}
        assert "Typed anew." in str(compared(administrator, url, copy))
        assert form_data(administrator.post(f"{url}?kept=show", copy))["strapline"] == "Typed anew."


class TestTakingOver:
    def test_the_form_is_shown_with_its_rows_and_nothing_is_saved(self, editor, entry):
        copy = form_data(editor.get(edit_url(entry))) | {"title": "My headline"}
        add_statement(copy, "A third.")
        shown = editor.post(f"{edit_url(entry)}?kept=show", copy)
        assert shown.status_code == 200
        again = form_data(shown)
        assert (again["title"], again["statements-2-text"]) == ("My headline", "A third.")
        assert entry.revisions.count() == 1
        assert autosave(editor, edit_url(entry), again)["success"], "from here on it is a form like any other"

    def test_a_copy_older_than_what_somebody_saved_meets_the_page_of_two_editors(self, editor, entry):
        copy = form_data(editor.get(edit_url(entry))) | {"title": "My headline"}
        moderator = signed_in("Moderators")
        theirs = form_data(moderator.get(edit_url(entry))) | {"summary": "Their summary."}
        assert moderator.post(edit_url(entry), theirs).status_code == 302
        shown = editor.post(f"{edit_url(entry)}?kept=show", copy)
        assert shown.status_code == 409
        assert "moderators saved this entry on" in messages_of(shown)
        assert form_data(shown)["title"] == "My headline"

    def test_the_browser_is_told_what_is_saved(self, editor, entry):
        data = form_data(editor.get(edit_url(entry))) | {"kept": COPY}
        assert f"kept-{COPY}" in editor.post(edit_url(entry), data).cookies
        data = form_data(editor.get(edit_url(entry))) | {"kept": COPY}
        refused = editor.post(edit_url(entry), data | {"action-publish": "1", "title": ""})
        assert refused.status_code == 200
        assert f"kept-{COPY}" not in refused.cookies
        assert f'data-kept-as="{COPY}"' in refused.text, "it goes on in the same copy"
        assert not editor.post(edit_url(entry), data | {"kept": "a;b"}).cookies.get("kept-a;b")

    def test_a_draft_that_cannot_hold_all_says_so(self, editor, entry):
        data = form_data(editor.get(edit_url(entry)))
        assert "unread" not in autosave(editor, edit_url(entry), data | {"title": "Mine"})
        data = form_data(editor.get(edit_url(entry)))
        assert autosave(editor, edit_url(entry), data | {"date": "2025-13"})["unread"] is True


class TestHandingBack:
    """A form that is older than the sign-in is refused; its text comes back."""

    @pytest.fixture
    def strict(self, editor):
        client = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})
        client.cookies = editor.cookies
        return client

    def test_what_was_written_comes_back_with_a_button_that_sends_it_again(self, strict, entry):
        data = form_data(strict.get(edit_url(entry)))
        old = data["csrfmiddlewaretoken"]
        strict.cookies["csrftoken"] = "a" * 32  # as after signing in in another tab
        add_statement(data, "<b>Third</b> & last.\nOf two lines.")
        answer = strict.post(edit_url(entry), data | {"action-publish": "1", "password": "hush", "my_token": "hush"})
        assert answer.status_code == 403
        page = BeautifulSoup(answer.content, "lxml")
        assert page.h1.text == "Nothing was saved"
        written = {label.contents[0].strip(): label.textarea.text for label in page.select("label")}
        assert written["Headline"] == entry.title
        assert written["Statement 3 · Statement"].splitlines() == ["<b>Third</b> & last.", "Of two lines."]
        assert "hush" not in answer.text
        assert "a" * 32 not in answer.text
        again = form_data(answer, "//form")
        assert again["csrfmiddlewaretoken"] != old
        assert again["action-publish"] == "1"
        again.pop("action-publish")
        assert strict.post(page.form["action"], again).status_code == 302
        saved = EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object()
        assert [row.text for row in saved.statements.all()][2].startswith("<b>Third</b>")

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "", "origin": "https://elsewhere.example"},
        ],
    )
    def test_what_another_site_sent_is_not_one_press_from_being_taken(self, strict, headers):
        answer = strict.post("/admin/pages/86/edit/", {"title": "Planted"}, headers=headers)
        assert answer.status_code == 403
        assert "Planted" not in answer.text
        assert not BeautifulSoup(answer.content, "lxml").find("form")

    def test_another_account_sends_nothing_under_its_name(self, strict):
        answer = strict.post("/admin/pages/86/edit/", {"title": "Mine", "kept_by": "0"})
        assert "editors is signed in here now" in answer.text
        assert "Mine" in answer.text
        assert "Send it again" not in answer.text

    def test_whoever_is_signed_out_signs_in_first(self, strict):
        strict.cookies.pop("sessionid")
        answer = strict.post("/admin/pages/86/edit/", {"title": "Mine"})
        assert "Sign in in a new tab" in answer.text
        assert "Mine" in answer.text

    def test_forms_of_accounts_are_not_handed_back(self, strict):
        answer = strict.post("/admin/login/", {"username": "editors", "password": "hush"})
        assert (answer.status_code, "editors<" in answer.text, "hush" in answer.text) == (403, False, False)

    def test_a_form_that_saves_itself_gets_its_answer_as_data(self, strict):
        answer = strict.post("/admin/pages/86/edit/", {"title": "Mine"}, headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["success"]) == (403, False)


def test_who_is_signed_in(editor):
    address = reverse("timeline_account")
    told = editor.get(address)
    assert told.json()["name"] == "editors"
    assert "no-store" in told.headers["Cache-Control"]
    assert Client().get(address).status_code == 302

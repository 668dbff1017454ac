"""Corrections: how editors make them, and how readers learn of them."""

import json

import feedparser
import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from tests.editing import edit_url, errors_of, form_data
from tests.factories import add_figure, change, draft_entry, publish_entry
from timeline.models import Edition, EntryPage, PublishedEntry, Version
from timeline.models.document import complete
from timeline.models.publication import CHANGE_LIMITS, problems

pytestmark = pytest.mark.django_db

WRONG, RIGHT = "The summary said an hour.", "They spoke for 50 minutes."


SAID = "They spoke for an hour, or for 50 minutes."
"""A statement that either summary can rest on."""


@pytest.fixture
def entry():
    return publish_entry(slug="talks", title="Ministers meet", summary="They speak for an hour.", statements=[SAID])


def post(client, entry, action="action-publish", **fields):
    """Change the form of ``entry`` and send it as the browser would."""
    data = form_data(client.get(edit_url(entry)))
    return client.post(edit_url(entry), {**data, **fields, action: "1"})


def correction(**fields):
    return {"change": "correction", "correction_wrong": WRONG, "correction_right": RIGHT, **fields}


def tabs(response):
    return [tab["href"] for tab in BeautifulSoup(response.content, "html.parser").select("[role=tab]")]


class TestTheForm:
    def test_a_draft_that_nobody_has_seen_is_asked_nothing(self, editor):
        assert tabs(editor.get(edit_url(draft_entry()))) == ["#tab-content", "#tab-settings"]

    def test_the_kind_of_change_must_be_chosen_and_nothing_typed_is_lost(self, moderator, entry):
        page = moderator.get(edit_url(entry))
        assert tabs(page) == ["#tab-content", "#tab-what_changed", "#tab-settings"]
        typed = {"summary": RIGHT, "correction_wrong": WRONG}
        response = moderator.post(edit_url(entry), {**form_data(page), **typed, "action-publish": "1"})
        assert errors_of(response) == [
            "Readers have seen this entry. Say what this change is: a minor edit, an update or a correction."
        ]
        assert typed.items() <= form_data(response).items()
        again = {**form_data(response), "change": "correction", "action-submit": "1"}
        response = moderator.post(edit_url(entry), again)
        assert errors_of(response) == ["A correction says what is right."]
        assert typed.items() <= form_data(response).items()
        assert entry.versions.count() == 1

    @pytest.mark.parametrize(
        ("fields", "panel", "sentence"),
        [
            (correction(correction_right=" "), "correction_right", "A correction says what is right."),
            (correction(correction_wrong=""), "correction_wrong", "A correction says what was wrong."),
            (correction(change="minor"), "change", "You wrote a correction. Choose “Correction”"),
            ({"change": "minor", "change_note": "New."}, "change", "You wrote what is new. Choose “Update”"),
            (
                correction(correction_right="x" * 601),
                "correction_right",
                "This has 601 characters; readers get at most 600",
            ),
        ],
    )
    def test_what_does_not_fit_together_is_refused_at_its_field(self, entry, fields, panel, sentence):
        for name, value in fields.items():
            setattr(entry, name, value)
        (problem,) = problems(entry)
        assert problem.panel == panel
        assert problem.message.startswith(sentence)
        with pytest.raises(ValidationError):
            entry.save_revision().publish()
        assert entry.versions.count() == 1

    def test_what_was_published_is_listed_asked_anew_and_changed_by_no_post(self, moderator, entry):
        opened = form_data(moderator.get(edit_url(entry))) | correction(summary=RIGHT) | {"action-publish": "1"}
        assert moderator.post(edit_url(entry), opened).status_code == 302
        response = moderator.get(edit_url(entry))
        listed = BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)
        assert f"Correction 1. {WRONG} {RIGHT}" in " ".join(listed.split())
        shown = form_data(response)
        assert {shown.get(name, "") for name in ("change", *CHANGE_LIMITS)} == {""}
        # The same words again, from a form that was open all the while.
        response = moderator.post(edit_url(entry), shown | correction() | {"action-publish": "1"})
        assert errors_of(response) == [
            "Correction 1, which readers can see, says the same. Say what this publication changes."
        ]
        forged = {"versions-0-wrong": "Nothing.", "versions-0-DELETE": "1", "wrong": "Nothing.", "versions": ""}
        moderator.post(edit_url(entry), shown | forged | {"change": "minor", "place": "Tokyo", "action-publish": "1"})
        assert [version.wrong for version in entry.versions.order_by("number")] == ["", WRONG, ""]

    def test_wagtails_own_comparison_shows_what_was_said(self, moderator, entry):
        post(moderator, entry, "action-save", summary=RIGHT, **correction())
        earlier, later = entry.revisions.order_by("pk").values_list("pk", flat=True)
        page = moderator.get(reverse("wagtailadmin_pages:revisions_compare", args=[entry.pk, earlier, later])).text
        assert WRONG in page
        assert RIGHT in page


class TestWaysToPublish:
    def test_a_moderator_who_approves_publishes_the_words_of_the_draft(self, editor, moderator, entry):
        post(editor, entry, "action-submit", summary=RIGHT, **correction())
        task = EntryPage.objects.get(pk=entry.pk).current_workflow_task_state
        address = reverse("wagtailadmin_pages:workflow_action", args=[entry.pk, "approve", task.pk])
        moderator.post(address, {"comment": ""})
        assert entry.versions.get(number=2).right == RIGHT

    def test_a_schedule_publishes_them_once_and_empties_the_open_draft(self, entry):
        for name, value in correction(summary=RIGHT).items():
            setattr(entry, name, value)
        entry.go_live_at = timezone.now() + timezone.timedelta(hours=1)
        due = entry.save_revision()
        due.publish()
        assert entry.versions.count() == 1  # nothing is public before its time
        newer = entry.get_latest_revision_as_object()
        newer.place = "Tokyo"
        newer.save_revision()
        due.refresh_from_db()
        due.content["go_live_at"] = None
        due.save()
        due.publish()
        assert entry.versions.get(number=2).wrong == WRONG
        draft = EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object()
        assert (draft.place, draft.change, draft.correction_wrong) == ("Tokyo", "", "")
        assert [problem.panel for problem in problems(draft)] == ["change"]


class TestReaders:
    def test_the_newest_correction_stands_under_the_headline_and_all_below_the_entry(self, client, entry):
        entry = change(entry, "correction", WRONG, RIGHT, summary=RIGHT)
        entry = change(entry, "correction", "It was in Osaka.", "It was in Tokyo", place="Tokyo")
        page = BeautifulSoup(client.get("/entries/talks/").content, "html.parser")
        notice = page.select_one("article > header #correction-2")
        said = " ".join(notice.get_text(" ").split())
        assert said.startswith("Correction 2. Corrected on ")
        assert "It was in Osaka. It was in Tokyo." in said
        assert notice.find("a", string="1 earlier correction")["href"] == "/entries/talks/history/"
        items = [" ".join(item.get_text(" ").split()) for item in page.select(".log li")]
        assert ["Correction 2." in items[0], "Correction 1." in items[1], "first published" in items[2]] == [True] * 3
        assert len(page.select("[id=correction-1]")) == len(page.select("[id=correction-2]")) == 1

    def test_an_update_is_told_quietly_and_a_minor_edit_not_at_all(self, client, entry):
        change(entry, "update", "A place was added", place="Tokyo")
        page = BeautifulSoup(client.get("/entries/talks/").content, "html.parser")
        assert page.select_one("article > header .note") is None
        assert ": A place was added" in page.select_one("article > header").get_text()
        before = PublishedEntry.objects.get().updated_at
        change(EntryPage.objects.get(), "minor", place="Osaka")
        page = BeautifulSoup(client.get("/entries/talks/").content, "html.parser")
        assert len(page.select(".log li")) == 2
        assert PublishedEntry.objects.get().updated_at == before

    def test_lists_say_corrected_with_the_date(self, client, entry):
        assert "#correction-1" not in client.get("/").text
        change(entry, "correction", WRONG, RIGHT)
        card = BeautifulSoup(client.get("/").content, "html.parser").select_one("article.entry .fix a")
        assert card["href"] == "/entries/talks/#correction-1"
        assert card.text.startswith("Corrected ")

    def test_machines_are_told_too(self, client, entry):
        change(entry, "correction", WRONG, RIGHT)
        page = BeautifulSoup(client.get("/entries/talks/").content, "html.parser")
        nodes = json.loads(page.select_one('script[type="application/ld+json"]').string)["@graph"]
        document = PublishedEntry.objects.get().document
        assert nodes[0]["version"] == 2
        assert nodes[0]["dateModified"] == document["updated"]
        assert nodes[0]["correction"] == [
            {"@type": "CorrectionComment", "text": f"{WRONG} {RIGHT}", "datePublished": document["changes"][0]["date"]}
        ]


class TestTheListOfCorrections:
    def test_it_has_every_correction_newest_first_and_no_update(self, client, entry):
        entry = change(entry, "correction", WRONG, RIGHT)
        entry = change(entry, "update", "A place was added.", place="Tokyo")
        other = publish_entry(slug="other", title="Another entry")
        change(other, "correction", "It was one.", "It was <two>.")
        page = BeautifulSoup(client.get("/corrections/").content, "html.parser")
        assert [item["id"] for item in page.select("ol.log li")] == ["other-1", "talks-1"]
        assert "It was <two>." in page.select_one("#other-1").text
        assert [link["href"] for link in page.select("#talks-1 a")] == [
            "/entries/talks/#correction-1",
            "/entries/talks/versions/1/",
            "/entries/talks/history/?from=1&to=2#comparison",
        ]
        assert "A place was added" not in page.text

    def test_its_feed_is_announced_and_gives_each_correction_an_id_for_good(self, client, entry):
        first = client.get("/corrections.atom")
        assert feedparser.parse(first.content).bozo == 0
        change(entry, "correction", WRONG, RIGHT)
        page = BeautifulSoup(client.get("/corrections/").content, "html.parser")
        assert page.find("link", rel="alternate")["href"] == "/corrections.atom"
        feed = feedparser.parse(client.get("/corrections.atom").content)
        (item,) = feed.entries
        assert (feed.bozo, item.link.partition("/entries")[2]) == (0, "/talks/#correction-1")
        assert f"{WRONG} {RIGHT}" in item.content[0].value
        entry = EntryPage.objects.get(pk=entry.pk)
        entry.slug = "talks-in-tokyo"
        change(entry, "minor", title="Renamed")
        assert [one.id for one in feedparser.parse(client.get("/corrections.atom").content).entries] == [item.id]

    def test_it_goes_on_over_pages_at_the_same_cost(self, client, entry, monkeypatch, django_assert_max_num_queries):
        monkeypatch.setattr("timeline.views.history.PAGE_SIZE", 2)
        change(entry, "correction", WRONG, RIGHT)
        with django_assert_max_num_queries(4) as one:
            client.get("/corrections/")
        for number in range(2):
            change(EntryPage.objects.get(pk=entry.pk), "correction", f"Wrong {number}.", RIGHT)
        with django_assert_max_num_queries(4) as three:
            page = client.get("/corrections/")
        assert len(one) == len(three)
        assert 'href="/corrections/?page=2"' in page.text
        assert WRONG in client.get("/corrections/?page=2").text

    def test_those_of_a_withdrawn_entry_go_with_it(self, client, entry):
        entry = change(entry, "correction", WRONG, RIGHT)
        entry.unpublish()
        assert WRONG not in client.get("/corrections/").text
        assert WRONG not in client.get("/corrections.atom").text
        entry = EntryPage.objects.get(pk=entry.pk)
        change(entry, "minor")
        assert WRONG in client.get("/corrections/").text


class TestRemovingWords:
    def address(self, entry, number):
        return reverse("timeline_changes:redact", args=[entry.versions.get(number=number).pk])

    def test_an_administrator_takes_the_words_of_an_earlier_version_away(self, administrator, client, entry):
        entry = change(entry, "correction", "X was named.", "Y was meant.", summary="Y speaks.")
        entry = change(entry, "minor", summary="Y spoke.")
        assert self.address(entry, 2) in administrator.get(edit_url(entry)).text
        before = Edition.objects.get().version
        assert administrator.post(self.address(entry, 2), {"reason": "legal"}).status_code == 302
        version = entry.versions.get(number=2)
        with connection.cursor() as cursor:
            cursor.execute("SELECT document::text FROM timeline_version WHERE id = %s", [version.pk])
            assert cursor.fetchone() == ("{}",)
        assert version.document == complete({}), "read as a document that says nothing"
        assert (version.wrong, version.right, version.redaction) == ("", "", "legal")
        assert Edition.objects.get().version > before
        for address in ("/entries/talks/", "/corrections/", "/corrections.atom", "/entries/talks/versions/3/"):
            text = client.get(address).text
            assert "X was named" not in text, address
            assert "Removed for legal reasons" in text, address
        history = administrator.get(reverse("wagtailadmin_pages:history", args=[entry.pk])).text
        assert "Removed the words of version 2" in history

    def test_neither_without_a_reason_nor_from_what_readers_see_now(self, administrator, entry):
        response = administrator.post(self.address(entry, 1), {"reason": "legal"})
        assert response.status_code == 302
        assert entry.versions.get().document
        entry = change(entry, "minor")
        response = administrator.post(self.address(entry, 1), {})
        assert "Choose a reason" in response.text
        assert entry.versions.get(number=1).document

    def test_nobody_else_may(self, moderator, entry):
        entry = change(entry, "minor")
        moderator.post(self.address(entry, 1), {"reason": "legal"})
        assert Version.objects.get(number=1).redaction == ""


def test_figures_of_a_correction_reach_the_comparison(client, entry):
    source = entry.statements.first().citations.first().source
    figure = add_figure(entry, source, value="25")
    entry = change(entry, "update")
    figure = entry.figures.get()
    figure.value = "15"
    entry.figures.set([figure])
    change(entry, "correction", "The duty was given as 25 percent.", "It is 15 percent.")
    page = BeautifulSoup(client.get("/entries/talks/history/?from=2&to=3").content, "html.parser")
    assert [part.find(string=True, recursive=False) for part in page.select("#comparison :is(del, ins)")] == [
        "25",
        "15",
    ]

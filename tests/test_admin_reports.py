"""Knowing what to do next: the home page, the reports, and the months that were researched."""

import csv
import datetime
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.editing import edit_url, form_data
from tests.factories import SourceFactory, chronology, draft_entry, publish_entry
from tests.test_admin_lists import ENTRIES, headlines
from timeline.models import ChronologyPage, CommandRun, Coverage, Edition, EntryPage, FailedPublication, Version

pytestmark = pytest.mark.django_db

HOME = "/admin/"
HOME_QUERIES = 37
"""Statements of the home page, however many entries there are and whatever waits."""
DAY = datetime.timedelta(days=1)


def waiting(client) -> list[list[str]]:
    """The rows of the list on the home page."""
    page = BeautifulSoup(client.get(HOME).content, "html.parser")
    rows = page.select("[id*=waiting] tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in rows]


def warnings(client) -> str:
    page = BeautifulSoup(client.get(HOME).content, "html.parser")
    return " ".join(block.get_text(" ", strip=True) for block in page.select(".help-block"))


def submit(client, entry: EntryPage) -> None:
    client.post(edit_url(entry), form_data(client.get(edit_url(entry))) | {"action-submit": "1"})


class TestHome:
    def test_four_numbers_lead_to_their_lists(self, moderator):
        publish_entry(weight="key", title="Key")
        publish_entry(sources=[SourceFactory(), SourceFactory()], planned=True, date="2020-01-01", title="Past")
        draft_entry(sources=[], title="Unsourced")
        page = BeautifulSoup(moderator.get(HOME).content, "html.parser")
        links = {link["href"]: " ".join(link.text.split()) for link in page.select(".w-summary a")}
        assert list(links.values()) == [
            "2 public entries",
            "1 to be sourced",
            "1 key entry with one source",
            "1 planned, and now past",
            "0 new error reports",
        ]
        found = [headlines(moderator.get(link)) for link in list(links)[1:4]]
        assert found == [["Unsourced"], ["Key"], ["Past"]]

    def test_each_finds_what_waits_for_them(self, editor, moderator):
        sent_back, submitted = draft_entry(title="Sent back"), draft_entry(title="Submitted")
        for entry in [sent_back, submitted]:
            submit(editor, entry)
        state = EntryPage.objects.get(pk=sent_back.pk).current_workflow_task_state
        url = reverse("wagtailadmin_pages:workflow_action", args=[sent_back.pk, "reject", state.pk])
        moderator.post(url, {"comment": "Which minister?"})
        own = draft_entry(title="Draft")
        editor.post(edit_url(own), form_data(editor.get(edit_url(own))))
        draft_entry(title="Somebody else's")

        assert [row[:3] for row in waiting(editor)] == [
            ["Sent back “Which minister?”", "Changes requested", "moderators"],
            ["Draft", "Your draft", ""],
        ]
        assert [row[:3] for row in waiting(moderator)] == [["Submitted", "To approve", "editors"]]
        assert sorted(headlines(editor.get(f"{ENTRIES}?desk=me"))) == ["Draft", "Sent back"]
        assert headlines(moderator.get(f"{ENTRIES}?desk=me")) == ["Submitted"]

    def test_it_counts_no_further_than_anybody_reads(self, editor, monkeypatch):
        monkeypatch.setattr("timeline.admin.welcome.MOST", 2)
        monkeypatch.setattr("timeline.admin.welcome.LONGEST_LIST", 1)
        for _number in range(3):
            draft_entry(sources=[]).save_revision(user=User.objects.get(pk=editor.session["_auth_user_id"]))
        page = BeautifulSoup(editor.get(HOME).content, "html.parser")
        text = " ".join(page.get_text(" ").split())
        assert "more than 2 to be sourced" in text
        assert "All more than 2 entries that wait for you" in text

    def test_nothing_waits(self, editor):
        assert waiting(editor) == []
        assert "Nothing: no entry to approve" in editor.get(HOME).content.decode()

    def test_what_could_not_be_published_is_told_until_it_is(self, editor):
        entry = draft_entry(title="Unfit", sources=[])
        entry.go_live_at = timezone.now() - DAY
        entry.save_revision(clean=False, approved_go_live_at=entry.go_live_at)
        assert "scheduled publication has never run" in warnings(editor)
        with pytest.raises(Exception, match="could not be published"):
            call_command("publish_scheduled", stderr=StringIO())
        assert "Unfit was to be published on" in warnings(editor)
        assert "has no source. Add a citation." in warnings(editor)
        CommandRun.objects.update(started_at=timezone.now() - DAY)
        assert "Scheduled publication has not run since" in warnings(editor)
        entry.revisions.update(approved_go_live_at=None)
        assert warnings(editor) == ""
        assert FailedPublication.objects.exists(), "the next run forgets it"

    def test_a_long_time_without_a_check_of_links_is_told(self, editor):
        publish_entry()
        assert warnings(editor) == ""
        run = CommandRun.objects.create(command="check_links", started_at=timezone.now() - 36 * DAY)
        assert "have not been checked since" in warnings(editor)
        run.started_at = timezone.now() - 30 * DAY
        run.save()
        assert warnings(editor) == ""

    def test_it_asks_as_many_queries_however_much_waits(self, editor, moderator):
        def queries() -> int:
            moderator.get(HOME)
            with CaptureQueriesContext(connection) as captured:
                moderator.get(HOME)
            return len(captured)

        submit(editor, draft_entry())
        one = queries()
        for _number in range(3):
            submit(editor, draft_entry())
        assert queries() == one == HOME_QUERIES


class TestReports:
    def test_the_menu_has_each_and_every_one_opens(self, moderator):
        publish_entry()
        menu = moderator.get(HOME).content.decode()
        assert "Aging pages" not in menu
        for name in ["To be sourced", "Positions missing", "Sources without archived copy", "Coverage", "Corrections"]:
            assert f'"{name}"' in menu

    def test_each_need_finds_its_entries(self, moderator):
        today = timezone.localdate()
        error = SourceFactory(use="error_example")
        draft_entry(title="Misled", sources=[error])
        publish_entry(title="Worked out", date_basis="derived", sources=[SourceFactory(), SourceFactory()])
        rewrite = SourceFactory(derived_from=(original := SourceFactory()))
        publish_entry(title="Twice the same", sources=[original, rewrite])
        two = [SourceFactory(), SourceFactory()]
        publish_entry(title="Yesterday", planned=True, date=str(today - DAY), sources=two)
        publish_entry(title="Two ends", date="2025-04-16/2025-04-18", sources=two)
        publish_entry(title="Lasted", date="2025-04-16/2025-04-18", date_extent="lasted", sources=two)
        publish_entry(title="Tomorrow", planned=True, date=str(today + DAY), sources=two)
        found = {
            need: headlines(moderator.get(f"{ENTRIES}?needs={need}"))
            for need in ["source", "second", "day", "extent", "outcome"]
        }
        assert found == {
            "source": ["Misled"],
            "second": ["Twice the same"],
            "day": ["Worked out"],
            "extent": ["Two ends"],
            "outcome": ["Yesterday"],
        }

    def test_corrections_are_listed_the_latest_first(self, moderator):
        for title in ["First", "Second", "Never"]:
            entry = publish_entry(title=title)
            if title != "Never":
                entry.change, entry.correction_wrong, entry.correction_right = "correction", "Two.", "Three."
                entry.save_revision().publish()
        assert Version.objects.filter(change="correction").count() == 2
        assert headlines(moderator.get(f"{ENTRIES}?corrected=1&ordering=-corrected")) == ["Second", "First"]


class TestCoverage:
    URL = "/admin/reports/coverage/"

    @pytest.fixture
    def page(self) -> ChronologyPage:
        page = chronology()
        page.coverage = [
            Coverage(date="2025-04/2025-06", note="All three papers"),
            Coverage(date="2024-01-10/2024-01-20"),
        ]
        page.save_revision().publish()
        return ChronologyPage.objects.get()

    def rows(self) -> list[tuple[str, str]]:
        return [(row.date, row.note) for row in ChronologyPage.objects.get().coverage.all()]

    def test_months_show_their_entries_and_whether_anybody_looked(self, editor, page):
        for date in ["2025-04-16", "2025-04", "2025", "2024-12-30/2025-01-02"]:
            publish_entry(date=date)
        text = editor.get(self.URL, {"export": "csv"}).content.decode()
        months = {row["Month"]: (row["Entries"], row["Researched"]) for row in csv.DictReader(StringIO(text))}
        assert months["2025-04"] == ("2", "yes")
        assert months["2024-01"] == ("0", "yes")
        assert months["2025-01"] == ("0", "no")
        found = BeautifulSoup(editor.get(self.URL).content, "html.parser")
        longer = {row.th.text: row.select("td")[-1].text for row in found.select("tbody tr")}
        assert (longer["2025"], longer["2024"]) == ("1", "1")

    def test_a_month_is_ticked_and_readers_see_it(self, moderator, page):
        ticked = ["2024-01", "2025-04", "2025-06", "2025-09", "2025-10"]
        response = moderator.post(self.URL, {"month": ticked}, follow=True)
        assert "Saved." in response.content.decode()
        assert self.rows() == [
            ("2024-01-10/2024-01-20", ""),
            ("2025-04", "All three papers"),
            ("2025-06", "All three papers"),
            ("2025-09/2025-10", ""),
        ]
        assert ["2025-09-01", "2025-10-31"] in Edition.objects.get().coverage

    def test_a_draft_of_the_chronology_is_not_published_with_it(self, moderator, page):
        page.headline = "Not yet"
        page.save_revision()
        response = moderator.post(self.URL, {"month": []}, follow=True)
        assert "Nothing was saved" in response.content.decode()
        assert len(self.rows()) == 2

    def test_an_editor_looks_and_changes_nothing(self, editor, page):
        assert "Save what has been researched" not in editor.get(self.URL).content.decode()
        editor.post(self.URL, {"month": []})
        assert len(self.rows()) == 2

"""Scheduled publication: once, in order of time, and nothing is lost when one entry cannot go out."""

import datetime
import signal
import threading
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone
from wagtail.models import Page, Revision

from tests.editing import edit_url, user
from tests.factories import SourceFactory, draft_entry, publish_entry
from timeline.models import CommandRun, EntryPage, FailedPublication, PublishedEntry, Version, Withdrawal
from timeline.running import schedule, service

NOW = timezone.now()
HOUR = datetime.timedelta(hours=1)


def scheduled(at: datetime.datetime = NOW - HOUR, **fields) -> EntryPage:
    """A draft whose latest revision was approved for a moment."""
    entry = draft_entry(**fields)
    entry.go_live_at = at
    entry.save_revision(approved_go_live_at=at)
    return entry


def run() -> list[schedule.Outcome]:
    return list(schedule.publish_due(NOW))


@pytest.mark.django_db
class TestPublishing:
    def test_what_is_due_is_published_in_order_of_time_and_the_rest_waits(self):
        scheduled(NOW - HOUR, title="Second")
        scheduled(NOW + HOUR, title="Tomorrow")
        scheduled(NOW - 50 * HOUR, title="First")  # nobody ran the command for two days
        assert [outcome.title for outcome in run()] == ["First", "Second"]
        assert {row.document["headline"] for row in PublishedEntry.objects.all()} == {"First", "Second"}
        assert run() == []
        assert Version.objects.count() == 2

    def test_an_expired_entry_is_withdrawn_with_a_reason(self, client):
        entry = publish_entry()
        Page.objects.filter(pk=entry.pk).update(expire_at=NOW - HOUR)
        assert [outcome.withdrawn for outcome in run()] == [True]
        assert Withdrawal.objects.get().reason.startswith("It was to be read until ")
        assert client.get(entry.get_absolute_url()).status_code == 410
        assert EntryPage.objects.get().expired

    def test_what_expires_keeps_what_is_scheduled_for_later(self):
        """Wagtail alone would cancel the schedule."""
        entry = publish_entry()
        Page.objects.filter(pk=entry.pk).update(expire_at=NOW - HOUR)
        entry.expire_at, entry.go_live_at, entry.change = None, NOW + HOUR, "update"
        entry.save_revision(approved_go_live_at=NOW + HOUR)
        run()
        assert EntryPage.objects.get().scheduled_revision

    def test_after_a_long_pause_an_entry_is_published_and_withdrawn(self):
        entry = draft_entry()
        entry.go_live_at, entry.expire_at = NOW - 3 * HOUR, NOW - HOUR
        entry.save_revision(approved_go_live_at=entry.go_live_at)
        assert [(outcome.published, outcome.withdrawn) for outcome in run()] == [(True, False), (False, True)]
        assert not EntryPage.objects.get().live


@pytest.mark.django_db
class TestFailing:
    @pytest.fixture
    def unfit(self) -> EntryPage:
        """Its source turned out to be an error after it was scheduled."""
        source = SourceFactory()
        entry = scheduled(NOW - 2 * HOUR, title="Unfit", sources=[source])
        source.use = "error_example"
        source.save()
        return entry

    def repair(self, entry: EntryPage) -> None:
        for citation in entry.statements.get().citations.all():
            citation.source.use = "evidence"
            citation.source.save()

    def test_one_that_fails_stops_no_other_and_keeps_its_schedule(self, unfit):
        scheduled(title="Fit")
        found = run()
        assert [(outcome.title, bool(outcome.reasons)) for outcome in found] == [("Unfit", True), ("Fit", False)]
        assert "has no source. Add a citation." in FailedPublication.objects.get().reasons
        assert unfit.scheduled_revision
        assert not EntryPage.objects.get(pk=unfit.pk).live

    def test_whatever_goes_wrong_inside_is_undone(self, monkeypatch):
        """Even what the database would only refuse at the end of the transaction."""
        entry = scheduled()

        def publish_and_break(revision: Revision, **options) -> None:
            EntryPage.objects.filter(pk=entry.pk).update(live=True)
            with connection.cursor() as cursor:  # a row that points nowhere
                cursor.execute("UPDATE timeline_entrypage SET category_id = 999999 WHERE page_ptr_id = %s", [entry.pk])

        monkeypatch.setattr(Revision, "publish", publish_and_break)
        assert "IntegrityError" in run()[0].reasons[0]
        assert not EntryPage.objects.get(pk=entry.pk).live
        assert entry.scheduled_revision

    def test_those_who_may_publish_get_one_letter(self, unfit, django_capture_on_commit_callbacks):
        user("Moderators")
        user("Editors")
        for _time in range(2):
            with django_capture_on_commit_callbacks(execute=True):
                run()
        letter = mail.outbox[0]
        assert [letter.to for letter in mail.outbox] == [["moderators@example.org"]]
        assert letter.subject == "“Unfit” was not published"
        for said in ["“Unfit” was scheduled for", "has no source. Add a citation.", edit_url(unfit)]:
            assert said in letter.body

    def test_it_is_forgotten_when_it_can_be_published(self, unfit):
        run()
        self.repair(unfit)
        assert run()[0].published
        assert not FailedPublication.objects.exists()

    def test_it_is_forgotten_when_its_schedule_is_cancelled(self, unfit):
        run()
        unfit.revisions.update(approved_go_live_at=None)
        assert not schedule.failures(NOW).exists()
        run()
        assert not FailedPublication.objects.exists()

    def test_a_database_in_trouble_is_no_fault_of_the_entry(self, monkeypatch):
        scheduled()

        def trouble(*args, **options) -> None:
            raise OperationalError("the server closed the connection")

        monkeypatch.setattr(Revision, "publish", trouble)
        with pytest.raises(OperationalError):
            run()
        assert not FailedPublication.objects.exists()


@pytest.mark.django_db
class TestCommand:
    def test_it_says_what_it_did_and_when_it_ran(self):
        scheduled(title="First round")
        out = StringIO()
        call_command("publish_scheduled", stdout=out)
        assert "Published: “First round”" in out.getvalue()
        told = CommandRun.objects.get()
        assert (told.command, told.problem) == ("publish_scheduled", "")
        assert told.finished_at >= told.started_at

    def test_a_failure_is_an_error_of_the_command(self):
        entry = scheduled(title="Unfit")
        Revision.objects.filter(object_id=str(entry.pk)).update(content={**entry.latest_revision.content, "date": ""})
        errors = StringIO()
        with pytest.raises(CommandError, match="1 page could not be published"):
            call_command("publish_scheduled", stderr=errors)
        assert "“Unfit” was not published: Add the date of the event before publishing." in errors.getvalue()
        assert "Add the date" in CommandRun.objects.get().problem

    def test_wagtails_older_name_leads_to_it(self):
        scheduled()
        call_command("publish_scheduled_pages", stdout=StringIO())
        assert CommandRun.objects.exists()

    def test_the_service_outlives_a_database_that_is_away_and_stops_when_told(self, monkeypatch):
        """Three rounds: one fails, one works, then comes the signal of a supervisor."""
        rounds: list[float] = []

        class Waiting(threading.Event):
            def wait(self, timeout: float | None = None) -> bool:
                rounds.append(timeout)
                if len(rounds) == 2:
                    signal.raise_signal(signal.SIGTERM)
                return self.is_set()

        answers = iter([OperationalError("gone"), None])

        def start() -> None:
            if trouble := next(answers):
                raise trouble

        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        monkeypatch.setattr(service.threading, "Event", Waiting)
        monkeypatch.setattr(service.connection, "close", lambda: None)
        monkeypatch.setattr(schedule, "note_start", start)
        errors = StringIO()
        try:
            call_command("publish_scheduled", "--every", "30", stderr=errors)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        assert rounds == [2, 30]
        assert "The database does not answer: gone" in errors.getvalue()


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_publish_a_version_once():
    """The second one comes while the first is publishing, and passes the entry over."""
    scheduled()
    claimed, done = threading.Event(), threading.Event()
    seen: list[list[schedule.Outcome]] = []

    def second() -> None:
        claimed.wait(10)
        seen.append(run())
        done.set()
        connection.close()

    publish = Revision.publish

    def publish_slowly(revision: Revision, **options) -> None:
        claimed.set()
        assert done.wait(10), "the second one waits instead of passing over"
        publish(revision, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Revision, "publish", publish_slowly)
        other = threading.Thread(target=second)
        other.start()
        first = run()
        other.join()
    assert (len(first), seen) == (1, [[]])
    assert run() == []
    assert Version.objects.count() == 1

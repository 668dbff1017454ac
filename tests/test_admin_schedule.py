"""The publishing schedule at the desk: 09:00 is 09:00 where the editor is, and says where that is."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision
from wagtail.users.models import UserProfile

from tests.editing import edit_url, form_data, messages_of, user
from tests.factories import draft_entry
from timeline import moments
from timeline.models import EntryPage, Source
from timeline.running.schedule import publish_due

pytestmark = pytest.mark.django_db

TOKYO, NEW_YORK = "Asia/Tokyo", "America/New_York"


@pytest.fixture
def entry() -> EntryPage:
    return draft_entry(title="Ministers meet")


def at_the_desk(zone: str) -> Client:
    """A moderator whose account has a time zone."""
    person, client = user("Moderators"), Client()
    UserProfile.objects.create(user=person, current_time_zone=zone)
    client.force_login(person)
    return client


def schedule(client: Client, entry: EntryPage, at: str, **more: str):
    data = form_data(client.get(edit_url(entry))) | {"go_live_at": at, "action-publish": "1"}
    return client.post(edit_url(entry), data | more, follow=True)


def stored() -> datetime.datetime:
    return Revision.objects.get(approved_go_live_at__isnull=False).approved_go_live_at.astimezone(datetime.UTC)


def dialog(page) -> BeautifulSoup:
    """The fields of the schedule, which the page holds in a template."""
    place = BeautifulSoup(page.content, "html.parser").find(attrs={"data-schedule-zone": True})
    assert place, messages_of(page)
    return BeautifulSoup(place.find_parent("template").decode_contents(), "html.parser")


def text_of(response) -> str:
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


class TestWhatIsMeant:
    @pytest.mark.parametrize(
        ("zone", "typed", "meant", "said"),
        [
            (TOKYO, "2040-01-01 09:00", "2040-01-01T00:00", "1 January 2040, 09:00, Tokyo (UTC+9)"),
            (NEW_YORK, "2040-01-15 09:00", "2040-01-15T14:00", "15 January 2040, 09:00, New York (UTC−5)"),
            (NEW_YORK, "2040-07-15 09:00", "2040-07-15T13:00", "15 July 2040, 09:00, New York (UTC−4)"),
            ("Asia/Kolkata", "2040-01-01 09:00", "2040-01-01T03:30", "1 January 2040, 09:00, Kolkata (UTC+5:30)"),
            ("", "2040-01-01 09:00", "2040-01-01T09:00", "1 January 2040, 09:00, UTC"),
        ],
    )
    def test_is_stored_and_said_with_its_zone(self, entry, zone, typed, meant, said):
        answer = schedule(at_the_desk(zone), entry, typed)
        assert stored().strftime("%Y-%m-%dT%H:%M") == meant
        assert f"“Ministers meet” goes live on {said}." in messages_of(answer)

    def test_is_shown_back_with_its_zone_everywhere(self, entry):
        client, said = at_the_desk(TOKYO), "1 January 2040, 09:00, Tokyo (UTC+9)"
        schedule(client, entry, "2040-01-01 09:00")
        assert said in text_of(client.get(reverse("wagtailadmin_home")))
        assert said in text_of(client.get(reverse("entries:index"), {"status": "scheduled"}))
        form = client.get(edit_url(entry))
        assert dialog(form).select_one("#id_go_live_at")["value"] == "2040-01-01 09:00"
        assert f"Go-live: {said}" in text_of(form), "in the status beside the form"
        assert f"It goes live on {said}." in messages_of(form)

    def test_a_form_that_was_open_while_the_account_got_another_zone_keeps_its_own(self, entry):
        client = at_the_desk(TOKYO)
        sent = dialog(client.get(edit_url(entry))).select_one("input[name=schedule_zone]")["value"]
        UserProfile.objects.update(current_time_zone=NEW_YORK)
        answer = schedule(client, entry, "2040-01-01 09:00", schedule_zone=sent)
        assert stored().isoformat() == "2040-01-01T00:00:00+00:00"
        assert "31 December 2039, 19:00, New York (UTC−5)" in messages_of(answer)

    def test_cannot_be_a_time_that_no_clock_shows_or_that_is_over(self, entry):
        client = at_the_desk(NEW_YORK)
        data = form_data(client.get(edit_url(entry))) | {"action-publish": "1"}
        for typed, sentence in {
            "2040-03-11 02:30": "The clocks of New York go forward on 11 March 2040 and never show 02:30.",
            "2040-11-04 01:30": "The clocks of New York go back on 4 November 2040 and show 01:30 twice.",
            "2025-01-01 09:00": "1 January 2025, 09:00, New York (UTC−5) is over.",
        }.items():
            answer = client.post(edit_url(entry), data | {"go_live_at": typed})
            assert sentence in dialog(answer).get_text(" ", strip=True)
        assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
        assert not EntryPage.objects.get().live

    def test_a_moment_that_was_met_stays(self, entry):
        entry.go_live_at = timezone.now() - datetime.timedelta(days=1)
        entry.save()
        client = at_the_desk(TOKYO)
        shown = dialog(client.get(edit_url(entry))).select_one("#id_go_live_at")["value"]
        schedule(client, entry, shown)
        assert EntryPage.objects.get().live


class TestTheZone:
    def test_of_an_account_is_named_beside_the_fields_and_below_each_page(self, entry):
        client = at_the_desk(TOKYO)
        beside = dialog(client.get(edit_url(entry))).get_text(" ", strip=True)
        assert "Times here are those of Tokyo (UTC+9) ." in beside
        assert "Another time zone" in beside
        for name in ["wagtailadmin_home", "entries:index", "timeline_imports:index", "timeline_merges:index"]:
            assert "Times are those of Tokyo (UTC+9)." in text_of(client.get(reverse(name))), name

    def test_is_utc_for_an_account_that_has_none_and_one_press_gives_it_that_of_the_device(self, entry):
        client = at_the_desk("")
        beside = dialog(client.get(edit_url(entry)))
        assert "Times here are those of UTC" in beside.get_text(" ", strip=True)
        assert "your account has no time zone of its own" in beside.get_text(" ", strip=True)
        address = beside.select_one("[data-schedule-zone]")["data-schedule-zone"]
        assert beside.select_one("[data-zone-take]")
        assert client.post(address, {"zone": TOKYO}).json() == {"zone": TOKYO, "words": "Tokyo (UTC+9)"}
        assert UserProfile.objects.get().current_time_zone == TOKYO
        assert not dialog(client.get(edit_url(entry))).select_one("[data-zone-take]")

    @pytest.mark.parametrize("name", ["Mars/Base", "localtime"])  # the second is what a machine calls its own
    def test_is_one_that_exists_everywhere(self, name):
        client = at_the_desk("")
        assert client.post(reverse("timeline_time_zone"), {"zone": name}).status_code == 400
        assert UserProfile.objects.get().current_time_zone == ""
        account = BeautifulSoup(client.get(reverse("wagtailadmin_account")).content, "html.parser")
        offered = [option["value"] for option in account.select("[name=locale-current_time_zone] option")]
        assert TOKYO in offered
        assert name not in offered

    def test_is_that_of_the_reader_in_letters(self, entry, django_capture_on_commit_callbacks):
        schedule(at_the_desk(TOKYO), entry, "2040-01-01 09:00")
        Revision.objects.filter(approved_go_live_at__isnull=False).update(
            approved_go_live_at=datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
        )
        Source.objects.update(use="error_example")
        with django_capture_on_commit_callbacks(execute=True):
            assert list(publish_due(timezone.now()))
        assert "was scheduled for 1 January 2025, 09:00, Tokyo (UTC+9)" in mail.outbox[0].body

    def test_is_utc_where_nobody_asks(self):
        assert moments.moment(datetime.datetime(2040, 1, 1, tzinfo=datetime.UTC)) == "1 January 2040, 00:00, UTC"

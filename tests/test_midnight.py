"""What is said of an entry changes with the days: a rate that was in force until yesterday “was in force”."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.utils import timezone

from tests.factories import SourceFactory, add_figure, draft_entry, publish, publish_entry
from timeline import edition
from timeline.models import Fragment, PublishedEntry
from timeline.public.site import current_edition

pytestmark = pytest.mark.django_db

LAST_DAY = datetime.date(2031, 5, 31)
ENTRY, FEED, EMBED = "/entries/a-duty/", "/feed.atom", "/entries/a-duty/embed/"


@pytest.fixture
def clock(monkeypatch, settings):
    """Sets the clock, in the time zone of the site."""
    settings.TIME_ZONE = "Asia/Tokyo"
    timezone.get_default_timezone.cache_clear()

    def at(day: datetime.date, hour: int, minute: int) -> None:
        moment = datetime.datetime.combine(day, datetime.time(hour, minute), ZoneInfo("Asia/Tokyo"))
        monkeypatch.setattr(timezone, "now", lambda: moment)

    yield at
    timezone.get_default_timezone.cache_clear()


@pytest.fixture
def duty(clock):
    """An entry with a rate that is in force until the end of May, published in April."""
    clock(datetime.date(2031, 4, 1), 12, 0)
    source = SourceFactory()
    entry = draft_entry(title="A duty", sources=[source])
    add_figure(entry, source, status="in_force", period=f"2031-04-05/{LAST_DAY}")
    entry.save()
    return publish(entry)


def serve() -> None:
    """What the service beside the site does each minute."""
    call_command("publish_scheduled", verbosity=0)


@pytest.mark.usefixtures("kept_home", "duty")
@pytest.mark.parametrize("address", [ENTRY, FEED, EMBED])
def test_when_a_period_is_over_no_kept_answer_says_that_it_is_in_force(client, clock, address):
    clock(LAST_DAY, 23, 59)
    serve()
    for _ in range(3):
        before = client.get(address)
    assert "In force" in before.text
    clock(LAST_DAY + datetime.timedelta(days=1), 0, 1)
    serve()
    asked_again = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert asked_again.status_code == 200
    assert "Was in force" in asked_again.text


@pytest.mark.usefixtures("duty")
def test_it_is_one_public_change_and_none_before_or_after(clock, django_assert_num_queries):
    other = publish_entry(title="Of no day")
    begun, row = current_edition().version, PublishedEntry.objects.get(pk=other.pk)
    clock(LAST_DAY, 23, 59)
    with django_assert_num_queries(1):
        assert edition.refresh_due() == 0
    clock(LAST_DAY + datetime.timedelta(days=3), 0, 1)  # the service was down for two days
    assert edition.refresh_due() == 1
    with django_assert_num_queries(1):
        assert edition.refresh_due() == 0
    assert current_edition().version == begun + 1
    assert PublishedEntry.objects.get(pk=other.pk).edition == row.edition


def test_the_day_is_that_of_the_site_whatever_zone_an_editor_has_chosen(client, clock, duty):
    clock(LAST_DAY, 23, 0)
    with timezone.override("Pacific/Kiritimati"):  # where June has begun
        duty.summary = "They talk about it again."
        publish(duty)
        assert PublishedEntry.objects.get(pk=duty.pk).changes_on == LAST_DAY + datetime.timedelta(days=1)
    assert "Was in force" not in client.get(ENTRY).text


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({"status": "in_force", "period": "2031-04-05/2031-05-31"}, datetime.date(2031, 6, 1)),
        ({"status": "in_force", "period": "2031"}, datetime.date(2032, 1, 1)),
        ({"status": "in_force", "period": "2031-04-05/.."}, None),
        ({"status": "in_force", "period": "2031-04-05"}, None),  # the day from which, its end is not recorded
        ({"status": "in_force", "period": ""}, None),
        ({"status": "in_force", "period": "2029-01-01/2030-12-31"}, None),  # over when it was published
        ({"status": "agreed", "period": "2031-04-05/2031-05-31"}, None),
    ],
)
def test_only_what_is_in_force_until_a_known_day_will_be_said_otherwise(clock, fields, day):
    clock(datetime.date(2031, 4, 1), 12, 0)
    source = SourceFactory()
    entry = draft_entry(sources=[source])
    add_figure(entry, source, **fields)
    entry.save()
    publish(entry)
    assert PublishedEntry.objects.get().changes_on == day


@pytest.mark.usefixtures("duty")
@pytest.mark.parametrize(("address", "kind"), [(ENTRY, "article"), (FEED, "atom.item")])
def test_what_will_be_said_otherwise_one_day_is_kept_for_the_day(client, clock, address, kind):
    for day in (LAST_DAY - datetime.timedelta(days=1), LAST_DAY):
        clock(day, 12, 0)
        caches["feeds"].clear()
        assert "In force" in client.get(address).text, "not what was kept the day before"
        kept = Fragment.objects.filter(kind=kind)
        kept.update(text=kept.get().text.replace("In force", "This is kept"))
        caches["feeds"].clear()
        assert "This is kept" in client.get(address).text
    clock(LAST_DAY + datetime.timedelta(days=1), 0, 1)
    caches["feeds"].clear()
    assert "This is kept" not in client.get(address).text

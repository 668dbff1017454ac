"""``/status.json``: 200 while all goes well by itself, 503 with the reason as soon as something does not."""

import datetime

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.db.migrations.loader import MigrationLoader
from django.db.models import F
from django.utils import timezone
from wagtail.models import PageViewRestriction

from tests.factories import draft_entry, publish, publish_entry
from timeline.dataset import build
from timeline.models import (
    Announcement,
    CommandRun,
    Edition,
    EntryPage,
    FacetTotal,
    FailedPublication,
    PublishedEntry,
)
from timeline.running import status

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = (datetime.timedelta(minutes=minutes) for minutes in (1, 60, 24 * 60))
NAMES = {
    "migrations",
    "entries",
    "documents",
    "dataset",
    "publish_scheduled",
    "failed_publications",
    "check_links",
    "archive_sources",
    "deliver_pings",
    "send_letters",
    "cdn",
    "replicas",
    "connections",
    "disks",
    "backup",
}


@pytest.fixture(autouse=True)
def datasets(settings, tmp_path):
    settings.DATASETS_DIR = tmp_path


def told(client) -> dict:
    """The checks by name; the answer agrees with itself."""
    answer = client.get("/status.json")
    content = answer.json()
    assert content["ok"] == all(check["ok"] for check in content["checks"])
    assert answer.status_code == (200 if content["ok"] else 503)
    assert answer.headers["Cache-Control"] == "no-store"
    assert all(check["detail"].endswith(".") or check["detail"].endswith("?") for check in content["checks"])
    return {check["name"]: check for check in content["checks"]}


def failing(client) -> set[str]:
    return {name for name, check in told(client).items() if not check["ok"]}


def schedule_unfit() -> EntryPage:
    """An entry that was due an hour ago and cannot be published."""
    entry = draft_entry(title="unmentionable", sources=[])
    entry.go_live_at = timezone.now() - HOUR
    entry.save_revision(clean=False, approved_go_live_at=entry.go_live_at)
    return entry


def test_a_new_site_is_well_before_any_service_has_run(client):
    assert told(client).keys() == NAMES
    assert failing(client) == set()


def test_it_compares_what_editors_published_with_what_readers_get(client):
    entry = publish_entry()
    publish_entry()
    draft_entry()
    numbers = told(client)["entries"]["numbers"]
    assert [numbers[name] for name in ("published", "public", "shown", "untold")] == [2, 2, 2, 0]
    assert numbers["newest_published"] == numbers["newest_public"] > f"{entry.first_published_at:%Y-%m-%d}"
    assert failing(client) == set()


@pytest.mark.parametrize(
    "lag",
    [
        pytest.param(lambda: PublishedEntry.objects.first().delete(), id="an entry never got to readers"),
        pytest.param(lambda: EntryPage.objects.update(live=False), id="a withdrawal never did"),
        pytest.param(
            lambda: EntryPage.objects.update(last_published_at=F("last_published_at") + MINUTE),
            id="a change never did",
        ),
        pytest.param(lambda: FacetTotal.objects.filter(facet="all").update(total=9), id="the total is wrong"),
    ],
)
def test_it_fails_when_the_feeds_lag_behind_the_database(client, lag):
    publish_entry()
    assert failing(client) == set()
    lag()
    assert failing(client) == {"entries"}
    assert "rebuild_search" in told(client)["entries"]["detail"]
    call_command("rebuild_search")
    assert failing(client) == set()


def test_what_is_withdrawn_private_or_changed_in_a_draft_is_no_lag(client, django_capture_on_commit_callbacks):
    publish_entry().unpublish()
    private, changed = publish_entry(), publish_entry()
    with django_capture_on_commit_callbacks(execute=True):
        PageViewRestriction.objects.create(page=private, restriction_type="login")
    changed.save_revision()
    assert failing(client) == set()
    assert told(client)["entries"]["numbers"]["public"] == 1
    publish(EntryPage.objects.get(pk=private.pk))
    with django_capture_on_commit_callbacks(execute=True):
        PageViewRestriction.objects.all().delete()
    assert failing(client) == set()


def test_a_database_behind_the_code_is_told_and_nothing_else_asked_of_it(client, monkeypatch):
    monkeypatch.setattr(status, "_known_migrations", lambda: {("timeline", "9999_of_tomorrow")})
    assert told(client).keys() == failing(client) == {"migrations"}


def test_the_migrations_that_it_knows_are_those_of_the_apps():
    assert status._known_migrations() == set(MigrationLoader(None).disk_migrations)


def test_what_is_not_well_is_no_error_in_the_log_at_each_poll(client, monkeypatch, caplog):
    monkeypatch.setattr(status, "_known_migrations", lambda: {("timeline", "9999_of_tomorrow")})
    assert client.get("/status.json").status_code == 503
    assert [record.message for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


def test_a_database_that_is_away_is_told(client, monkeypatch):
    def away(now, runs):
        raise OperationalError("no route to host unmentionable")

    monkeypatch.setattr(status, "CHECKS", [away])
    assert failing(client) == {"database"}
    assert "unmentionable" not in client.get("/status.json").text


def test_the_dataset_may_take_a_while_but_no_longer(client):
    publish_entry()
    build.build()
    publish_entry()
    assert failing(client) == set(), "it is built within minutes"
    assert "present edition yet" in told(client)["dataset"]["detail"]
    Edition.objects.update(changed_at=timezone.now() - HOUR)
    assert failing(client) == {"dataset"}
    build.build()
    assert failing(client) == set()


def test_what_is_due_is_published_by_somebody(client):
    entry = schedule_unfit()
    assert failing(client) == {"publish_scheduled"}
    run = CommandRun.objects.create(command="publish_scheduled", started_at=timezone.now())
    assert failing(client) == set()
    FailedPublication.objects.create(
        entry=entry, revision=entry.latest_revision, reasons="unmentionable", failed_at=timezone.now()
    )
    CommandRun.objects.filter(pk=run.pk).update(problem="unmentionable")
    assert failing(client) == {"failed_publications"}
    assert "unmentionable" not in client.get("/status.json").text


def test_links_are_watched_from_the_first_check_on(client, monkeypatch):
    publish_entry()
    today = timezone.now() + 400 * DAY
    monkeypatch.setattr(timezone, "now", lambda: today)
    assert failing(client) == set(), "this site may do without"
    run = CommandRun.objects.create(command="check_links", started_at=today - 30 * DAY)
    assert failing(client) == set()
    CommandRun.objects.filter(pk=run.pk).update(started_at=today - 36 * DAY)
    assert failing(client) == {"check_links"}


def test_news_does_not_wait_long_for_the_hub(client, settings):
    Announcement.objects.add_news([("all", 0)])
    Announcement.objects.update(noted_at=timezone.now() - 2 * HOUR)
    assert failing(client) == set(), "without a hub nobody is to be told"
    settings.WEBSUB_HUB = "https://hub.example.org/"
    assert failing(client) == {"deliver_pings"}
    Announcement.objects.update(noted_at=timezone.now() - MINUTE)
    assert failing(client) == set()


def test_a_backup_is_missed_where_one_is_asked_for(client, settings):
    assert failing(client) == set(), "this site does not say how old it may be"
    settings.BACKUP_MAX_AGE = 30
    assert failing(client) == {"backup"}
    run = CommandRun.objects.create(command="backup", started_at=timezone.now() - 29 * HOUR)
    assert failing(client) == set()
    CommandRun.objects.filter(pk=run.pk).update(started_at=timezone.now() - 31 * HOUR)
    assert failing(client) == {"backup"}


def test_it_asks_as_much_however_many_entries_there_are(client, django_assert_num_queries):
    def ask():
        client.get("/status.json")

    publish_entry()
    CommandRun.objects.create(command="check_links", started_at=timezone.now())
    schedule_unfit()
    ask()
    with django_assert_num_queries(19):
        ask()
    for _number in range(3):
        publish_entry()
        schedule_unfit()
    with django_assert_num_queries(19):
        ask()


def test_it_only_answers(client):
    assert client.head("/status.json").status_code == 200
    assert client.post("/status.json").status_code == 405

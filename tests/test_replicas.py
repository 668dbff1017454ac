"""Replicas: readers are answered by copies of the database, and nobody is shown an earlier edition than before."""

import datetime
from contextlib import contextmanager

import psycopg
import pytest
from django.core.signals import request_finished, request_started
from django.db import OperationalError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.editing import user
from tests.factories import change, publish_entry
from timeline import replicas
from timeline.running import status

pytestmark = pytest.mark.django_db


@pytest.fixture
def primary(settings, monkeypatch):
    """The server that is written to, with a replica beside it that is set and not there."""
    settings.REPLICAS = ["replica_1"]
    monkeypatch.setattr(replicas, "_newest", 0)
    monkeypatch.setattr(replicas, "_rests", {})
    replicas.connect()
    yield connections["default"]
    for signal in (request_started, request_finished):
        signal.disconnect(dispatch_uid="timeline.replicas")
    replicas.leave()


@pytest.fixture
def behind(primary):
    """A replica that lags: another session, which sees nothing of what this test has not committed."""
    connections["replica_1"] = connections.create_connection("default")
    yield connections["replica_1"]
    connections["replica_1"].close()
    del connections["replica_1"]


@pytest.fixture
def replica(primary, monkeypatch):
    """A replica that has everything: a second connection of Django over the session of this test."""
    copy = connections.create_connection("default")
    for name in ("connection", "in_atomic_block", "autocommit", "commit_on_exit"):
        monkeypatch.setattr(copy, name, getattr(primary, name))
    monkeypatch.setattr(copy, "close", lambda: None)
    connections["replica_1"] = copy
    yield copy
    del connections["replica_1"]


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.fixture
def rice(primary):
    return publish_entry(title="Rice", slug="rice", statements=["Talks about rice."])


@contextmanager
def refusing(server, why: type[psycopg.Error] = psycopg.OperationalError, *, beginning: str = ""):
    """Every question to a server fails, or each that begins so."""

    def refuse(execute, sql, *asked):
        if not sql.startswith(beginning):
            return execute(sql, *asked)
        try:
            raise why("as the test wants it")
        except psycopg.Error as error:
            raise OperationalError("as the test wants it") from error

    with server.execute_wrapper(refuse):
        yield


def asked(server):
    return CaptureQueriesContext(server)


READ = [
    "/",
    "/?q=rice",
    "/entries/rice/",
    "/feed.atom",
    "/api/v1/entries",
    "/entries.csv",
    "/sitemap.xml",
    "/nothing/",
]


@pytest.mark.parametrize("address", READ[:-1])
def test_all_of_an_answer_comes_from_the_replica_and_the_primary_is_only_asked_for_its_edition(
    client, rice, primary, replica, address
):
    with asked(primary) as there, asked(replica) as here:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.getvalue()
    # And given what was made for the first time, which a replica cannot keep.
    kept = ("\nINSERT INTO timeline_fragment", "\nINSERT INTO timeline_block")
    said = {one["sql"] for one in there if not one["sql"].startswith(kept)}
    assert said == {"SELECT version FROM timeline_edition WHERE id = 1"}
    assert len(here) >= 1
    assert connections["default"] is primary  # for whoever asks next


def test_with_the_primary_away_readers_are_answered_by_the_replica(client, rice, primary, replica):
    with refusing(primary):
        assert {address: client.get(address).status_code for address in READ[:-1]} == dict.fromkeys(READ[:-1], 200)
        assert client.get("/dataset/").status_code == 200
        for nothing in ("/entries/nothing/", "/dataset/latest.zip", "/dataset/7.zip"):
            assert client.get(nothing).status_code == 404


def test_a_replica_that_lags_is_not_asked(client, rice, primary, behind):
    with asked(behind) as there:
        assert client.get("/entries/rice/").status_code == 200
    assert len(there) == 1


def test_who_saw_an_edition_is_shown_no_earlier_one_even_if_nobody_else_is_there(client, rice, primary, behind):
    assert client.get("/entries/rice/").status_code == 200
    with refusing(primary):
        assert client.get("/entries/rice/").status_code == 503  # the replica would say that there is no such entry


def test_what_was_just_published_is_seen_at_once(client, rice, primary, replica):
    client.get("/entries/rice/")
    change(rice, "minor", title="Wheat")
    with refusing(replica, beginning='SELECT "timeline_edition"'):
        assert b"Wheat" in client.get("/entries/rice/").content


@pytest.mark.parametrize("beginning", ["", 'SELECT "timeline_published'])
def test_what_a_replica_fails_another_server_answers(client, rice, primary, replica, beginning):
    with refusing(replica, beginning=beginning):
        assert {address: client.get(address).status_code for address in READ} == dict.fromkeys(READ, 200) | {
            "/nothing/": 404
        }


def test_a_question_that_took_too_long_is_not_asked_again_elsewhere(client, rice, primary, replica):
    with refusing(replica, psycopg.errors.QueryCanceled, beginning='SELECT "timeline_published'):
        assert client.get("/entries/rice/").status_code == 503


def test_editors_are_served_by_the_primary(client, rice, primary, replica):
    client.force_login(user("Moderators"))
    with refusing(replica):
        assert client.get("/admin/").status_code == 200
    with refusing(primary):
        assert client.get("/admin/").status_code == 503


def test_a_replica_that_is_away_or_lags_is_told_of_though_readers_do_not_notice(rice, primary, replica, monkeypatch):
    later = timezone.now() + datetime.timedelta(minutes=2)
    assert status._replicas(later, {}).numbers == {"replicas": 1, "away": 0, "behind": 0}
    with refusing(replica):
        assert status._replicas(later, {}).numbers == {"replicas": 1, "away": 1, "behind": 0}
    monkeypatch.setattr(replicas, "edition_of", lambda _alias: 0)
    assert status._replicas(timezone.now(), {}).ok
    assert not status._replicas(later, {}).ok
    assert connections["default"] is primary


def test_without_replicas_there_is_one_server(client):
    publish_entry(title="Rice", slug="rice")
    replicas.allow()
    with asked(connection) as here:
        client.get("/entries/nothing/")
    assert "SELECT version FROM timeline_edition WHERE id = 1" not in [one["sql"] for one in here]


def test_a_kept_page_is_given_only_as_of_the_edition_of_now_whichever_machine_made_it(
    client, rice, primary, replica, settings, tmp_path
):
    settings.KEPT_PAGES_DIR, settings.KEPT_PAGES_MEGABYTES, settings.DISK_FREE_MEGABYTES = tmp_path / "kept", 1, 0
    for _reader in range(3):
        page = client.get("/entries/rice/")
    for _reader in range(2):  # also within the second for which one machine believes what it read
        with asked(replica) as here:
            assert client.get("/entries/rice/").content == page.content
        assert [one["sql"] for one in here] == ["SELECT version, shelf FROM timeline_edition WHERE id = 1"]

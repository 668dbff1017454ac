"""Several machines share what they keep in Valkey: by the same rules, and one that is away costs readers nothing."""

import shutil
import socket
import subprocess
import time

import pytest
from django.db import connection

from tests.factories import publish_entry
from timeline.kept import now, valkey
from timeline.kept.copies import Standing
from timeline.kept.store import store
from timeline.models import Edition, EntryPage
from timeline.running.doctor import folders
from timeline.running.doctor.finding import Mark

SERVER = shutil.which("valkey-server") or shutil.which("redis-server")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("kept_home"),
    pytest.mark.skipif(not SERVER, reason="neither valkey-server nor redis-server is installed"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that listens at a socket of its own."""
    place = tmp_path_factory.mktemp("valkey") / "socket"
    command = [SERVER, "--port", "0", "--unixsocket", str(place), "--save", "", "--dir", str(place.parent)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    with socket.socket(socket.AF_UNIX) as probe:
        while probe.connect_ex(str(place)):
            time.sleep(0.01)
    yield place
    process.terminate()
    process.wait()


@pytest.fixture(autouse=True)
def shared(server, settings, monkeypatch, kept_home):
    """The client of an empty store."""
    settings.CACHE_URL = f"unix://{server}"
    monkeypatch.setattr(valkey, "_rests_until", 0.0)
    valkey._client.cache_clear()
    valkey._client().flushall()
    return valkey._client()


@pytest.fixture
def rice():
    return publish_entry(title="Rice", slug="rice")


def seen(client, address):
    for _ in range(3):
        answer = client.get(address, headers={"Accept-Encoding": "br"})
    return answer


def test_an_answer_is_given_again_by_any_machine(client, rice, made, monkeypatch):
    first = seen(client, "/entries/rice/")
    made.clear()
    monkeypatch.setattr(now, "_known", now.NOTHING)  # another one
    again = client.get("/entries/rice/", headers={"Accept-Encoding": "br"})
    plain, zipped = (client.get("/entries/rice/", headers={"Accept-Encoding": one}) for one in ("", "gzip"))
    known = client.get("/entries/rice/", headers={"Accept-Encoding": "br", "If-None-Match": first["ETag"]})
    assert (again.content, again.headers) == (first.content, first.headers)
    assert (known.status_code, zipped["Content-Encoding"], "Rice" in plain.text) == (304, "gzip", True)
    assert made == []


def test_a_new_entry_is_there_at_once_and_leaves_what_it_did_not_touch(client, rice, made):
    seen(client, "/")
    seen(client, "/feed.atom?from=2031")
    publish_entry(title="Beef", date="2024")
    made.clear()
    assert "Beef" in client.get("/").text
    client.get("/feed.atom?from=2031", headers={"Accept-Encoding": "br"})
    assert made == ["/"]


def test_words_that_are_taken_away_are_in_no_copy(client, rice, shared):
    seen(client, "/entries/rice/")
    shelf, _found = store().look("", [], "")
    EntryPage.objects.get(pk=rice.pk).unpublish()
    assert [key for key in shared.scan_iter() if b"news" not in key] == []
    shelf.keep("GET /", Standing(1, shelf.name, '"1"', 0), {}, b"Rice")  # begun before
    assert store().look("", [], "")[0] is None
    assert [key for key in shared.scan_iter() if b"news" not in key] == []
    assert client.get("/entries/rice/").status_code == 410


def test_what_could_not_be_cleared_is_on_a_shelf_that_nobody_looks_at(client, rice, settings, shared):
    seen(client, "/entries/rice/")
    before = shared.get(valkey._key("up"))
    there, settings.CACHE_URL = settings.CACHE_URL, "unix:///nowhere/socket"
    valkey._client.cache_clear()
    EntryPage.objects.get(pk=rice.pk).unpublish()
    settings.CACHE_URL, valkey._rests_until = there, 0.0
    valkey._client.cache_clear()
    assert shared.get(valkey._key("up")) == before != Edition.objects.get().shelf.encode()
    assert client.get("/entries/rice/").status_code == 410
    client.get("/about/")
    assert shared.get(valkey._key("up")) == Edition.objects.get().shelf.encode()
    assert shared.exists(valkey._key(f"{before.decode()}:all")) == 0


def test_the_doctor_says_when_it_may_fill_up_and_when_it_does_not_answer(settings, shared):
    assert [one.mark for one in folders.kept_together()] == [Mark.NOTE]
    shared.config_set("maxmemory", "64mb")
    shared.config_set("maxmemory-policy", "allkeys-lru")
    assert [one.mark for one in folders.kept_together()] == [Mark.OK]
    settings.CACHE_URL = "unix://:s3cret@/nowhere/socket"
    valkey._client.cache_clear()
    (away,) = folders.kept_together()
    assert away.mark == Mark.MISS
    assert "s3cret" not in away.said


def test_a_server_that_is_away_is_asked_once_a_second_and_fails_nobody(client, rice, settings, monkeypatch):
    settings.CACHE_URL = "unix:///nowhere/socket"
    valkey._client.cache_clear()
    asked = []
    monkeypatch.setattr(valkey, "_rest", lambda rest=valkey._rest: (asked.append(1), rest()))
    with connection.execute_wrapper(lambda execute, *rest: execute(*rest)):
        assert [client.get("/entries/rice/").status_code for _ in range(5)] == [200] * 5
    assert len(asked) == 1

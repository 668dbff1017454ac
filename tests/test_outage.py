"""The database is away: what was made answers, the rest is 503 in words, and nothing withdrawn comes back."""

import os
from collections import defaultdict
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from wagtail.models import PageViewRestriction

from config.postgres import base
from tests.editing import edit_url, form_data, user
from tests.factories import (
    PersonFactory,
    SourceFactory,
    change,
    glossary_term,
    let_an_hour_pass,
    publish_entry,
)
from tests.keeping import words_of
from tests.test_serving import address_of
from timeline.kept import now
from timeline.kept.copies import Standing, room
from timeline.kept.store import store
from timeline.models import EntryPage, Version

pytestmark = pytest.mark.django_db

SECRET = "zqmarker"
MADE = [
    *("/", "/?q=rice", "/entries/rice/", "/entries/rice/history/", "/entries/rice/share.png"),
    *("/feed.atom", "/feed.json?q=rice", "/calendar.ics", "/entries.csv", "/entries.ndjson", "/oembed?url="),
    *("/api/v1/entries", "/robots.txt", "/sitemap.xml", "/sitemap-entries.xml", "/entries/rice/cite.bib"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def home(kept_home):
    """Answers are kept here."""
    return kept_home


@pytest.fixture
def client():
    """A reader who sees what Django makes of an exception."""
    return Client(raise_request_exception=False)


@pytest.fixture
def rice():
    return publish_entry(title="Rice", slug="rice", statements=["Talks about rice."])


@contextmanager
def away(why: type[psycopg.Error] = psycopg.OperationalError):
    """Every question to the database fails."""

    def refuse(*_asked):
        try:
            raise why("as the test wants it")
        except psycopg.Error as error:
            raise OperationalError("as the test wants it") from error

    now.forget()  # for so long that it has to be asked for
    with connection.execute_wrapper(refuse):
        yield


def seen(client, address):
    """An answer that is kept: the first one puts up the shelf, and questions are kept when they are asked again."""
    client.get("/about/")
    client.get(address)
    return client.get(address)


def addresses():
    return [address.replace("url=", "url=http://127.0.0.1:8000/entries/rice/") for address in MADE]


# -- answers ------------------------------------------------------------------------------


def test_an_answer_is_kept_once_however_its_reader_came(client, rice):
    plain = seen(client, "/?q=rice&utm_source=letter")
    with away():
        again = client.get("/?gclid=1&q=rice&ref=x")
    assert (again.status_code, again.content) == (200, plain.content)
    assert again["Cache-Status"].startswith("Nenpyo; hit")


def test_what_was_made_answers_as_it_was_with_its_age(client, rice):
    let_an_hour_pass()
    before = {address: seen(client, address) for address in addresses()}
    with away():
        after = {address: client.get(address) for address in addresses()}
    for address, answer in after.items():
        known = before[address]
        assert (answer.status_code, answer.getvalue()) == (200, known.getvalue()), address
        assert answer["Age"].isdecimal()
        assert answer["Cache-Status"] == "Nenpyo; hit; detail=database-unavailable"
        differ = {name for name, value in answer.headers.items() if known.headers.get(name) != value}
        assert differ == {"Age", "Cache-Status"}


def test_who_has_it_is_told_so_and_head_is_answered(client, rice):
    let_an_hour_pass()
    for address in addresses():
        known = seen(client, address)
        with away():
            assert client.head(address).status_code == 200
            for asked in ({"If-None-Match": known["ETag"]}, {"If-Modified-Since": known["Last-Modified"]}):
                answer = client.get(address, headers=asked)
                assert (answer.status_code, answer["ETag"]) == (304, known["ETag"]), address
            assert client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_tag_that_was_found_good_stays_good_though_nobody_has_asked_for_the_page_here(client, rice):
    had = {"If-None-Match": client.get("/feed.atom")["ETag"]}  # nothing was kept yet
    seen(client, "/robots.txt")
    assert client.get("/feed.atom", headers=had).status_code == 304
    with away():
        assert client.get("/feed.atom", headers=had).status_code == 304
        assert client.get("/feed.atom").status_code == 503


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/people/nobody/",
        "/robots.txt",
        "/sitemap.xml",
        "/feed.atom",
        "/nothing/",
        "/admin/login/",
        "/documents/1/x",
    ],
)
def test_what_was_never_made_is_503_in_words_with_a_time_to_come_back(client, address):
    with away():
        answer = client.get(address)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
    assert "does not answer just now" in answer.content.decode()
    assert '<header class="mast">' in answer.content.decode()


def test_programs_are_told_as_data_on_any_site(client):
    with away():
        for address in ("/api/v1/entries", "/entries.json"):
            answer = client.get(address)
            assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
            assert answer.json()["status"] == 503
            assert answer["Access-Control-Allow-Origin"] == "*"
            assert "Retry-After" in answer.headers


def test_a_statement_that_takes_too_long_is_503_with_what_to_do(client):
    with away(psycopg.errors.QueryCanceled):
        answer = client.get("/?q=long")
    assert answer.status_code == 503
    assert "Ask for less" in answer.content.decode()


def test_a_mistake_of_ours_is_still_500(client, monkeypatch):
    monkeypatch.setattr("timeline.views.validators.current_edition", lambda: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "our mistake" in answer.content.decode()


# -- what must not come back --------------------------------------------------------------


def withdraw(entry):
    entry.unpublish()


def make_private(entry):
    PageViewRestriction.objects.create(page=entry, restriction_type="login")


def publish_without(entry):
    change(entry, "minor", title="Nothing")


def redact(entry):
    publish_without(entry)
    Client().get("/about/")
    seen(Client(), "/entries/marked/versions/1/")
    version = Version.objects.get(entry=entry, number=1)
    version.redact("legal")


def rename_person(entry):
    person = entry.entry_people.get().person
    person.family_name = "Nothing"
    person.save()


def hide_source(entry):
    source = entry.statements.first().citations.first().source
    source.title = "Nothing"
    source.save()


@pytest.mark.parametrize("act", [withdraw, make_private, publish_without, redact, rename_person, hide_source])
def test_words_that_readers_must_not_see_any_more_are_on_no_kept_page(
    client, home, act, django_capture_on_commit_callbacks
):
    publish_entry(
        title=f"{SECRET} talks",
        slug="marked",
        people=[PersonFactory(family_name=SECRET)],
        sources=[SourceFactory(title=f"{SECRET} report")],
    )
    glossary_term(f"{SECRET} term")
    pages = ["/", "/entries/marked/", "/entries/marked/versions/1/", "/feed.atom", "/entries.csv", "/people/"]
    seen(client, "/")
    for page in pages:
        assert SECRET in client.get(page).getvalue().decode()
    assert said(home)
    with django_capture_on_commit_callbacks(execute=True):
        act(EntryPage.objects.get(slug="marked"))
    assert said(home) == []
    with away():
        assert [page for page in pages if client.get(page).status_code != 503] == []


def test_a_term_that_goes_is_on_no_kept_page(client, home, django_capture_on_commit_callbacks):
    term = glossary_term(f"{SECRET} term")
    assert SECRET in seen(client, f"/glossary/{term.slug}/").content.decode()
    assert said(home)
    with django_capture_on_commit_callbacks(execute=True):
        term.delete()
    assert said(home) == []


def said(home) -> list[str]:
    """Which files of the store have the secret."""
    return [file.name for file in home.rglob("[pq]*") if SECRET.encode() in words_of(file.read_bytes())]


def test_a_new_entry_lets_what_was_kept_stay(client, rice):
    seen(client, "/entries/rice/")
    publish_entry(title="Beef", slug="beef")
    with away():
        assert client.get("/entries/rice/").status_code == 200


def test_an_answer_that_was_begun_before_a_withdrawal_is_not_kept_after_it(client, home, rice):
    seen(client, "/")
    shelf = store().look("", [], "")[0]
    rice.unpublish()
    shelf.keep("/entries/rice/", Standing(1, shelf.name, '"1"', 0), {}, b"Rice")
    assert [file for file in home.rglob("*") if file.is_file()] == []


def test_nothing_is_kept_while_a_change_is_under_way_which_may_take_words_away(client, home):
    with psycopg.connect(address_of(connection.settings_dict["NAME"])) as editor:
        editor.execute("SELECT 1 FROM timeline_edition FOR UPDATE")
        assert seen(client, "/").status_code == 200
        assert store().look("", [], "")[0] is None
    assert seen(client, "/").status_code == 200
    assert store().look("", [], "")[0]


def test_a_withdrawal_that_is_taken_back_leaves_a_store_that_fills_again(client, rice):
    seen(client, "/entries/rice/")
    with transaction.atomic():
        rice.unpublish()
        transaction.set_rollback(True)
    with away():
        assert client.get("/entries/rice/").status_code == 503
    seen(client, "/entries/rice/")
    with away():
        assert client.get("/entries/rice/").status_code == 200


# -- disks --------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: content[:50], lambda _content: b""])
def test_a_torn_copy_was_never_there_and_is_made_again(client, home, rice, damage):
    seen(client, "/entries/rice/")
    for file in home.rglob("[pq]*"):
        file.write_bytes(damage(file.read_bytes())) if file.is_file() else None
    with away():
        assert client.get("/entries/rice/").status_code == 503


@pytest.mark.parametrize("trouble", ["full", "no folder", "gone"])
def test_a_disk_that_takes_nothing_stops_no_answer(client, home, settings, trouble):
    if trouble == "full":
        settings.DISK_FREE_MEGABYTES = 10**9
    elif trouble == "no folder":
        home.write_text("a file where the folder should be")
    assert seen(client, "/").status_code == 200
    if trouble == "gone":
        store().clear()
    assert client.get("/").status_code == 200
    with away():
        assert client.get("/").status_code == 503


def test_questions_of_strangers_fill_no_disk_and_push_no_page_out(home):
    store().put_up("a")
    shelf, standing = store().look("a", [], "")[0], Standing(1, "a", '"1"', 0)
    page = os.urandom(20_000)
    for name in ("/", "/about/", "/people/"):
        shelf.keep(name, standing, {}, page)
    for number in range(100):
        shelf.keep(f"/?q={number}", standing, {}, page)
    assert sum(file.stat().st_size for file in home.rglob("*") if file.is_file()) < room()
    assert all(shelf.find(name, "") for name in ("/", "/about/", "/people/", "/?q=99"))
    assert shelf.find("/?q=0", "") is None


@contextmanager
def full_database():
    """Whatever is written finds no room."""

    def refuse(execute, sql, *rest):
        if sql.startswith(("INSERT", "UPDATE")):
            raise OperationalError("could not extend file") from psycopg.errors.DiskFull("could not extend file")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        yield


def test_with_a_full_disk_reading_goes_on_and_a_save_hands_back_what_was_typed(client, rice):
    client.force_login(user("Moderators"))
    address = edit_url(rice)
    form = form_data(client.get(address)) | {"title": "Words that took an hour"}
    with full_database():
        answer = client.post(address, form, headers={"Sec-Fetch-Site": "same-origin"})
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        for words in ("The disk of this site is full.", "Words that took an hour"):
            assert words in answer.content.decode()
        saving = client.post(address, form, headers={"Accept": "application/json", "Sec-Fetch-Site": "same-origin"})
        assert "disk of this site is full" in saving.json()["error_message"]
        assert client.get("/entries/rice/").status_code == 200
        status = client.get("/status.json")
    told = {check["name"]: check["detail"] for check in status.json()["checks"] if not check["ok"]}
    assert (status.status_code, told) == (
        503,
        {"disks": "Something could not be written in the last ten minutes: a disk is full. Make room."},
    )


# -- connections --------------------------------------------------------------------------


@pytest.fixture
def reading(monkeypatch):
    """A connection as a process has it that serves readers."""
    monkeypatch.setitem(connection.settings_dict, "READERS", True)
    monkeypatch.setattr(base, "_absences", defaultdict(base._Absence))
    new = connections.create_connection("default")
    yield new
    new.close()


def test_statements_of_the_site_are_limited_and_those_of_commands_are_not(reading, settings):
    with reading.cursor() as cursor, connection.cursor() as other:
        limits = [one.execute("SHOW statement_timeout").fetchone()[0] for one in (cursor, other)]
    assert limits == ["5s", "0"]


def test_a_process_does_not_ask_again_and_again_for_a_database_that_is_away(reading, monkeypatch):
    tried = []

    def refuse(self, _parameters):
        tried.append(1)
        raise psycopg.OperationalError("refused")

    monkeypatch.setattr(base.DatabaseWrapper, "_connect", refuse)
    for _ in range(3):
        with pytest.raises(OperationalError):
            reading.ensure_connection()
    assert len(tried) == 1
    monkeypatch.undo()
    base._absences["default"].until = 0
    reading.ensure_connection()


def test_a_server_that_gives_no_more_connections_is_away_as_any(reading, monkeypatch):
    name = f"limited_{os.getpid()}"
    with psycopg.connect(address_of(connection.settings_dict["NAME"]), autocommit=True) as server:
        server.execute(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT 0")
        try:
            monkeypatch.setitem(reading.settings_dict, "USER", name)
            with pytest.raises(OperationalError, match="too many connections"):
                reading.ensure_connection()
        finally:
            server.execute(f"DROP ROLE {name}")

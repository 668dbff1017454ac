"""`manage.py doctor`: each thing that may be missing is named, with what to do, and nothing stops the rest."""

import http.server
import io
import json
import os
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from tests.database import database_without_letters
from timeline.backup.errors import BackupError
from timeline.models import CommandRun, SignInTry
from timeline.running import alphabet
from timeline.running.alphabet import letters_are_known
from timeline.running.doctor import database, examination, folders, letters, people, services, setting_up, site
from timeline.running.doctor.examination import Look
from timeline.running.doctor.finding import Finding, Mark

pytestmark = pytest.mark.django_db
Find = Callable[[], Iterator[Finding]]


def missing(find: Find) -> str:
    """What a look misses, in its words; each says what to do."""
    return "\n".join(one.said for one in find() if one.mark == Mark.MISS)


def doctor(*arguments: str) -> tuple[str, str]:
    """What the command prints, and how it ends."""
    out = io.StringIO()
    try:
        call_command("doctor", *arguments, stdout=out, stderr=out, no_color=True)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


@pytest.fixture(autouse=True)
def deployment(settings: Any, tmp_path: Path) -> None:
    """Folders, translations and a name as a good deployment has them; nothing listens there."""
    for name in ("MEDIA_ROOT", "DATASETS_DIR", "KEPT_PAGES_DIR", "BACKUP_DIR", "STATIC_ROOT"):
        folder = tmp_path / name.lower()
        folder.mkdir(mode=0o700)
        setattr(settings, name, folder)
    for suffix in (".po", ".mo"):
        file = tmp_path / "locale/ja/LC_MESSAGES" / f"django{suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    settings.BASE_URL = "https://chronology.test"
    settings.ALLOWED_HOSTS = ["chronology.test", "testserver"]
    settings.NENPYO_TAG_AUTHORITY = "chronology.test,2026"
    settings.DISK_FREE_MEGABYTES = settings.KEPT_PAGES_MEGABYTES = 1


@pytest.fixture
def administrator() -> User:
    return User.objects.create_superuser("chief", "chief@chronology.test", "quite-a-long-phrase")


# -- the whole ----------------------------------------------------------------------------


def test_all_is_well_in_development_and_the_rest_is_for_production(administrator):
    said, end = doctor()
    assert end == "", said
    assert "ok    Folders: MEDIA_ROOT" in said
    assert "note  Site: Looked at in production only" in said
    assert "MISS" not in said


def test_every_look_finds_something_and_what_is_missing_has_an_advice_for_people_and_programs(settings, monkeypatch):
    monkeypatch.setattr(site, "ask", refuse)
    settings.DEVELOPMENT = False
    said, end = doctor("--json")
    found = json.loads(said[: said.rindex("]") + 1])
    assert {str(look.about) for look in examination.LOOKS} == {one["about"] for one in found}
    assert end.endswith("things are missing.")
    told = {"State", "Uploads", "Proxy"}  # whose sentences say it
    assert [one for one in found if one["mark"] == "MISS" and not one["advice"] and one["about"] not in told] == []


def test_without_a_database_the_rest_is_looked_at_and_no_secret_is_told(settings, monkeypatch):
    settings.DATABASES["default"]["PASSWORD"] = "unmentionable"

    def away() -> None:
        raise OperationalError("connection to chief:unmentionable@db failed\nIs it running?")

    monkeypatch.setattr(connection, "ensure_connection", away)
    said, end = doctor()
    assert "MISS  Database: The database does not answer: OperationalError: connection to chief:•••@db" in said
    assert "ok    Folders" in said
    assert "note  Accounts: Not looked at without the database" in said
    assert "unmentionable" not in said + end
    assert "Traceback" not in said


def test_an_empty_database_is_to_be_migrated_before_its_tables_are_looked_at(monkeypatch):
    monkeypatch.setattr(MigrationRecorder, "has_table", lambda _self: False)
    said, end = doctor()
    assert "Do: Run manage.py migrate." in said
    assert "ok    Database: PostgreSQL" in said
    assert "note  Accounts: Not looked at" in said
    assert end == "1 thing is missing."


def test_a_look_that_fails_itself_is_told_and_the_next_one_goes_on():
    def broken() -> Iterator[Finding]:
        raise ZeroDivisionError("of all things")
        yield

    def failing_query() -> Iterator[Finding]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nonsense")
        yield

    looks = [
        Look("A", broken),
        Look("B", failing_query, database=True),
        Look("C", people.administrators, tables=True),
    ]
    found = list(examination.examine(looks))
    assert [(about, one.mark) for about, one in found] == [("A", "MISS"), ("B", "MISS"), ("C", "MISS")]
    assert "of all things" in found[0][1].said
    assert "administrator" in found[2][1].said


# -- settings and files ---------------------------------------------------------------------


@pytest.mark.parametrize(("name", "value", "words"), [
    ("BASE_URL", "http://chronology.test", "not https"),
    ("ALLOWED_HOSTS", ["other.test"], "does not answer to the name"),
    ("NENPYO_TAG_AUTHORITY", "example.org,2026", "an example"),
    ("BASE_URL", "https://chronology.example.org", "an example"),
])  # fmt: skip
def test_names_that_are_not_its_own_are_found(settings, name, value, words):
    assert missing(setting_up.addresses) == ""
    setattr(settings, name, value)
    assert words in missing(setting_up.addresses)


def test_the_checks_of_a_deployment_are_repeated(settings):
    settings.DEVELOPMENT, settings.SECRET_KEY = False, "short"
    assert "SECRET_KEY" in missing(setting_up.checks)


@pytest.mark.parametrize("lacks", ["made", "new"])
def test_translations_that_are_not_compiled_are_found(settings, lacks):
    assert missing(setting_up.messages) == ""
    (made,) = settings.LOCALE_PATHS[0].glob("*/*/*.mo")
    made.unlink() if lacks == "made" else os.utime(made, (0, 0))
    assert "compil" in missing(setting_up.messages)


def test_files_that_are_not_collected_or_of_other_code_are_found(settings, monkeypatch, tmp_path):
    source, names = tmp_path / "source", ["site.css", "site.js"]
    source.mkdir()
    storage = SimpleNamespace(path=lambda name: str(source / name))
    finder = SimpleNamespace(list=lambda _ignored: [(name, storage) for name in names])
    hashed = SimpleNamespace(hashed_files={name: f"1.{name}" for name in names})
    monkeypatch.setattr(setting_up, "get_finders", lambda: [finder])
    monkeypatch.setattr(setting_up, "staticfiles_storage", hashed)
    for name in names:
        (source / name).write_text("one")
    assert "Nothing is collected" in missing(setting_up.collected)
    for name in names:
        (settings.STATIC_ROOT / name).write_text("one")
        (settings.STATIC_ROOT / f"1.{name}").write_text("one")
    assert missing(setting_up.collected) == ""
    (source / "site.js").write_text("two")
    assert missing(setting_up.collected).endswith("as site.js.")


# -- folders -----------------------------------------------------------------------------------


def test_a_folder_that_is_not_there_may_be_made_by_the_site(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "new" / "media"
    assert missing(folders.rights) == ""


@pytest.mark.parametrize(("spoil", "words"), [
    (lambda folder: folder.chmod(0o777), "by everybody"),
    (lambda folder: (folder.rmdir(), folder.touch()), "no folder"),
])  # fmt: skip
def test_a_folder_with_wrong_rights_is_found(settings, spoil, words):
    spoil(settings.MEDIA_ROOT)
    assert words in missing(folders.rights)


def test_a_folder_that_cannot_be_written_is_found(settings):
    settings.MEDIA_ROOT = Path("/proc/uploads")  # for root too
    assert "cannot make it" in missing(folders.rights)


def test_open_or_full_backups_are_found(settings):
    settings.BACKUP_DIR.chmod(0o755)
    assert "open to others" in missing(folders.rights)
    settings.BACKUP_DIR.chmod(0o700)
    settings.DISK_FREE_MEGABYTES = 2**40
    assert "MB left" in missing(folders.rights)


@pytest.mark.parametrize("name", ["BACKUP_DIR", "DATASETS_DIR", "KEPT_PAGES_DIR"])
def test_what_the_web_server_would_hand_out_by_chance_is_found(settings, name):
    assert missing(folders.nothing_is_served_by_chance) == ""
    setattr(settings, name, settings.MEDIA_ROOT / "inside")
    assert name in missing(folders.nothing_is_served_by_chance)


# -- the database ---------------------------------------------------------------------------


@pytest.mark.parametrize(("row", "words"), [
    (("14.9", "UTF8", "C.UTF-8"), "PostgreSQL is 14.9"),
    (("18.1", "SQL_ASCII", "C"), "SQL_ASCII"),
])  # fmt: skip
def test_a_server_that_is_too_old_or_of_another_encoding_is_found(monkeypatch, row, words):
    assert missing(database.server) == ""
    monkeypatch.setattr(database, "_row", lambda _sql: row)
    assert words in missing(database.server)


def test_a_locale_without_kanji_is_found_by_what_it_does(monkeypatch):
    assert missing(database.japanese) == ""
    assert letters_are_known(databases=["default"]) == []
    with database_without_letters() as there:
        monkeypatch.setattr(database, "_row", lambda sql: there.execute(sql).fetchone())
        assert "pg_trgm is missing" in missing(database.japanese)
        there.execute("CREATE EXTENSION pg_trgm")
        assert "Near matches" in missing(database.japanese)
        monkeypatch.setattr(alphabet, "connections", {"default": there})
        [warning] = letters_are_known(databases=["default"])
        assert "no letters beyond ASCII" in warning.msg
    assert letters_are_known() == [], "only where the database may be asked"


def test_a_role_that_may_not_migrate_is_found():
    assert missing(database.rights) == ""
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE powerless")
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM public")
        cursor.execute("SET LOCAL ROLE powerless")
    assert "powerless may not make tables" in missing(database.rights)


def test_clocks_that_differ_are_found(monkeypatch):
    assert missing(database.clock) == ""
    now = time.time
    monkeypatch.setattr(database.time, "time", lambda: now() + 100)
    assert "-100 seconds" in missing(database.clock)


def test_programs_that_do_not_fit_are_found(monkeypatch):
    def unfit() -> None:
        raise BackupError("The server wants pg_dump 99.")

    monkeypatch.setattr(database, "fit_programs", unfit)
    assert "pg_dump 99" in missing(database.programs)


# -- services and people -----------------------------------------------------------------------


def test_what_the_status_page_complains_of_is_repeated(settings):
    settings.BACKUP_MAX_AGE = 1
    assert "backup: There is no backup yet" in missing(services.state)


def test_services_that_never_ran_or_stopped_are_found(settings):
    settings.WEBSUB_HUB = "https://hub.test/"
    for name in ("publish_scheduled", "check_links", "deliver_pings", "send_letters", "build_dataset", "backup"):
        assert f"{name} has never run" in missing(services.have_run)
    for name in ("publish_scheduled", "check_links", "deliver_pings", "send_letters", "backup"):
        CommandRun.objects.create(command=name, started_at=timezone.now())
    assert missing(services.have_run) == "build_dataset has never run."
    CommandRun.objects.update(started_at=timezone.now() - 3 * services.timedelta(days=1))
    assert "publish_scheduled does not run any more" in missing(services.have_run)


def test_a_site_without_an_administrator_is_found(administrator):
    assert missing(people.administrators) == ""
    administrator.set_unusable_password()
    administrator.save()
    assert "no administrator" in missing(people.administrators)


def test_accounts_of_the_demonstration_are_found(administrator):
    assert missing(people.demonstration) == ""
    User.objects.create_user("moderator", "moderator@localhost")
    assert "moderator" in missing(people.demonstration)


def test_who_lacks_a_second_factor_is_named(settings, administrator):
    settings.SECOND_FACTOR = "moderators"
    User.objects.create_user("mori").groups.add(Group.objects.get(name="Moderators"))
    User.objects.create_user("edo").groups.add(Group.objects.get(name="Editors"))
    (found,) = people.second_factors()
    assert found.said.endswith(": chief, mori.")


def test_a_server_of_letters_that_is_away_or_refuses_is_found(settings, monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        options = {"host": "127.0.0.1", "port": probe.getsockname()[1], "timeout": 1}
        settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
        assert "ConnectionRefusedError" in missing(letters.server)

    class Refuses:
        def __init__(self, *_: Any, **__: Any) -> None:
            raise smtplib.SMTPAuthenticationError(535, b"wrong password")

    monkeypatch.setattr(smtplib, "SMTP", Refuses)
    assert "535" in missing(letters.server)


# -- the site ------------------------------------------------------------------------------


def refuse(*_: Any, **__: Any) -> site.Answer:
    raise ConnectionRefusedError(111, "Connection refused")


def answering(status: int = 200, text: str = "", **headers: str) -> Callable[..., site.Answer]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda *_args, **_sent: site.Answer(status, named, {}, text)


PAGE = f'<link href="{configured.STATIC_URL}site.css">'
UNKNOWN = ssl.SSLCertVerificationError("certificate verify failed")


@pytest.mark.parametrize(("ask", "words"), [
    pytest.param(refuse, "does not answer", id="away"),
    pytest.param(lambda _path: (_ for _ in ()).throw(UNKNOWN), "certificate", id="certificate"),
    pytest.param(answering(301, location="https://chronology.test/"), "leads from", id="BEHIND_PROXY"),
    pytest.param(answering(502), "answers 502", id="site stopped"),
    pytest.param(answering(200, "<p>"), "other code", id="old code"),
    pytest.param(answering(200, PAGE, date="Mon, 02 Mar 2020 00:00:00 GMT"), "clock", id="clock"),
])  # fmt: skip
def test_a_site_that_readers_do_not_get_is_found(monkeypatch, ask, words):
    monkeypatch.setattr(site, "ask", answering(200, PAGE))
    assert missing(site.answers) == ""
    monkeypatch.setattr(site, "ask", ask)
    assert words in missing(site.answers)


@pytest.mark.parametrize(("answer", "words"), [
    (answering(301, location="https://chronology.test/about/"), ""),
    (refuse, ""),
    (answering(200), "not led to HTTPS"),
    (answering(302, location="http://elsewhere.test/"), "not led to HTTPS"),
])  # fmt: skip
def test_plain_http_that_is_answered_is_found(monkeypatch, answer, words):
    monkeypatch.setattr(site, "ask", answer)
    assert words in missing(site.plain_http)


SAFE = {"x_content_type_options": "nosniff", "content_disposition": "attachment"}


@pytest.mark.parametrize(("answer", "words"), [
    (answering(200, **SAFE), ""),
    (answering(404), "answers 404"),
    (answering(403), "answers 403"),
    (answering(200, content_disposition="attachment"), "nosniff"),
    (answering(200, x_content_type_options="nosniff"), "as a page of ours"),
    (refuse, "could not be tried"),
])  # fmt: skip
def test_uploads_that_are_not_served_or_could_act_are_found_and_the_probe_is_gone(
    settings, monkeypatch, answer, words
):
    monkeypatch.setattr(site, "ask", answer)
    assert words in missing(site.uploads)
    assert list(settings.MEDIA_ROOT.iterdir()) == []


@pytest.mark.parametrize(("count", "proxy", "words"), [
    pytest.param(1, lambda sent, came: f"{sent}, {came}", "", id="appends"),
    pytest.param(1, lambda _sent, came: came, "", id="overwrites"),
    pytest.param(1, lambda sent, _came: sent, "Strangers can choose", id="passes on"),
    pytest.param(2, lambda sent, came: f"{sent}, {came}", "Strangers can choose", id="counted too many"),
    pytest.param(0, lambda sent, came: f"{sent}, {came}", "one address", id="not counted"),
])  # fmt: skip
def test_whose_address_a_forged_header_tells_is_tried_at_the_sign_in(settings, monkeypatch, count, proxy, words):
    settings.PROXY_COUNT = count
    settings.SECURE_SSL_REDIRECT = False
    client = Client(enforce_csrf_checks=False)

    def through_proxy(path: str, *, data: dict[str, str] | None = None, **sent: str) -> site.Answer:
        if data is None:
            return site.Answer(200, {}, {}, client.get(path).text)
        forwarded = proxy(sent["X_Forwarded_For"], "198.51.100.4")
        answer = client.post(path, data, headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="127.0.0.1")
        return site.Answer(answer.status_code, {}, {}, "")

    monkeypatch.setattr(site, "ask", through_proxy)
    assert words in missing(site.forged_address)
    assert (missing(site.forged_address) == "") == (words == "")
    assert not SignInTry.objects.exists()


def test_a_question_is_put_as_a_stranger_puts_it(settings):
    class Site(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(403)
            self.send_header("Set-Cookie", "csrftoken=abc; Secure")
            self.end_headers()
            self.wfile.write(f"{body} {self.headers['X-Forwarded-For']}".encode())

        def log_message(self, *_: Any) -> None:
            """Nothing, please."""

    with http.server.HTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        settings.BASE_URL = f"http://127.0.0.1:{server.server_port}"
        answer = site.ask("/", data={"a": "b c"}, X_Forwarded_For="192.0.2.77")
    assert (answer.status, answer.cookies, answer.text) == (403, {"csrftoken": "abc"}, "a=b+c 192.0.2.77")

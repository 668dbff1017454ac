"""The log: each event of the vocabulary is one line, whole JSON whatever was typed, and holds no secret."""

import json
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.users.models import UserProfile

from config import logs
from tests.editing import edit_url, form_data, signed_in, user
from tests.factories import PersonFactory, change, draft_entry, publish_entry
from tests.test_second_factor import RECOVERY, REMOVE, RENEW, SET_UP, code_of, half_in, say
from timeline import merging
from timeline.accounts.second_factor import codes
from timeline.audit import events
from timeline.audit.events import FIELDS, Event, tell
from timeline.imports import loading, uploads
from timeline.management.commands import backup, restore
from timeline.models import Import, Merge
from timeline.running import service
from timeline.segments import digest

pytestmark = pytest.mark.django_db

TYPED = 'x\r\nforged {"event": "sign_in.good"}\x1b[31m\u2028\u009b\x7f"'


class Log:
    """Lines as they leave, in both forms."""

    def __init__(self, on_commit: Any) -> None:
        self.lines: list[str] = []
        self.plain: list[str] = []
        self.on_commit = on_commit

    def of(self, act: Callable[[], Any]) -> list[dict[str, Any]]:
        """What an action tells, once it is committed."""
        del self.lines[:], self.plain[:]
        with self.on_commit(execute=True):
            act()
        return [json.loads(line) for line in self.lines]


@pytest.fixture
def log(django_capture_on_commit_callbacks: Any) -> Iterator[Log]:
    found = Log(django_capture_on_commit_callbacks)

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.lines.append(logs.JsonFormatter().format(record))
            found.plain.append(logs.PlainFormatter().format(record))

    handler = Handler()
    events.logger.addHandler(handler)
    yield found
    events.logger.removeHandler(handler)


# -- one scenario an event: makes what is needed, and returns what is to be done -----------


def translates() -> Callable[[], Any]:
    entry = publish_entry(title="A talk")
    address = reverse("timeline_translations:desk", args=["ja", "entries", entry.key])
    said = {"words-headline": "会談", "of-headline": digest("A talk"), "over-headline": "", "act": "save"}
    return posts("Translators", address, **said)


def signs_in(password: str, role: str = "Editors") -> Callable[[], Any]:
    person = user(role)
    return lambda: Client().post("/admin/login/", {"username": person.username, "password": password})


def is_locked() -> Callable[[], Any]:
    act = signs_in("wrong")
    for _ in range(10):
        act()
    return act


def says_code(kind: str) -> Callable[[], Any]:
    person = user("Editors")
    device = TOTPDevice.objects.create(user=person, name="app", key=codes.new_secret())
    client = half_in(person)
    if kind == "locked":
        for _ in range(10):
            say(client, "000000")
    if kind == "recovery":
        code = codes.renew(person)[0]
        return lambda: say(client, code, RECOVERY)
    return lambda: say(client, code_of(device) if kind == "good" else "000000")


def changes_factor(address: str) -> Callable[[], Any]:
    person = user("Editors")
    if address == SET_UP:
        client = Client()
        client.force_login(person)
        client.get(SET_UP)
        key = client.session["second_factor_secret"]
        return lambda: say(client, code_of(TOTPDevice(key=key)), SET_UP)
    device = TOTPDevice.objects.create(user=person, name="app", key=codes.new_secret())
    client = half_in(person)
    say(client, code_of(device, -1))
    return lambda: say(client, code_of(device), address)


def resets_factor() -> Callable[[], Any]:
    TOTPDevice.objects.create(user=user("Editors"), name="app", key=codes.new_secret())
    return lambda: call_command("reset_second_factor", "editors", stdout=SimpleNamespace(write=len, isatty=bool))


def posts(role: str, address: str, **data: Any) -> Callable[[], Any]:
    client = signed_in(role)
    return lambda: list(client.post(address, data))  # with what is done while the answer is sent


def publishes() -> Callable[[], Any]:
    entry, client = draft_entry(), signed_in("Moderators")
    data = form_data(client.get(edit_url(entry)))
    return lambda: client.post(edit_url(entry), {**data, "action-publish": "1"})


def redacts() -> Callable[[], Any]:
    entry = publish_entry()
    change(entry, "update", "News.")
    version = entry.versions.get(number=1)
    return posts("", reverse("timeline_changes:redact", args=[version.pk]), reason="privacy")


def imports_file(*, and_undoes: bool = False) -> Callable[[], Any]:
    text = "id,family_name\nabe,Abe\n"
    record = Import.objects.create(name="file.csv", kind="people", content=uploads.stored_as({"file.csv": text}))
    if and_undoes:
        loading.load(record, chosen=set())
    address = reverse("timeline_imports:import", args=[record.pk])
    return posts("Moderators", address, action="undo" if and_undoes else "load")


def merges(*, and_undoes: bool = False) -> Callable[[], Any]:
    kept, double = PersonFactory(), PersonFactory()
    if not and_undoes:
        return lambda: merging.merge(kept, double, user=None)
    merging.merge(kept, double, user=None)
    return posts("Moderators", reverse("timeline_merges:merge", args=[Merge.objects.get().pk]))


def edits_account(**changed: Any) -> Callable[[], Any]:
    """An administrator sends the form of a colleague's account."""
    person, client = user("Editors"), signed_in()
    address = reverse("wagtailusers_users:edit", args=[person.pk])
    data = form_data(client.get(address), "//*[@id='w-editor-form']")
    data |= {"first_name": "A", "last_name": "B", "is_active": "on"}
    data["groups"] = [Group.objects.get(name="Editors").pk]
    return lambda: client.post(address, {**data, **changed})


def makes_account() -> Callable[[], Any]:
    data = {"username": "new", "email": "new@example.org", "first_name": "A", "last_name": "B", "is_active": "on"}
    password = "a long enough pass phrase"
    return posts("", reverse("wagtailusers_users:add"), **data, password1=password, password2=password)


def backs_up(monkeypatch: Any, tmp_path: Any) -> Callable[[], Any]:
    made = SimpleNamespace(file=tmp_path / "a.tar", size=10, missing=[])
    monkeypatch.setattr(backup, "make", lambda folder: made)
    return lambda: call_command("backup", stdout=SimpleNamespace(write=len, isatty=bool))


def restores(monkeypatch: Any, tmp_path: Any) -> Callable[[], Any]:
    (tmp_path / "a.tar").touch()
    monkeypatch.setattr(restore.restore, "restore", lambda *given, **more: None)
    return lambda: call_command("restore", str(tmp_path / "a.tar"))


NEW = "another long pass phrase"
SCENARIOS: dict[Event, Callable[[], Callable[[], Any]]] = {
    Event.SIGNED_IN: lambda: signs_in("secret"),
    Event.NOT_SIGNED_IN: lambda: signs_in("wrong"),
    Event.LOCKED: is_locked,
    Event.SIGNED_OUT: lambda: posts("Editors", "/admin/logout/"),
    Event.CODE_GOOD: lambda: says_code("good"),
    Event.CODE_BAD: lambda: says_code("bad"),
    Event.CODE_LOCKED: lambda: says_code("locked"),
    Event.FACTOR_SET_UP: lambda: changes_factor(SET_UP),
    Event.FACTOR_RENEWED: lambda: changes_factor(RENEW),
    Event.FACTOR_REMOVED: lambda: changes_factor(REMOVE),
    Event.FACTOR_RESET: resets_factor,
    Event.REFUSED: lambda: gets("Editors", reverse("wagtailusers_users:index")),
    Event.PUBLISHED: publishes,
    Event.WITHDRAWN: lambda: posts(
        "Moderators", reverse("wagtailadmin_pages:unpublish", args=[publish_entry().pk]), reason="A rumour."
    ),
    Event.DELETED: lambda: posts("Moderators", reverse("wagtailadmin_pages:delete", args=[draft_entry().pk])),
    Event.PRIVACY: lambda: posts(
        "Moderators",
        reverse("wagtailadmin_pages:set_privacy", args=[publish_entry().pk]),
        restriction_type="login",
        password="",
    ),
    Event.REDACTED: redacts,
    Event.IMPORTED: imports_file,
    Event.IMPORT_UNDONE: lambda: imports_file(and_undoes=True),
    Event.MERGED: merges,
    Event.MERGE_UNDONE: lambda: merges(and_undoes=True),
    Event.TRANSLATED: translates,
    Event.EXPORTED: lambda: gets("Moderators", reverse("timeline_imports:export", args=["people", "csv"])),
    Event.ACCOUNT_MADE: makes_account,
    Event.ACCOUNT_REMOVED: lambda: posts("", reverse("wagtailusers_users:delete", args=[user("Editors").pk])),
    Event.ACCOUNT_OFF: lambda: edits_account(is_active=""),
    Event.ACCOUNT_ON: lambda: turns_on(),
    Event.PASSWORD: lambda: edits_account(password1=NEW, password2=NEW),
    Event.ROLE_GIVEN: lambda: edits_account(is_superuser="on"),
    Event.ROLE_TAKEN: lambda: edits_account(groups=[]),
    Event.ROLE_CHANGED: lambda: posts(
        "", reverse("wagtailusers_groups:delete", args=[Group.objects.create(name="Guests").pk])
    ),
}


def gets(role: str, address: str) -> Callable[[], Any]:
    client = signed_in(role)
    return lambda: client.get(address)


def turns_on() -> Callable[[], Any]:
    act = edits_account(is_active="on")
    get_user_model().objects.filter(username="editors").update(is_active=False)
    return act


# To renew or remove a second factor takes a code.
BESIDE = {event: [Event.CODE_GOOD] for event in (Event.FACTOR_RENEWED, Event.FACTOR_REMOVED)}
ALONE = {Event.FACTOR_RESET, Event.MERGED}  # scenarios without a request


def test_there_is_a_scenario_for_each_event():
    assert SCENARIOS.keys() | {Event.BACKED_UP, Event.RESTORED} == set(Event)


@pytest.mark.parametrize("event", SCENARIOS)
def test_an_event_is_one_line_that_says_who_and_whence_and_in_which_request(event, log):
    act = SCENARIOS[event]()
    told = log.of(act)
    assert [line["event"] for line in told if line["event"] not in BESIDE.get(event, ())] == [event]
    line = next(line for line in told if line["event"] == event)
    common = {"time", "level", "logger", "message", "request", "event", "account", "name", "address"}
    assert line.keys() == {*common, *FIELDS.get(event, ())}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    if event not in ALONE:
        assert (line["address"], len(line["request"])) == ("127.0.0.1", 16)
        assert line["name"] in ("editors", "moderators", "translators", "administrator")
        assert get_user_model().objects.filter(pk=line["account"], username=line["name"]).exists()


@pytest.mark.parametrize(("event", "prepare"), [(Event.BACKED_UP, backs_up), (Event.RESTORED, restores)])
def test_a_backup_and_a_restore_are_told_too(event, prepare, log, monkeypatch, tmp_path):
    told = log.of(prepare(monkeypatch, tmp_path))
    assert [(line["event"], line["file"]) for line in told] == [(event, str(tmp_path / "a.tar"))]


def test_what_is_rolled_back_is_not_told(log):
    entry = publish_entry()

    def fail() -> None:
        with transaction.atomic():
            entry.unpublish()
            transaction.set_rollback(True)

    assert log.of(fail) == []


def test_a_recovery_code_is_a_good_code(log):
    assert [line["recovery"] for line in log.of(says_code("recovery"))] == [True]


def test_lists_of_the_admin_tell_that_they_were_exported(log):
    address = reverse("wagtailadmin_reports:site_history") + "?export=csv"
    [line] = log.of(gets("", address))
    assert (line["event"], line["format"], bool(line["what"])) == (Event.EXPORTED, "csv", True)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_refusal_is_told_in_whatever_language_it_was_said(language, log):
    client = signed_in("Editors")
    person = get_user_model().objects.get(username="editors")
    UserProfile.objects.update_or_create(user=person, defaults={"preferred_language": language})
    assert [line["path"] for line in log.of(lambda: client.get("/admin/users/"))] == ["/admin/users/"]
    assert log.of(lambda: client.get("/admin/account/")) == []


def test_who_has_no_right_to_the_admin_and_who_forges_a_form_are_refused(log):
    outsider = Client()
    outsider.force_login(get_user_model().objects.create_user("outsider", password="secret"))
    assert [line["status"] for line in log.of(lambda: outsider.get("/admin/"))] == [302]
    forger = Client(enforce_csrf_checks=True)
    assert [line["status"] for line in log.of(lambda: forger.post("/admin/login/"))] == [403]


def test_a_name_that_is_no_account_is_not_told_for_it_may_be_a_password(log):
    form = {"username": "correct horse battery staple", "password": "wrong"}
    [line] = log.of(lambda: Client().post("/admin/login/", form))
    assert (line["event"], line["name"], line["account"]) == (Event.NOT_SIGNED_IN, None, None)
    assert "staple" not in "".join(log.lines + log.plain)


def test_a_line_is_one_line_whatever_was_typed(log):
    [line] = log.of(lambda: tell(Event.ROLE_CHANGED, role=TYPED, change="made"))
    assert line["role"] == TYPED
    for text in log.lines + log.plain:
        assert re.fullmatch(r"[ -~]+", text)


def test_a_traceback_is_a_field_and_the_request_of_djangos_own_lines_is_not():
    try:
        raise ValueError(TYPED)
    except ValueError:
        trouble = sys.exc_info()
    record = logging.LogRecord("django.request", logging.ERROR, "x.py", 1, "Went wrong: %s", (TYPED,), trouble)
    record.request = RequestFactory().get("/?token=whisper")
    line = logs.JsonFormatter().format(record)
    assert re.fullmatch(r"[ -~]+", line)
    assert "whisper" not in line
    assert json.loads(line)["traceback"].startswith("Traceback (most recent call last):")
    assert json.loads(line)["message"] == f"Went wrong: {TYPED}"


def test_what_a_service_prints_is_lines_of_the_log(settings, monkeypatch, caplog):
    class Printing(service.Service):
        def run(self) -> str:
            self.stdout.write("Done.")
            self.stderr.write("One\nwent wrong.")
            self.stopping.set()
            return ""

    settings.DEVELOPMENT = False
    monkeypatch.setattr(service.connection, "close", lambda: None)
    one = Printing()
    one.stopping = threading.Event()
    one.serve(1)
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert told == [("INFO", "Done."), ("WARNING", "One"), ("WARNING", "went wrong.")]


class TestTheIdOfARequest:
    def answer(self, **headers: str) -> str:
        return Client().get("/admin/login/", **headers).headers["X-Request-ID"]

    def test_is_made_here_and_said_in_the_answer_and_another_each_time(self):
        assert re.fullmatch("[0-9a-f]{16}", self.answer())
        assert self.answer() != self.answer()

    @pytest.mark.parametrize(
        "given", ["short", "with space in it", "x" * 65, 'quote"quote', "line\nline", "-leading-1"]
    )
    def test_one_of_another_form_is_not_taken(self, given, settings):
        settings.PROXY_COUNT = 1
        assert self.answer(HTTP_X_REQUEST_ID=given, HTTP_X_FORWARDED_FOR="192.0.2.1") != given

    def test_is_taken_from_a_proxy_of_ours_only(self, settings):
        given = {"HTTP_X_REQUEST_ID": "4bf92f3577b34da6a3ce929d0e0e4736"}
        assert self.answer(**given, HTTP_X_FORWARDED_FOR="192.0.2.1") != given["HTTP_X_REQUEST_ID"]
        settings.PROXY_COUNT = 1
        assert self.answer(**given) != given["HTTP_X_REQUEST_ID"]
        assert self.answer(**given, HTTP_X_FORWARDED_FOR="192.0.2.1") == given["HTTP_X_REQUEST_ID"]

    def test_is_not_in_what_a_shared_cache_keeps(self):
        publish_entry()
        assert "X-Request-ID" not in Client().get("/").headers


def test_the_paper_for_operators_has_the_table_of_events_and_their_fields():
    rows = re.findall(r"^\| `([a-z_.]+)` \|([^|]*)\|", (settings.BASE_DIR / "docs/operating.md").read_text(), re.M)
    assert {name: tuple(re.findall("`([a-z_]+)`", fields)) for name, fields in rows} == {
        str(event): FIELDS.get(event, ()) for event in Event
    }

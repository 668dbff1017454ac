"""What `make run` prepares and keeps running, what it says when it cannot, and what `make reset` takes away."""

import fcntl
import json
import os
import socket
import sys
import threading
from pathlib import Path

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from config.postgres.programs import NoServerError, locked
from tests.waiting import wait_until
from timeline.management.commands import develop, reset

# A site that notes what happens to it, and that cannot be loaded while a file `broken` stands beside its notes.
SITE = """
import pathlib, signal, sys
notes = pathlib.Path(sys.argv[1])
def begin(*signal):
    if notes.with_name("broken").exists():
        sys.exit(3)
    with notes.open("a") as file:
        print("replaced" if signal else "started", file=file)
signal.signal(signal.SIGHUP, begin)
begin()
while True:
    signal.pause()
"""


@pytest.fixture(autouse=True)
def own_files(tmp_path, monkeypatch):
    """Keep the clone's own password and lock out of it."""
    monkeypatch.setattr(develop, "PASSWORD_FILE", tmp_path / "password")
    monkeypatch.setattr(develop, "LOCK_FILE", tmp_path / "lock")
    monkeypatch.setattr(develop, "PACK", tmp_path)
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)


def test_there_are_no_demo_accounts_in_production(settings):
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="development only"):
        call_command("develop")


@pytest.mark.django_db
def test_there_is_an_account_for_each_role():
    password = develop.ensure_accounts()
    roles = {"editor": ["Editors"], "moderator": ["Moderators"], "translator": ["Translators"], "administrator": []}
    accounts = {name: authenticate(username=name, password=password) for name in roles}
    assert {name: [group.name for group in one.groups.all()] for name, one in accounts.items()} == roles
    assert [name for name, one in accounts.items() if one.is_superuser] == ["administrator"]


@pytest.mark.django_db
def test_the_password_stays_until_another_is_set(monkeypatch):
    first = develop.ensure_accounts()
    assert len(first) >= 12
    assert develop.ensure_accounts() == first
    assert develop.PASSWORD_FILE.stat().st_mode & 0o077 == 0

    monkeypatch.setenv("DEMO_PASSWORD", "open sesame")
    assert develop.ensure_accounts() == "open sesame"
    assert authenticate(username="editor", password="open sesame")
    assert not authenticate(username="editor", password=first)


@pytest.mark.django_db
def test_changed_rights_of_an_account_stay_changed():
    develop.ensure_accounts()
    editor = get_user_model().objects.get(username="editor")
    editor.groups.clear()
    develop.ensure_accounts()
    assert not editor.groups.exists()


@pytest.mark.django_db
def test_the_content_is_loaded_again_only_when_it_has_changed(tmp_path, monkeypatch):
    loads = []
    monkeypatch.setattr(develop, "call_command", lambda name, **options: loads.append(name))
    command = develop.Command()
    (tmp_path / "entries.json").write_text(json.dumps([1]))
    command.load()
    command.load()
    assert loads == ["load_chronology"]
    (tmp_path / "entries.json").write_text(json.dumps([1, 2]))
    command.load()
    assert loads == ["load_chronology"] * 2
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries" / "2025.json").write_text("[]")
    command.load()
    assert loads == ["load_chronology"] * 3


def test_a_second_one_is_told_where_the_first_one_is(settings):
    settings.PORT = 8123
    with develop.only_one(), pytest.raises(CommandError) as refusal, develop.only_one():
        pass
    assert "already runs from this folder: http://127.0.0.1:8123/" in str(refusal.value)
    assert f"kill {os.getpid()}" in str(refusal.value)
    with develop.only_one():  # and when the first one has ended, nothing stands in the way
        pass


def test_a_port_in_use_is_refused_with_a_way_out(settings):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings.PORT = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"PORT={settings.PORT + 1} make run"):
            develop.refuse_used_port()


def test_the_site_follows_code_and_templates_and_waits_for_broken_code_to_be_mended(tmp_path, monkeypatch):
    code, notes = tmp_path / "code", tmp_path / "notes"
    code.mkdir()
    monkeypatch.setattr(develop, "WATCHED", [code])
    monkeypatch.setattr(develop, "SERVICES", [])
    monkeypatch.setattr(develop, "gunicorn", lambda: [sys.executable, "-c", SITE, str(notes)])
    sites, said = [], []
    start = develop.start
    monkeypatch.setattr(develop, "start", lambda *command: sites.append(start(*command)) or sites[-1])
    monkeypatch.setattr(develop.Command, "announce", lambda self: None)
    monkeypatch.setattr(develop.Command, "say", lambda self, text: said.append(text))

    def happened() -> list[str]:
        return notes.read_text().split() if notes.exists() else []

    def work() -> None:
        wait_until(lambda: happened() == ["started"])
        (code / "notes.md").write_text("no code")
        (code / "page.html").write_text("a template")
        wait_until(lambda: happened() == ["started", "replaced"])
        (tmp_path / "broken").touch()
        (code / "views.py").write_text("def")
        wait_until(lambda: said[-1] == "The site starts again when the code changes.")
        (tmp_path / "broken").unlink()
        (code / "views.py").write_text("pass")
        wait_until(lambda: happened() == ["started", "replaced", "started"])
        sites[1].kill()

    developer = threading.Thread(target=work)
    developer.start()
    with pytest.raises(CommandError, match="The server has stopped"):
        develop.Command().serve()
    developer.join()


@pytest.fixture
def made(tmp_path, monkeypatch, settings) -> Path:
    """A folder with all that `make run` makes, and nothing running in it."""
    settings.PG_HOME = tmp_path / "postgres"
    for name in ["postgres/data-18", "postgres/postgresql-18.6", "media", "datasets"]:
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").touch()
    monkeypatch.setattr(reset, "FILES", [tmp_path / "media", tmp_path / "datasets"])
    monkeypatch.setattr(reset, "embedded", lambda: True)
    return tmp_path


def rooms(folder: Path) -> set[str]:
    return {str(file.parent.relative_to(folder)) for file in folder.rglob("file")}


def test_reset_removes_the_database_and_its_files_and_says_which(made, capsys):
    call_command("reset")
    said = capsys.readouterr().out
    assert rooms(made) == {"postgres/postgresql-18.6"}  # the programs stay
    assert [
        folder for folder in ["postgres/data-18", "media", "datasets"] if f"Removed {made / folder}\n" not in said
    ] == []
    call_command("reset")
    assert "nothing to remove" in capsys.readouterr().out


def test_reset_removes_nothing_while_the_site_runs_or_another_process_uses_the_database(made):
    everything = rooms(made)
    with develop.only_one(), pytest.raises(CommandError, match="already runs"):
        call_command("reset")
    home, refused = made / "postgres", pytest.raises(NoServerError, match="used by another process")
    with locked(home / "supervisor.lock"), locked(home / "lease.lock", fcntl.LOCK_SH), refused:
        call_command("reset")
    assert rooms(made) == everything


def test_reset_removes_nothing_that_make_run_did_not_make(made, settings, monkeypatch):
    everything = rooms(made)
    monkeypatch.setattr(reset, "embedded", lambda: False)
    with pytest.raises(CommandError, match="DATABASE_URL"):
        call_command("reset")
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="development only"):
        call_command("reset")
    assert rooms(made) == everything

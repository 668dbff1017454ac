"""What `make run` prepares, and what it says when it cannot."""

import json
import os
import socket

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from timeline.management.commands import develop


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
    editor, moderator, administrator = (
        authenticate(username=name, password=password) for name in ["editor", "moderator", "administrator"]
    )
    assert [group.name for group in editor.groups.all()] == ["Editors"]
    assert [group.name for group in moderator.groups.all()] == ["Moderators"]
    assert (editor.is_superuser, moderator.is_superuser, administrator.is_superuser) == (False, False, True)


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

"""Backup and restore: one file has the whole site, and brings it back as it was or not at all."""

import datetime
import fcntl
import io
import os
import re
import shutil
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyrage
import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test import Client, override_settings
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.models import PageViewRestriction

from config.postgres import programs
from tests.answers import answers, of_client
from tests.database import another_database
from tests.specimens import CORRECTED, EMBEDS, ENTRY, FOR_PROGRAMS, PAGES
from timeline.backup import archive, database, keep, make, restore
from timeline.backup.errors import BackupError, RefusedError
from timeline.dataset import build
from timeline.models import CommandRun, Dataset, EntryPage, Version

ADDRESSES = [*PAGES.values(), *EMBEDS.values(), *(one for one in FOR_PROGRAMS if one != "/status.json")]


PRIVATE = PAGES["short entry"]


class Saved(NamedTuple):
    """A backup of the specimens, what it said, and what readers got."""

    file: Path
    said: str
    answers: dict[str, str]
    database: str


def run(command: str, *arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=out, no_color=True, **options)
    return out.getvalue()


def folders(root: Path) -> override_settings:
    return override_settings(MEDIA_ROOT=root / "media", DATASETS_DIR=root / "datasets", BACKUP_DIR=root / "backups")


@pytest.fixture(scope="module")
def saved(specimens_database: str, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Saved]:
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(django_settings.MEDIA_ROOT, root / "media")  # with what the specimens show
    with django_db_blocker.unblock():
        with another_database(specimens_database), folders(root):
            for name in ("report.txt", "lost.txt"):
                Document.objects.create(title=name, file=f"documents/{name}")
            (root / "media" / "documents" / "report.txt").write_text("A report.")
            Session.objects.create(session_key="unmentionable", session_data="", expire_date=timezone.now())
            build.build()
            # Until the second of a change is over, answers are dated otherwise than after it.
            Dataset.objects.update(built_at=F("built_at") - datetime.timedelta(seconds=2))
            said = run("backup")
            found = answers(of_client(Client()), ADDRESSES)
            run_ = CommandRun.objects.get(command="backup")
            assert run_.finished_at
        yield Saved(Path(said.split("\n")[0]), said, found, specimens_database)


@pytest.fixture
def elsewhere(saved: Saved, tmp_path: Path) -> Iterator[Path]:
    """Another machine: no uploads and no datasets yet."""
    with folders(tmp_path):
        yield tmp_path


def stored(contents: dict[str, bytes]) -> io.BytesIO:
    """A backup of our making: a manifest like that of today, and these members."""
    file = io.BytesIO()
    manifest = archive.Manifest(archive.FORM, "2026-01-01T00:00:00Z", "", "0.1.0", "", 15, 15, [], 0, 0)
    writer = archive.Writer(file, manifest, 0)
    for name, content in contents.items():
        writer.add(name, io.BytesIO(content), len(content))
    writer.close()
    return file


# -- the whole way ------------------------------------------------------------------------


def test_a_restored_site_answers_readers_as_before(saved, elsewhere):
    with another_database():
        said = run("restore", saved.file)
        assert answers(of_client(Client()), ADDRESSES) == saved.answers
        assert not Session.objects.exists(), "who was signed in is of no use tomorrow"
        assert connection.introspection.table_names()
        with connection.cursor() as cursor, pytest.raises(Exception, match="version"):
            cursor.execute("UPDATE timeline_version SET note = 'x'")  # the triggers are back too
    assert (elsewhere / "media" / "documents" / "report.txt").read_text() == "A report."
    assert len(list((elsewhere / "datasets").glob("*.zip"))) == 1
    assert "withdrawn, made private or removed since is public again" in said


def test_the_file_is_for_its_owner_alone_and_tells_no_secret(saved, settings):
    assert stat.S_IMODE(saved.file.stat().st_mode) == 0o600
    assert [file.name for file in saved.file.parent.iterdir() if file != saved.file] == ["lock"]
    with tarfile.open(saved.file) as tar:
        manifest = tar.extractfile(archive.MANIFEST).read().decode()
        assert tar.getnames()[0] == archive.MANIFEST
    assert settings.SECRET_KEY not in manifest
    assert '"created"' in manifest
    assert '"timeline"' in manifest


def test_an_upload_that_the_database_names_and_nobody_finds_is_told(saved):
    assert re.findall(r"Missing: .*: (\S+)", saved.said) == ["documents/lost.txt"]


def test_plain_tools_read_it_too(saved, tmp_path):
    with tarfile.open(saved.file) as tar:
        tar.extractall(tmp_path, filter="data")
    sums = (tmp_path / archive.SUMS).read_text().splitlines()
    assert {line.partition("  ")[2] for line in sums} >= {archive.MANIFEST, archive.DUMP, "media/documents/report.txt"}
    with (tmp_path / archive.DUMP).open("rb") as dump:
        assert dump.read(5) == b"PGDMP"


# -- over what is there -------------------------------------------------------------------


def test_a_database_that_holds_something_is_only_replaced_by_an_explicit_word(saved, elsewhere):
    with another_database(saved.database):
        User.objects.create_user("later")
        EntryPage.objects.get(slug=ENTRY.split("/")[2]).unpublish()
        private = EntryPage.objects.get(slug=PRIVATE.split("/")[2])
        PageViewRestriction.objects.create(page=private, restriction_type="login")
        Version.objects.get(entry__slug=CORRECTED.split("/")[2], number=1).redact("privacy")
        with pytest.raises(CommandError, match="not empty"):
            run("restore", saved.file)
        assert User.objects.filter(username="later").exists()
        said = run("restore", saved.file, "--replace")
        assert not User.objects.filter(username="later").exists()
        assert Client().get(ENTRY).status_code == 200
    again = said.partition("not public before the restore")[2]
    assert re.findall(r"  \S+?(/entries/\S+)", again) == [ENTRY, PRIVATE, f"{CORRECTED}versions/1/"]


def test_a_restore_that_fails_midway_leaves_the_database_as_it_was(saved, elsewhere, tmp_path):
    with tarfile.open(saved.file) as tar:
        dump = tar.extractfile(archive.DUMP).read()
    broken = tmp_path / "broken.tar"
    broken.write_bytes(stored({archive.DUMP: dump[: len(dump) * 3 // 4]}).getvalue())
    with another_database(saved.database):
        versions = Version.objects.count()
        with pytest.raises(CommandError, match="left as it was"):
            run("restore", broken, "--replace")
        assert Version.objects.count() == versions


# -- what is refused ----------------------------------------------------------------------


def refused(content: bytes, keys: Any = ()) -> str:
    with pytest.raises(RefusedError) as caught:
        restore.check(io.BytesIO(content), list(keys))
    return str(caught.value)


@pytest.mark.parametrize("part", [0.001, 0.02, 0.5, 0.9, 0.97])
def test_a_file_that_is_cut_is_refused(saved, part):
    content = saved.file.read_bytes()
    assert refused(content[: int(len(content) * part)]).startswith(("This backup is cut", "This file is no backup"))


def test_a_file_with_one_byte_changed_is_refused(saved):
    content = saved.file.read_bytes()
    with tarfile.open(saved.file) as tar:
        places = [place for one in tar for place in (one.offset, one.offset_data, one.offset_data + one.size // 2)]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1
        assert refused(bytes(changed)).startswith(("This backup is cut or was altered", "This file is no backup"))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"PGDMP" * 1000, id="a dump of its own"),
        pytest.param(stored({}).getvalue(), id="no database in it"),
        pytest.param(stored({"media/../../elsewhere": b"x", archive.DUMP: b"x"}).getvalue(), id="leads out"),
        pytest.param(stored({"/etc/passwd": b"x", archive.DUMP: b"x"}).getvalue(), id="absolute"),
        pytest.param(stored({"code.py": b"x", archive.DUMP: b"x"}).getvalue(), id="something else in it"),
    ],
)
def test_a_foreign_file_is_refused(content):
    assert refused(content)


def test_another_tar_is_refused():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("manifest.json"), io.BytesIO())
    assert refused(file.getvalue()) == archive.FOREIGN


def test_a_backup_of_newer_code_is_refused(monkeypatch, saved):
    monkeypatch.setattr(restore, "known_migrations", lambda: {("timeline", "0001_initial")})
    assert "newer code" in refused(saved.file.read_bytes())


def test_nothing_is_asked_of_the_database_before_a_file_is_refused(tmp_path, elsewhere):
    (tmp_path / "cut.tar").write_bytes(b"x" * 2000)
    with pytest.raises(CommandError, match="no backup"):
        run("restore", tmp_path / "cut.tar")
    with pytest.raises(CommandError, match="cannot be read"):
        run("restore", tmp_path / "nowhere.tar")


# -- encrypted ----------------------------------------------------------------------------


def test_a_backup_is_encrypted_to_a_public_key_and_opens_with_the_private_one(saved, tmp_path):
    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    file = tmp_path / "backup.tar.age"
    keys = archive.recipients([str(identity.to_public())])
    with file.open("wb") as target, archive.encrypted(target, keys) as sink:
        sink.write(saved.file.read_bytes())
    content = file.read_bytes()
    assert b"manifest" not in content
    key = tmp_path / "key.txt"
    key.write_text(f"# made today\n{identity}\n")
    assert "is whole" in run("restore", file, "--check", "--identity", key)
    assert "--identity" in refused(content)
    assert "does not open with this key" in refused(content, [other])
    for cut in (100, 1000, len(content) // 2, len(content) - 1):
        assert refused(content[:cut], [identity])
    changed = bytearray(content)
    changed[len(content) // 2] ^= 1
    assert "cut or was altered" in refused(bytes(changed), [identity])


def test_what_is_no_key_is_told_before_any_work(tmp_path, settings):
    settings.BACKUP_RECIPIENTS = ["age1unmentionable"]
    with pytest.raises(BackupError, match="BACKUP_RECIPIENTS"):
        make.make(tmp_path / "backups")
    assert not (tmp_path / "backups").exists()
    (tmp_path / "key").write_text("nothing")
    with pytest.raises(RefusedError, match="no private key"):
        archive.identities(tmp_path / "key")


# -- what can go wrong --------------------------------------------------------------------


@pytest.fixture
def writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Backups of a database that is not asked."""
    made = archive.Manifest(archive.FORM, "2026-01-01T00:00:00Z", "", "0.1.0", "", 15, 15, [], 0, 0)
    with folders(tmp_path):

        def write() -> make.Made:
            with (tmp_path / "dump").open("w+b") as dump:
                dump.write(b"rows")
                return make._write(tmp_path / "nenpyo-20260101T000000Z.tar", [], made, dump, set())

        (tmp_path / "media").mkdir()
        (tmp_path / "media" / "one.txt").write_text("1")
        yield write


def test_a_disk_that_is_too_full_is_told_before_anything_is_written(writing, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(BackupError, match="too full"):
        writing()
    assert not list(tmp_path.glob("nenpyo-*"))


def test_a_disk_that_fills_up_meanwhile_leaves_nothing_half_made(writing, tmp_path, monkeypatch):
    def full(*about):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        writing()
    assert not list(tmp_path.glob("nenpyo-*"))


def test_an_upload_that_goes_meanwhile_is_no_reason_to_fail(writing, tmp_path, monkeypatch):
    found = [*make.files(), ("media/gone.txt", tmp_path / "media" / "gone.txt")]
    monkeypatch.setattr(make, "files", lambda: found)
    with tarfile.open(writing().file) as tar:
        assert tar.getnames() == [archive.MANIFEST, "media/one.txt", archive.DUMP, archive.SUMS]


def test_two_backups_do_not_run_at_once(tmp_path):
    with programs.locked(tmp_path / "lock", fcntl.LOCK_EX), pytest.raises(BackupError, match="Another process"):
        make.make(tmp_path)


def test_what_a_killed_backup_has_left_goes_with_the_next_one(tmp_path):
    (tmp_path / "nenpyo-20260101T000000Z.tar.part").touch()
    with make._alone(tmp_path):
        assert [file.name for file in tmp_path.iterdir()] == ["lock"]


# -- programs -----------------------------------------------------------------------------


def installed(folder: Path, major: int) -> Path:
    folder.mkdir()
    program = folder / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "pg_dump (PostgreSQL) {major}.3"\n')
    program.chmod(0o755)
    return folder


def test_the_programs_are_the_oldest_that_are_not_older_than_the_server(tmp_path, monkeypatch):
    places = [installed(tmp_path / str(major), major) for major in (18, 15, 17)]
    monkeypatch.setattr(programs, "_with_clients", lambda: places)
    assert programs.client(16).major == 17
    assert programs.client(15, newest=16).major == 15
    with pytest.raises(programs.NoClientError, match=r"19 or newer; found: 15 in .*17 in .*18 in "):
        programs.client(19)
    with pytest.raises(programs.NoClientError, match="POSTGRESQL_PROGRAMS"):
        programs.client(18, folder=tmp_path / "15")


def test_the_password_is_in_the_environment_and_on_no_command_line(monkeypatch, tmp_path, db):
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "unmentionable")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"sslmode": "require"})
    environment = database._environment()
    assert (environment["PGPASSWORD"], environment["PGSSLMODE"]) == ("unmentionable", "require")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pg_dump").write_text('#!/bin/sh\necho "$0 $*"; echo "no such server" >&2; exit 1\n')
    (folder / "pg_dump").chmod(0o755)
    said = io.BytesIO()
    with pytest.raises(BackupError, match="no such server"):
        database.dump(said, "1-1", programs.Programs(folder, 18))
    assert b"--snapshot=1-1" in said.getvalue()
    assert b"unmentionable" not in said.getvalue()


# -- which are kept -----------------------------------------------------------------------


def test_the_newest_of_seven_days_and_of_four_weeks_are_kept(tmp_path):
    days = [
        timezone.now().replace(year=2026, month=11, day=29, hour=3) - datetime.timedelta(days=n) for n in range(60)
    ]
    files = [tmp_path / keep.name(day, encrypted=day.day % 2 == 0) for day in days]
    earlier = tmp_path / keep.name(days[0] - datetime.timedelta(hours=2), encrypted=False)
    other = tmp_path / "notes.txt"
    gone = keep.superfluous([*files, earlier, other], daily=7, weekly=4)
    kept = [file.name[7:15] for file in files if file not in gone]
    sundays = ["20261122", "20261115", "20261108"]  # the newest of their weeks
    assert kept == [*(f"202611{day}" for day in range(29, 22, -1)), *sundays]
    assert earlier in gone
    assert other not in gone
    assert keep.superfluous(files, daily=0, weekly=0) == files[1:], "the newest is always kept"

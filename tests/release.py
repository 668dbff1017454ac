"""Writes the database of a release, with all kinds of things in it, and what its public addresses answer.

It is made by the code of that release, so copy this file into a worktree of it, and run it there:

    git worktree add /tmp/release COMMIT
    cp tests/release.py /tmp/release/tests/
    cd /tmp/release && NENPYO_ENV=development python -m tests.release FOLDER

``FOLDER`` gets ``database.sql.gz`` (plain SQL, no passwords, nobody's details) and ``answers.json.gz``.
``tests/test_upgrade.py`` migrates the one and holds what it answers against the other.
"""

import datetime
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
NAME = "release"
WITHOUT_ROWS = ["django_session", "wagtailsearch_indexentry", "wagtailcore_referenceindex"]
PROGRAMS = [  # whose answers are read by programs: what they say is held word by word
    *("/entries.json", "/entries.ndjson", "/entries.csv", "/citations.csv", "/figures.csv", "/participants.csv"),
    *("/positions.csv", "/sources.bib", "/sources.ris", "/sources.csl.json", "/calendar.ics", "/timeline.json"),
    *("/feed.atom", "/feed.rss", "/feed.json", "/changes.json", "/changes.atom", "/corrections.json"),
    *("/entries.json?q=tariff+talks", "/entries.json?commodity=vehicles", "/entries.json?differ=1", "/sitemap.xml"),
    *("/sitemap-entries.xml", "/sitemap-sources.xml", "/api/v1/", "/api/v1/entries", "/api/v1/facets"),
    *("/api/v1/changes", "/api/v1/withdrawals", "/api/v1/people", "/api/v1/organisations", "/api/v1/commodities"),
    *("/api/v1/categories", "/api/v1/sources", "/api/v1/figures", "/api/v1/glossary", "/api/v1/coverage"),
]


def fill() -> list[str]:
    """Publish, draft, schedule, withdraw, correct and redact; returns the addresses that show it."""
    from django.contrib.auth.models import Group, User
    from django.utils import timezone
    from wagtail.models import PageViewRestriction

    from tests.factories import SourceFactory, change, draft_entry, let_an_hour_pass, publish_entry
    from tests.specimens import PAGES, publish_specimens
    from timeline import edition
    from timeline.models import CommandRun, EntryPage, Snapshot

    for name, groups in {"editor": ["Editors"], "moderator": ["Moderators"], "administrator": []}.items():
        user = User.objects.create_user(name, f"{name}@example.org", is_superuser=not groups, is_staff=not groups)
        user.groups.set(Group.objects.filter(name__in=groups))
    publish_specimens()
    edition.refresh(EntryPage.objects.filter(versions__redaction="privacy").values_list("pk", flat=True))
    source = SourceFactory(title="A page we kept", slug="kept")
    Snapshot.objects.create(
        source=source, taken_at=timezone.now(), origin="upload", media_type="text/plain", sha256="0" * 64, text="Kept."
    )
    draft_entry(title="Only a draft", slug="only-a-draft", sources=[source])
    scheduled = draft_entry(title="To be published", slug="to-be-published", sources=[source])
    scheduled.go_live_at = datetime.datetime(2090, 1, 1, tzinfo=datetime.UTC)
    scheduled.save_revision(approved_go_live_at=scheduled.go_live_at, user=User.objects.get(username="moderator"))
    changed = publish_entry(title="Changed in a draft", slug="changed-in-a-draft", sources=[source])
    changed.title = "Unpublished words"
    changed.save_revision(user=User.objects.get(username="editor"))
    corrected = publish_entry(title="Corrected once", slug="corrected-once", date="2024-02", sources=[source])
    change(corrected, "correction", "The month was wrong.", "It was February.", date="2024-02-03")
    back = publish_entry(title="Withdrawn and back", slug="withdrawn-and-back", sources=[source])
    back.unpublish()
    change(EntryPage.objects.get(pk=back.pk), "update", "It is sourced now.")
    private = publish_entry(title="For who is signed in", slug="for-who-is-signed-in", sources=[source])
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    for command in ("publish_scheduled", "check_links"):
        CommandRun.objects.create(command=command, started_at=timezone.now(), finished_at=timezone.now())
    let_an_hour_pass()
    secret = [f"/entries/{one}/" for one in ("only-a-draft", "to-be-published", "for-who-is-signed-in")]
    shown = [f"/entries/{one}/" for one in ("changed-in-a-draft", "corrected-once", "withdrawn-and-back")]
    return [*PAGES.values(), *shown, *(f"{one}history/" for one in shown), *secret, *PROGRAMS]


def main(folder: Path) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment

    from config.postgres import programs

    setup_test_environment()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME}")
    connection.settings_dict["NAME"] = NAME
    call_command("migrate", verbosity=0, interactive=False)
    addresses = fill()
    client = Client()
    answers = {}
    for address in addresses:
        response = client.get(address)
        body = response.getvalue().decode()
        answers[address] = [response.status_code, response.headers["Content-Type"], body]
    parameters = connection.settings_dict
    tools = programs.find(parameters["EMBEDDED"]["home"]).folder
    command = [str(tools / "pg_dump"), "--inserts", "--rows-per-insert=500", "--no-owner", "--no-privileges"]
    command += ["--no-comments", *(f"--exclude-table-data=public.{table}" for table in WITHOUT_ROWS)]
    command += ["--host", str(parameters["HOST"]), "--username", parameters["USER"], NAME]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # What psql alone understands, and what another version of the server may not.
    lines = [line for line in dump.splitlines() if not line.startswith(("\\", "--", "SET ")) and line]
    write(folder / "database.sql.gz", "\n".join(lines))
    write(folder / "answers.json.gz", json.dumps(answers, ensure_ascii=False, indent=0))


def write(file: Path, text: str) -> None:
    file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(file, file.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

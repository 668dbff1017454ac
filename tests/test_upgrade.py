"""Upgrade: the database of an earlier release, migrated to this code, gives readers what that release gave them.

``tests/release.py`` wrote the databases and answers in ``tests/releases``, by the code of each release.
"""

import gzip
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client

from tests.database import another_database
from timeline.models import EntryPage, Version

RELEASE = Path(__file__).parent / "releases" / "0.1.0"
REBUILT = [
    r'"edition": ?\{"version": ?\d+, ?"changed": ?"[^"]+"\}',  # what is built anew is another edition
    r"LAST-MODIFIED:\w+",
]
ADDED = [
    r',"extent":""',  # of dates, in JSON, and in the last column of its table
    r",+(date_extent|translation|line)?(?=\r\n)",
    r',"(source_notes|attachments|open_questions)":\[\]',
    r"(entry|entries) [\w ]+ left out",  # why the calendar leaves out, in other words
    r',"sentences":\[(\{"id":"\w+","text":"[^"]*","rests_on":\["?[^]]*\]\},?)*\]',  # of the summary, beside it
    r'"line":"",|,"line":""|,"measure":"","rests_on":\[\]',  # of where things stand
    r',"storylines?":\[\]|"storylines":\[\],',
    r'"(storylines|state)":"[^"]+/api/v1/\w+",',  # what the API has
    r"<sitemap><loc>[^<]+sitemap-storylines.xml</loc></sitemap>",
    r',"archived_on":""|,"side":""',  # of sources and accounts
    r',"translation":""',  # of quotations, in JSON, and in the last column of its table
    r"(?<=\.)( \[[0-9]+\])+(?=&lt;/p|</p| \w)",  # of the sources of a summary, behind its sentences
]
"""What has come to be said since, which nothing that was said stands in the way of."""

RENAMED = [
    r"(?i)accounts differ|sources disagree",
    r"on top of the ordinary rate|added to the ordinary duty|in total|ordinary (rate|duty)",
    r'Our text is under CC BY 4\.0\.|<a href=\\?"[^"]+/about/#follow\\?">Terms of reuse</a>\.',
]
"""Words of the site, which it may say better."""


class Answer(NamedTuple):
    """What an address answers, as far as a release promises it to the next one."""

    status: int
    media_type: str
    said: Any


def unpacked(name: str) -> str:
    return gzip.decompress((RELEASE / f"{name}.gz").read_bytes()).decode()


GIVEN: dict[str, tuple[int, str, str]] = json.loads(unpacked("answers.json"))


def sentences(value: Any) -> set[str]:
    """Whatever a document says in more than a word."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return set().union(*map(sentences, value))
    return {value} if isinstance(value, str) and " " in value else set()


PUBLIC = ("/entries.json", "/api/v1/sources", "/api/v1/glossary")
SENTENCES = sentences([json.loads(GIVEN[path][2]) for path in PUBLIC]) - {"All entries"}
HEADLINES = {entry["headline"] for entry in json.loads(GIVEN["/entries.json"][2])["entries"]}
"""Of what stands before and after an entry, which follows from the order of one day."""


def answer(status: int, media_type: str, body: str) -> Answer:
    """Of a page what editors wrote, of anything else every word, but for what a rebuild changes by itself.

    In any order: what happened on one day stands by its weight by now.
    """
    body = body.replace("\u2060", "").replace("&#8288;", "").replace("\xa0", " ")  # which hold numbers of sources
    if "html" in media_type:
        words = " ".join(html.unescape(re.sub(r"<sup>.*?</sup>|<[^>]+>", "", body)).split())
        return Answer(status, media_type, {sentence for sentence in SENTENCES if sentence in words})
    body = body.replace("\r\n ", "") if "calendar" in media_type else body  # else a word more folds all lines anew
    for mark in REBUILT + ADDED + RENAMED:
        body = re.sub(mark, "", body)
    return Answer(status, media_type, sorted(filter(None, re.split(r"[\s,.(){}\[\]]+", body))))


BEFORE = {address: answer(*given) for address, given in GIVEN.items()}


@pytest.fixture(scope="module")
def upgraded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of the release, upgraded as docs/operating.md says."""
    with django_db_blocker.unblock(), another_database():
        with connection.cursor() as cursor:
            cursor.execute(unpacked("database.sql"))
        connection.close()  # the dump has set the search path
        call_command("migrate", verbosity=0, interactive=False)
        call_command("rebuild_search", "--outdated")
        yield


@pytest.mark.parametrize("address", BEFORE)
def test_readers_and_programs_get_what_they_got_before(upgraded, address):
    response = Client().get(address)
    after = answer(response.status_code, response.headers["Content-Type"], response.getvalue().decode())
    before = BEFORE[address]
    if address.startswith("/entries/"):
        after, before = (one._replace(said=one.said - HEADLINES) for one in (after, before))
    assert after == before


def test_drafts_schedules_and_accounts_are_as_they_were(upgraded):
    assert not EntryPage.objects.get(slug="only-a-draft").live
    scheduled = EntryPage.objects.get(slug="to-be-published")
    assert scheduled.scheduled_revision.approved_go_live_at.year == 2090
    changed = EntryPage.objects.get(slug="changed-in-a-draft")
    assert (changed.title, changed.get_latest_revision_as_object().title) == (
        "Changed in a draft",
        "Unpublished words",
    )
    assert Version.objects.get(entry__slug="ministers-prepare-talks", number=2).redaction == "privacy"
    roles = {user.username: sorted(user.groups.values_list("name", flat=True)) for user in User.objects.all()}
    assert roles == {"editor": ["Editors"], "moderator": ["Moderators"], "administrator": []}
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_all_is_well_after_the_upgrade(upgraded):
    checks = {check["name"]: check for check in Client().get("/status.json").json()["checks"]}
    assert [name for name in ("migrations", "entries", "documents") if not checks[name]["ok"]] == []

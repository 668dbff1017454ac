"""A migrated database for each test process, copied from a template that is made once.

All migrations take half a minute, a copy takes a tenth of a second. The template is
named by a digest of all that shapes it and stays on the test server until that
changes; where only migrations were added, the next one is made from it. After a
transactional test Django would empty all tables and so lose the rows that
migrations made (Wagtail's root page, site and groups): here the database is copied
anew instead. Most tests want a chronology, so it is there from the start;
``bare_site`` takes it away. The specimens have a database of their own in each
process, which many modules read and none changes.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase
from wagtail.models import Page, PageLogEntry, Revision, Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from tests.factories import chronology
from tests.specimens import publish_specimens
from timeline.models import ChronologyPage, Edition

PREFIX = "template_"


def _shape() -> dict[str, str]:
    """A digest of each of our migrations and, through the lock and the settings, of those of others."""
    files = [settings.BASE_DIR / "requirements/run.txt", settings.BASE_DIR / "config/settings.py"]
    files += sorted(settings.BASE_DIR.glob("timeline/migrations/*.py"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _template_name() -> str:
    return PREFIX + hashlib.sha256(json.dumps(_shape()).encode()).hexdigest()[:16]


@contextmanager
def _server() -> Iterator[Any]:
    """A cursor outside the test database. One process at a time changes databases."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('databases of the tests'))")
        yield cursor  # the lock ends with the connection


def _ensure_template(name: str) -> None:
    """Make the template, from another one if that lacks nothing but migrations; its comment says what shaped it."""
    making = "template_in_the_making"
    with _server() as cursor:
        cursor.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE starts_with(datname, %s)",
            [PREFIX],
        )
        existing = dict(cursor.fetchall())
        if name in existing:
            return
        shape = _shape()
        earlier = [one for one, said in existing.items() if said and json.loads(said).items() <= shape.items()]
        _drop(making, cursor)
        cursor.execute(f'CREATE DATABASE {making} TEMPLATE "{earlier[0] if earlier else "template1"}"')
        with _named(making):
            call_command("migrate", verbosity=0, interactive=False)
        for outdated in existing.keys() - {making}:
            _drop(outdated, cursor)
        cursor.execute(f'ALTER DATABASE {making} RENAME TO "{name}"')
        cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{json.dumps(shape)}'")


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Let Django's connection mean another database, of which the caches know nothing."""
    before = connection.settings_dict["NAME"]
    _leave(name)
    try:
        yield
    finally:
        _leave(before)


def _leave(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    for cache in caches.all(initialized_only=True):
        cache.clear()
    ContentType.objects.clear_cache()  # an upgraded database counts them otherwise


def _drop(name: str, cursor: Any) -> None:
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _copy(template: str, name: str) -> None:
    connections.close_all()
    with _server() as cursor:
        _drop(name, cursor)
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')


@contextmanager
def another_database(template: str = "template1") -> Iterator[None]:
    """Let Django's connection mean a database of its own for a while: a copy, or an empty one."""
    name = f"test_{os.getpid()}_another"
    _copy(template, name)
    with _named(name):
        yield
    with _server() as cursor:
        _drop(name, cursor)


def _drop_abandoned(cursor: Any) -> None:
    """Databases of test runs that were killed."""
    cursor.execute(r"SELECT datname FROM pg_database WHERE datname ~ '^test_\d+(_\w+)?$'")
    for (name,) in cursor.fetchall():
        if not Path("/proc", name.split("_")[1]).exists():
            _drop(name, cursor)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """pytest-django's own fixture, replaced: it would migrate once in every process."""
    template, name = _template_name(), f"test_{os.getpid()}"
    with django_db_blocker.unblock():
        _ensure_template(template)
        if Path("/proc/self").exists() and "EMBEDDED" in connection.settings_dict:
            with _server() as cursor:
                _drop_abandoned(cursor)

    def start_anew(_test: TransactionTestCase | None = None) -> None:
        _copy(template, name)
        with disable_reference_index_auto_update():
            chronology()

    with _named(name), pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            start_anew()
        patch.setattr(TransactionTestCase, "_fixture_teardown", start_anew)
        yield
    with django_db_blocker.unblock(), _server() as cursor:
        connections.close_all()
        _drop(name, cursor)


@pytest.fixture(scope="session")
def specimens_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a database that holds the specimens; see :func:`at_specimens`."""
    name = f"test_{os.getpid()}_specimens"
    with django_db_blocker.unblock():
        _copy(_template_name(), name)
        with _named(name), disable_reference_index_auto_update():
            publish_specimens()
    yield name
    with django_db_blocker.unblock(), _server() as cursor:
        _drop(name, cursor)


@pytest.fixture(scope="module")
def at_specimens(specimens_database: str, django_db_blocker: Any) -> Iterator[None]:
    """The tests of this module find all specimens published, and leave them as they are."""
    with django_db_blocker.unblock(), _named(specimens_database):
        yield


@pytest.fixture(scope="session")
def flagship_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a database that holds the flagship chronology, loaded once; see :func:`at_flagship`."""
    name = f"test_{os.getpid()}_flagship"
    with django_db_blocker.unblock():
        _copy(_template_name(), name)
        with _named(name):
            call_command("load_chronology", verbosity=0)
    yield name
    with django_db_blocker.unblock(), _server() as cursor:
        _drop(name, cursor)


@pytest.fixture(scope="module")
def at_flagship(flagship_database: str, django_db_blocker: Any) -> Iterator[None]:
    """The tests of this module find the flagship chronology published, and leave it as it is."""
    with django_db_blocker.unblock(), _named(flagship_database):
        yield


@pytest.fixture
def bare_site(db: None) -> None:
    """The database as migrations leave it: no chronology, and Wagtail's own page of welcome."""
    take_chronology_away()


def take_chronology_away() -> None:
    Site.objects.update(root_page=Page.objects.get(depth=2, slug="home"))
    ChronologyPage.objects.get().delete()
    for model in [Edition, PageLogEntry, Revision]:
        model.objects.all().delete()
    Site.clear_site_root_paths_cache()


@contextmanager
def database_without_letters() -> Iterator[Any]:
    """A connection to an empty database of the locale C, to which only ASCII has letters."""
    name = f"test_{os.getpid()}_without_letters"
    with _server() as cursor:
        cursor.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' "
            "LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
        )
    there = connection.get_new_connection(connection.get_connection_params() | {"dbname": name})
    try:
        yield there
    finally:
        there.close()
        with _server() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")

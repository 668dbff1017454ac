"""What every test may rely on. The fixtures live in the modules named here."""

import gc
import ipaddress
import os
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import django.test.utils
import hypothesis
import modelsearch.signal_handlers
import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.template.base import Template
from wagtail.models import Site
from wagtail.signal_handlers import reference_index_auto_update_disabled

from tests.specimens import ENTRY
from timeline.models import EntryPage
from timeline.public import fragments

# A busy machine is no reason for a property to fail.
hypothesis.settings.register_profile("unhurried", parent=hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("unhurried")

# Playwright's synchronous interface runs an event loop in the main thread;
# Django would take each query beside it for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# No test asks which templates made a page from what; telling that of each of a form's thousand takes long.
django.test.utils.instrumented_test_render = Template._render

NOTHING_TO_UPDATE = SimpleNamespace(enqueue=lambda *about: None)

pytest_plugins = [
    "tests.database",
    "tests.chromium",
    "tests.editing",
    "tests.keeping",
    "tests.mailroom",
    "tests.misbehaving",
    "tests.press",
    "tests.web_archive",
]


@pytest.hookimpl(trylast=True)  # after pytest-django has sorted them
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give all processes but the first what needs no database to begin with: the first makes the template of it.

    xdist hands each process one stretch of the list. What wants the flagship chronology comes first: then one process
    loads it, and no other takes over a part of that.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
    if processes == 1:
        return
    asking = [item for item in items if item.get_closest_marker("django_db") or "django_db_setup" in item.fixturenames]
    asking.sort(key=lambda item: "flagship_database" not in item.fixturenames)
    known = set(asking)
    others = [item for item in items if item not in known]
    stretch, share = len(items) // processes, len(others) // (processes - 1) + 1
    for number in range(1, processes):
        at = number * stretch
        asking[at:at] = [others.pop() for _ in range(min(share, len(others)))]
    items[:] = asking


def pytest_collection_finish() -> None:
    """Keep the collector of garbage from what is loaded by now: to look at it took a quarter of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def uploads(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests upload lies in a folder of their own."""
    django_settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def indexes_of_the_admin(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    """Wagtail's indexes, of uses and of words, are half the cost of a save; only the editors' side asks them.

    Tests that do are marked ``admin_indexes``.
    """
    if request.node.get_closest_marker("admin_indexes"):
        settings.WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "timeline.search.explorer"}}
        yield
        return
    # Not with Wagtail's context manager: it cannot be nested, and loads use it themselves.
    reference_index_auto_update_disabled.value = True
    # Even for an index that is not kept, each save fetches the row anew.
    updating = modelsearch.signal_handlers.insert_or_update_object_task
    modelsearch.signal_handlers.insert_or_update_object_task = NOTHING_TO_UPDATE
    yield
    modelsearch.signal_handlers.insert_or_update_object_task = updating
    reference_index_auto_update_disabled.value = False


@pytest.fixture(autouse=True)
def nothing_of_the_test_before() -> None:
    """What that saw may be rolled back, of which Wagtail's cache knows nothing; its database may only have read."""
    Site.clear_site_root_paths_cache()
    fragments._rest.until = 0.0


@pytest.fixture(scope="module")
def specimens(at_specimens: None) -> Iterator[EntryPage]:
    """The fullest entry; all specimens stay for the tests of one module, which only read."""
    with transaction.atomic():
        yield EntryPage.objects.get(slug=ENTRY.split("/")[2])
        transaction.set_rollback(True)


def _stay_on_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not _is_loopback(str(address[0])):
            raise RuntimeError(f"A test tried to reach {address[0]}: tests stay on this machine.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


sys.addaudithook(_stay_on_this_machine)

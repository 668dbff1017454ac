"""What every test may rely on. The fixtures live in the modules named here."""

import ipaddress
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from wagtail.signal_handlers import disable_reference_index_auto_update

from tests.specimens import publish_specimens

# A busy machine is no reason for a property to fail.
settings.register_profile("unhurried", parent=settings(), deadline=None)
settings.load_profile("unhurried")

# Playwright's synchronous interface runs an event loop in the main thread;
# Django would take each query beside it for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

pytest_plugins = ["tests.database", "tests.chromium", "tests.editing"]


@pytest.fixture(autouse=True)
def index_of_uses(request: pytest.FixtureRequest) -> Iterator[None]:
    """Wagtail's index of what uses what is half the cost of a save, and only the editors' side asks it.

    Tests that do are marked ``index_of_uses``.
    """
    if request.node.get_closest_marker("index_of_uses"):
        yield
        return
    with disable_reference_index_auto_update():
        yield


@pytest.fixture(scope="module")
def specimens(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The fullest entry; all specimens stay for the tests of one module, which only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        with disable_reference_index_auto_update():
            entry = publish_specimens()
        yield entry
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

"""A site with a page of every type for a reader's browser; the tests that share it only read."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread

from tests import fonts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def site(at_specimens: None) -> Iterator[str]:
    """The address of a running site with the specimens, one for all tests of a module."""
    yield from serving()


def serving() -> Iterator[str]:
    """The address of a running site with whatever the database holds."""
    server = LiveServerThread("localhost", static_handler=StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    assert server.error is None
    yield f"http://localhost:{server.port}"
    server.terminate()


class Reader:
    """A browser at the site, and all that it complained of or fetched."""

    def __init__(self, browser: "Browser", base: str, **options: Any) -> None:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        self.context = browser.new_context(base_url=base, locale="en-GB", timezone_id="UTC", **options)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.base, self.requests, self.complaints = base, [], []
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))

    def open(self, address: str) -> "Page":
        self.page.goto(address)
        return self.page

    def asked_by_script(self) -> list[str]:
        """What the script asked the server, without the address of the site."""
        return [one.url.removeprefix(self.base) for one in self.requests if one.resource_type == "fetch"]

    @property
    def address(self) -> str:
        return self.page.url.removeprefix(self.base)

    def headlines(self) -> list[str]:
        return self.page.locator("#results article h4").all_inner_texts()


@pytest.fixture
def browse(site: str, browser_with: Callable[[str], "Browser"]) -> Iterator[Any]:
    """Open a browser: ``browse()``, or with another font or options of a browser context."""
    readers: list[Reader] = []

    def start(family: str = fonts.WIDE, **options: Any) -> Reader:
        readers.append(Reader(browser_with(family), site, **options))
        return readers[-1]

    yield start
    for reader in readers:
        reader.context.close()

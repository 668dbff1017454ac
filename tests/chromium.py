"""A real browser for the tests. `python -m tests.chromium` finds one or gets one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import fonts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

# The shell draws pages as the whole browser does, and no windows around them: two thirds of the work for all tests.
SHELL = "chromium-headless-shell"
NAMES = [SHELL, "chromium", "google-chrome", "google-chrome-stable", "chromium-browser"]
ON_MACOS = "/Applications/{0}.app/Contents/MacOS/{0}"
APPLICATIONS = [ON_MACOS.format("Chromium"), ON_MACOS.format("Google Chrome")]
ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses its sandbox to root, and tests show our own pages only
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
UNDER_CI = os.environ.get("CI", "").lower() in {"1", "true"}


def find() -> str | None:
    """The program CHROMIUM names, else one that is installed, else Playwright's own."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    installed = [found for name in [*NAMES, *APPLICATIONS] if (found := shutil.which(name))]
    return installed[0] if installed else _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = playwright.chromium.executable_path
    return program if Path(program).exists() else None


def obtain() -> str | None:
    """Find a browser or install one: from Debian's packages as root, else Playwright's build."""
    if found := find():
        return found
    print("No Chromium found; getting one.", flush=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends"]
        subprocess.run(["apt-get", "update", "-qq"], env=quietly)
        subprocess.run([*install, SHELL], env=quietly, stdout=sys.stderr)
        if not find():  # other distributions have no such package
            subprocess.run([*install, "chromium"], env=quietly, stdout=sys.stderr)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])
    return find()


def launch(playwright: "Playwright", program: str, family: str, folder: Path) -> "Browser":
    """A browser that knows one family of fonts, told of in ``folder``."""
    environment = {**os.environ, "FONTCONFIG_FILE": str(fonts.configure(family, folder))}
    return playwright.chromium.launch(executable_path=program, args=ARGUMENTS, env=environment)


@pytest.fixture(scope="session")
def browser_with(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], "Browser"]]:
    """The browser that knows one family of :mod:`tests.fonts`, started once in a test process."""
    from playwright.sync_api import sync_playwright

    program = find()
    if not program:
        missing = "no Chromium on this machine (CHROMIUM=… names one)"
        pytest.fail(missing) if UNDER_CI else pytest.skip(missing)
    with sync_playwright() as playwright, ExitStack() as running:

        @cache
        def start(family: str) -> "Browser":
            browser = launch(playwright, program, family, tmp_path_factory.mktemp("fonts"))
            running.callback(browser.close)
            return browser

        yield start


@pytest.fixture
def chromium(browser_with: Callable[[str], "Browser"]) -> "Browser":
    """The browser of tests that measure nothing: what finds room in the wide font has room in any."""
    return browser_with(fonts.WIDE)


@pytest.fixture
def page(chromium: "Browser") -> Iterator["Page"]:
    """A fresh page; what goes wrong inside it fails the test at its end."""
    context = chromium.new_context(locale="en-GB", timezone_id="UTC")
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda message: troubles.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield page
    context.close()
    assert troubles == []


if __name__ == "__main__":
    program = obtain()
    if not program and UNDER_CI:
        sys.exit("The browser tests need Chromium, and none could be installed.")
    print(f"Browser: {program or 'none, so the browser tests will be skipped'}")

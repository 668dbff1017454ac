"""Visiting other people's sites politely: one request at a time, what robots.txt allows, no sooner than asked."""

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _
from protego import Protego

from timeline.web.fetching import MEGABYTE, Fetched, FetchError, ask, fetch

ROBOT = "Nenpyo"
"""How robots.txt may call us (RFC 9309 section 2.2.1)."""
PAUSE = 3.0
"""Seconds between two requests to one host, unless its robots.txt asks for more."""
LONGEST_PAUSE = 120.0
"""A host that wants us to wait longer is left alone until the next run."""
MAX_PAGE = 5 * MEGABYTE
MAX_ROBOTS = MEGABYTE // 2  # RFC 9309 section 2.5: at least 500 kibibytes


class NotNow(Exception):  # noqa: N818 - no error: the site said so
    """The site does not want this visit; ``str()`` says why, in a sentence."""


class Visits:
    """The visits of one run: knows the robots.txt of each host, and when it may be asked again.

    ``answered`` is true once any host answered. Until then that a host is not there may mean
    that our own network is not.
    """

    def __init__(
        self,
        *,
        seconds: float = 20.0,
        pause: float = PAUSE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seconds = seconds
        self._least = pause
        self._clock = clock
        self._sleep = sleep
        self._robots: dict[str, Protego | NotNow | FetchError] = {}
        self._free: dict[str, float] = {}
        self.answered = False

    def knows(self, url: str) -> bool:
        """Whether the robots.txt of this host was read."""
        return site_of(url) in self._robots

    def free_at(self, url: str) -> float:
        """When the host may be asked again, by the clock of this run."""
        return self._free.get(site_of(url), 0.0)

    def wait_for(self, url: str) -> None:
        self._sleep(self.left_alone(url))

    def is_put_off(self, url: str) -> bool:
        """Whether the host asked to be left alone for longer than a run waits."""
        return self.left_alone(url) > LONGEST_PAUSE

    def prepare(self, url: str) -> None:
        """Read the robots.txt of the host of ``url``; that it cannot be read is known then, too."""
        site = site_of(url)
        try:
            answer = self._ask(f"{site}/robots.txt", MAX_ROBOTS)
        except FetchError as error:
            self._robots[site] = error
            return
        # RFC 9309 section 2.3.1: without the file all is allowed, while the server is in trouble nothing is.
        if answer.status == 429 or answer.status >= 500:
            sentence = _("The site is in trouble: its robots.txt answers with status %d.") % answer.status
            self._robots[site] = NotNow(sentence)
        else:
            self._robots[site] = Protego.parse(answer.body.decode("utf-8", "replace"))

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """Visit a page. Raises ``NotNow`` and ``FetchError``; what keeps us from the site keeps us from its pages."""
        if not self.knows(url):
            self.prepare(url)
        robots = self._robots[site_of(url)]
        if isinstance(robots, Exception):
            raise robots
        if not robots.can_fetch(url, ROBOT):
            raise NotNow(_("The site’s robots.txt asks programs not to visit this page."))
        return self._ask(url, MAX_PAGE, headers)

    def ask(self, url: str, headers: Mapping[str, str], data: Mapping[str, str] | None = None) -> Fetched:
        """Ask a service that is there to be asked by programs, when its turn has come.

        Its robots.txt is for those who walk through its pages, and is not asked.
        """
        self.wait_for(url)
        return self._timed(url, partial(ask, url, headers=headers, data=data, limit=MAX_PAGE, seconds=self._seconds))

    def put_off(self, url: str, seconds: float) -> None:
        """Leave the host alone for so long."""
        self._free[site_of(url)] = max(self.free_at(url), self._clock() + seconds)

    def left_alone(self, url: str) -> float:
        """For how many seconds the host is to be left alone yet."""
        return max(0.0, self.free_at(url) - self._clock())

    def _ask(self, url: str, limit: int, headers: Mapping[str, str] | None = None) -> Fetched:
        return self._timed(url, partial(fetch, url, headers=headers, limit=limit, seconds=self._seconds))

    def _timed(self, url: str, request: Callable[[], Fetched]) -> Fetched:
        site = site_of(url)
        try:
            answer = request()
        finally:
            self._free[site] = self._clock() + self._pause(site)
        self.answered = True
        if answer.status in (429, 503):
            self.put_off(url, _retry_after(answer))
        return answer

    def _pause(self, site: str) -> float:
        robots = self._robots.get(site)
        asked = robots.crawl_delay(ROBOT) if isinstance(robots, Protego) else None
        return max(self._least, min(asked or 0.0, LONGEST_PAUSE))


def site_of(url: str) -> str:
    """Scheme, host and port: what a robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _retry_after(answer: Fetched) -> float:
    """Seconds until the site may be asked again (RFC 9110 section 10.2.3: seconds or a date); 0 if it does not say."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - timezone.now()).total_seconds())
    except (TypeError, ValueError):
        return 0.0

"""Memento (RFC 7089): the copy of a page that is nearest to a moment, and all copies that an archive knows.

A TimeGate is asked for a page with ``Accept-Datetime`` and leads to a memento, a copy, which says in
``Memento-Datetime`` of when it is. A TimeMap lists the mementos of a page in the format of RFC 6690 section 5, one
page after the other when they are many.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urldefrag, urljoin

from django.utils.http import http_date
from django.utils.translation import gettext as _

from timeline.links.visiting import Visits
from timeline.web.fetching import REDIRECTS, Fetched, FetchError, target_of

from .asking import UnusableError, ask, expect

LINK_FORMAT = "application/link-format"
MAX_HOPS = 6
"""Redirects from a TimeGate to a copy, those that the archive kept included."""
MAX_PAGES = 4
"""Pages of a TimeMap that are read."""

_LINK = re.compile(r'<(?P<target>[^<>]*)>(?P<parameters>(?:[^"<>]|"(?:[^"\\]|\\.)*")*)', re.DOTALL)
_PARAMETER = re.compile(
    r';\s*(?P<name>[\w!#$&+.^`|~-]+)\*?\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^\s;,"]+))'
)


@dataclass(frozen=True)
class Link:
    """One link of a header or a TimeMap: where it leads, in which relations, and what is said of it."""

    url: str
    relations: frozenset[str]
    parameters: dict[str, str]

    def moment(self, name: str = "datetime") -> datetime.datetime | None:
        """A moment that is said of it, as HTTP writes moments."""
        return _moment(self.parameters.get(name, ""))


@dataclass(frozen=True)
class Memento:
    """A copy: where and of when it is, of which page, and where the page led then (``reached``)."""

    url: str
    at: datetime.datetime
    original: str
    reached: str
    answer: Fetched


@dataclass(frozen=True)
class Reached:
    """Where a question has led: to a copy or to none, and to a TimeMap if one was named."""

    memento: Memento | None
    timemap: str


def reach(visits: Visits, url: str, at: datetime.datetime | None = None) -> Reached:
    """Follow a TimeGate, with the moment that is wanted, or the address of a copy, to a copy that shows a page.

    Raises what :mod:`.asking` has for answers that bring nothing.
    """
    headers = {"Accept-Datetime": http_date(at.timestamp())} if at else {}
    original = timemap = ""
    for _hop in range(MAX_HOPS):
        answer = ask(visits, url, headers)
        links = links_of(answer.headers.get("Link", ""), answer.url)
        timemap = timemap or _timemap(links)
        of = next((link.url for link in links if "original" in link.relations), "")
        moment = _moment(answer.headers.get("Memento-Datetime", ""))
        if moment:
            original = original or of
        if answer.status in REDIRECTS and "Location" in answer.headers:
            try:
                url = target_of(answer.url, answer.headers["Location"])
            except FetchError as error:
                raise UnusableError(str(error)) from error
            continue
        if moment is None:
            expect(visits, answer)
            if framed := _framed(links, url) if answer.status < 300 else "":
                url = framed
                continue
            if answer.status < 400:
                raise UnusableError(_("The archive led to %s, which does not say that it is a copy.") % answer.url)
            return Reached(None, "")
        if not 200 <= answer.status < 300:  # the page was not there already when it was copied
            return Reached(None, timemap)
        return Reached(Memento(_place(answer), moment, original, of, answer), timemap)
    raise UnusableError(_("The archive sends us from one address to the next without end."))


def copies(visits: Visits, timemap: str, near: datetime.datetime) -> list[tuple[datetime.datetime, str]]:
    """The copies that a TimeMap lists, each with its moment; of many pages those that are about the time ``near``."""
    found: dict[str, datetime.datetime] = {}
    pages = [(0.0, timemap)]
    read: set[str] = set()
    while pages and len(read) < MAX_PAGES:
        pages.sort()
        _distance, url = pages.pop(0)
        if url in read:
            continue
        read.add(url)
        answer = ask(visits, url, {"Accept": LINK_FORMAT})
        expect(visits, answer)
        for link in links_of(answer.body.decode("utf-8", "replace"), answer.url) if answer.status < 300 else ():
            if "memento" in link.relations and (moment := link.moment()):
                found[link.url] = moment
            elif "timemap" in link.relations and _is_list(link):
                pages.append((_distance_of(link, near), link.url))
    return [(moment, url) for url, moment in found.items()]


def links_of(text: str, base: str) -> list[Link]:
    """The links of a header (RFC 8288 section 3) or of a list of links (RFC 6690 section 5), written in full."""
    return list(_links(text, base))


def _links(text: str, base: str) -> Iterator[Link]:
    for found in _LINK.finditer(text):
        parameters: dict[str, str] = {}
        for one in _PARAMETER.finditer(found["parameters"]):
            value = one["token"] if one["quoted"] is None else re.sub(r"\\(.)", r"\1", one["quoted"])
            parameters.setdefault(one["name"].lower(), value)  # the first counts (RFC 8288 section 3.3)
        try:
            url = urldefrag(urljoin(base, found["target"].strip())).url
        except ValueError:
            continue
        yield Link(url, frozenset(parameters.get("rel", "").lower().split()), parameters)


def _place(answer: Fetched) -> str:
    """Where a copy is: a TimeGate that answers itself says so (RFC 7089 section 4.1.2)."""
    try:
        return urljoin(answer.url, answer.headers.get("Content-Location", ""))
    except ValueError:
        return answer.url


def _framed(links: list[Link], url: str) -> str:
    """The copy in the frame of a page that is none itself, as programs for archives show copies to people."""
    return next((link.url for link in links if "memento" in link.relations and link.url != url), "")


def _timemap(links: list[Link]) -> str:
    return next((link.url for link in links if "timemap" in link.relations and _is_list(link)), "")


def _is_list(link: Link) -> bool:
    return (
        link.parameters.get("type", "application/link-format").partition(";")[0].strip() == "application/link-format"
    )


def _distance_of(page: Link, near: datetime.datetime) -> float:
    """How far the time that a page of a TimeMap is about is from another; 0 within it, or when it does not say."""
    first, last = page.moment("from"), page.moment("until")
    if first and near < first:
        return (first - near).total_seconds()
    if last and near > last:
        return (near - last).total_seconds()
    return 0.0


def _moment(text: str) -> datetime.datetime | None:
    try:
        moment = parsedate_to_datetime(text.strip())
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)

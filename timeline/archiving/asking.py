"""Asking an archive: one question at a time, unhurried, and what its answers mean that bring nothing."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from timeline.links.visiting import Visits
from timeline.web.fetching import Fetched, FetchError

PAUSE = 5.0
"""Seconds between two requests to one archive: twelve in a minute, of the fifteen that the Wayback Machine allows."""
IN_TROUBLE = 600.0
"""Seconds for which an archive is left alone that cannot answer, if it does not say for how long."""
LONGEST = 7 * 86400.0
"""No answer puts us off for longer."""

FORBIDDEN = {HTTPStatus.FORBIDDEN, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS}
HOPELESS = {"bad_address", "forbidden_address", "too_large", "too_many_redirects"}
"""Failures to fetch that the next try would meet as well."""


class NothingError(Exception):
    """An answer that brings no copy; ``str()`` says why, in a sentence for editors."""


class LaterError(NothingError):
    """Not now: the archive is in trouble, wants to be left alone, or cannot be reached. ``seconds`` if it says so."""

    def __init__(self, sentence: str, seconds: float = 0.0) -> None:
        super().__init__(sentence)
        self.seconds = min(seconds, LONGEST)


class RefusedError(NothingError):
    """The archive keeps no copy of this page, and will not."""


class UnusableError(NothingError):
    """An answer that does not follow the protocol, or that may not be followed."""


def ask(
    visits: Visits, url: str, headers: Mapping[str, str] | None = None, data: Mapping[str, str] | None = None
) -> Fetched:
    """Ask when the turn of this archive has come. Raises :class:`LaterError` and :class:`UnusableError`."""
    if visits.is_put_off(url):
        raise LaterError(_("%s wants to be left alone for now.") % _host(url), visits.left_alone(url))
    try:
        return visits.ask(url, headers or {}, data)
    except FetchError as error:
        if error.kind in HOPELESS:
            raise UnusableError(str(error)) from error
        visits.put_off(url, IN_TROUBLE)
        raise LaterError(str(error), IN_TROUBLE) from error


def expect(visits: Visits, answer: Fetched) -> None:
    """Raise what a status means that is no answer; pass one that is, and what is not there."""
    about = {"host": _host(answer.url), "status": answer.status}
    if answer.status in FORBIDDEN:
        raise RefusedError(_("%(host)s keeps no copies of this page (status %(status)d).") % about)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= 500:
        if not visits.is_put_off(answer.url):
            visits.put_off(answer.url, IN_TROUBLE)
        raise LaterError(
            _("%(host)s cannot answer just now (status %(status)d).") % about, visits.left_alone(answer.url)
        )
    if answer.status >= 400 and answer.status not in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise UnusableError(_("%(host)s does not understand our question (status %(status)d).") % about)


def data_of(answer: Fetched) -> dict[str, Any]:
    """The object that an answer in JSON is. Raises :class:`UnusableError`."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UnusableError(_("The answer of %s is not what its description says.") % _host(answer.url))
    return found


def _host(url: str) -> str:
    return urlsplit(url).hostname or url

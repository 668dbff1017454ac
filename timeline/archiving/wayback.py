"""The Wayback Machine's own interfaces: which copy is available, and Save Page Now (SPN2), which makes one.

https://archive.org/help/wayback_api.php; that of Save Page Now is described by its makers in “Save Page Now 2 Public
API Docs”. Both speak JSON.
"""

import datetime
import re
from http import HTTPStatus
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.utils.translation import gettext as _

from timeline.links.visiting import Visits
from timeline.web.fetching import Fetched

from .asking import LaterError, RefusedError, UnusableError, ask, data_of, expect

AN_HOUR = 3600.0
A_DAY = 86400.0

REFUSALS = {
    *("blocked", "blocked-url", "no-access", "unauthorized", "network-authentication-required", "method-not-allowed"),
    *("filesize-limit", "invalid-url-syntax", "ftp-access-denied", "not-implemented", "not-found", "gone"),
}
"""Reasons for which no copy is made, now or later; others pass."""
_JOB = re.compile(r"[\w-]{1,100}")
_STAMP = re.compile(r"\d{14}")


def available(visits: Visits, page: str, at: datetime.datetime) -> str:
    """The address of the copy of ``page`` that is nearest to a moment; "" when there is none."""
    asked = urlencode({"url": page, "timestamp": f"{at.astimezone(datetime.UTC):%Y%m%d%H%M%S}"})
    answer = ask(visits, f"{settings.ARCHIVES['WAYBACK_AVAILABILITY']}?{asked}")
    expect(visits, answer)
    snapshots = data_of(answer).get("archived_snapshots")
    closest = snapshots.get("closest") if isinstance(snapshots, dict) else None
    if not isinstance(closest, dict) or closest.get("available") is not True:
        return ""
    url = closest.get("url")
    return re.sub(r"^http://(?=web\.archive\.org/)", "https://", url) if isinstance(url, str) else ""


def save(visits: Visits, page: str) -> str:
    """Ask for a copy of ``page`` as it is now; the name of the job that makes it."""
    answer = ask(visits, settings.ARCHIVES["WAYBACK_SAVE"], _headers(), {"url": page, "skip_first_archive": "1"})
    _expect_known(visits, answer)
    expect(visits, answer)
    said = data_of(answer)
    job = said.get("job_id")
    if isinstance(job, str) and _JOB.fullmatch(job):
        return job
    raise _reason(said)


def saved(visits: Visits, job: str) -> str:
    """The address of the copy that a job has made; "" while it is at work."""
    place = settings.ARCHIVES["WAYBACK_SAVE"].rstrip("/")
    answer = ask(visits, f"{place}/status/{job}", _headers())
    _expect_known(visits, answer)
    expect(visits, answer)
    said = data_of(answer)
    if said.get("status") == "pending":
        return ""
    stamp, page = said.get("timestamp"), said.get("original_url")
    if said.get("status") == "success" and isinstance(page, str) and _STAMP.fullmatch(str(stamp)):
        return urljoin(place, f"/web/{stamp}/{page}")
    raise _reason(said)


def _headers() -> dict[str, str]:
    return {"Accept": "application/json", "Authorization": f"LOW {settings.ARCHIVES['WAYBACK_KEYS']}"}


def _expect_known(visits: Visits, answer: Fetched) -> None:
    if answer.status == HTTPStatus.UNAUTHORIZED:
        visits.put_off(answer.url, AN_HOUR)
        raise LaterError(_("The archive does not know the keys in WAYBACK_SAVE_URL."), AN_HOUR)


def _reason(said: dict[str, object]) -> LaterError | RefusedError | UnusableError:
    """Why there is no copy, as an answer says: ``status_ext`` is the code, ``message`` is for people."""
    code = str(said.get("status_ext") or "").removeprefix("error:")[:60]
    if not code:
        return UnusableError(_("The archive answers with neither a copy nor a reason."))
    why = _("The archive made no copy: %s") % str(said.get("message") or code)[:300]
    if code in REFUSALS:
        return RefusedError(why)
    return LaterError(why, A_DAY if code == "too-many-daily-captures" else 0.0)

"""A CDN is told which of its copies are to go.

Publishing only notes it (:class:`Announcement`, in the transaction that publishes); ``manage.py deliver_pings`` tells
the CDN afterwards, again and again until it has heard. An answer that was begun before the change may reach it after
that, so it is told once more some seconds later.

Not Wagtail's ``frontend_cache``, which purges addresses: DECISIONS 140.
"""

import datetime
from collections.abc import Iterator

import requests
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from timeline.models import Announcement
from timeline.models.announcement import CDN, surrogate_key
from timeline.running import websub

BATCH = 100
SETTLED = datetime.timedelta(seconds=15)
"""After so long no answer of before the change is on its way any more."""

LONGEST_PAUSE = datetime.timedelta(minutes=1)


def purge() -> Iterator[str]:
    """Tell the CDN what is due, all at once; yields what went wrong, in a sentence."""
    due = list(Announcement.objects.due(CDN)[:BATCH])
    if not due:
        return
    problem = _tell([surrogate_key(one.facet, one.value) for one in due])
    now = timezone.now()
    for one in due:
        # News that came meanwhile has moved noted_at, and stays.
        row = Announcement.objects.filter(pk=one.pk, noted_at=one.noted_at)
        if problem:
            pause = min(datetime.timedelta(seconds=2 ** min(one.attempts, 10)), LONGEST_PAUSE)
            row.update(attempts=min(one.attempts + 1, 1000), due_at=now + pause, problem=problem)
        elif one.due_at < one.noted_at + SETTLED:
            row.update(attempts=0, due_at=max(now, one.noted_at + SETTLED), problem="")
        else:
            row.delete()
    if problem:
        yield problem


def _tell(keys: list[str]) -> str:
    """Tell the CDN; returns what went wrong, or nothing."""
    kind, place, token = settings.CDN["KIND"], settings.CDN["ID"], settings.CDN["TOKEN"]
    with websub.session() as asking:
        try:
            if kind == "cloudflare":
                url = f"https://api.cloudflare.com/client/v4/zones/{place}/purge_cache"
                response = asking.post(url, json={"tags": keys}, headers={"Authorization": f"Bearer {token}"})
            elif kind == "fastly":
                headers = {"Fastly-Key": token, "Surrogate-Key": " ".join(keys)}
                response = asking.post(f"https://api.fastly.com/service/{place}/purge", headers=headers)
            else:
                response = asking.request("PURGE", settings.CDN["URL"], headers={"Surrogate-Key": " ".join(keys)})
        except requests.RequestException as error:
            return _("The CDN did not answer: %s") % type(error).__name__
    if 200 <= response.status_code < 300:
        return ""
    return _("The CDN answered %(status)d: %(words)s") % {
        "status": response.status_code,
        "words": response.text[:200],
    }

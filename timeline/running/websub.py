"""WebSub (W3C Recommendation, 2018): a hub is told which feeds have news, and tells their subscribers.

Publishing only notes the news (:class:`Announcement`, in the transaction that publishes);
``manage.py deliver_pings`` tells the hub afterwards, again and again until it takes it.

DECISIONS 40 says why.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from requests_hardened import Config, HTTPSession

from timeline.filters.parameters import facets
from timeline.formats import FORMATS
from timeline.models import Announcement
from timeline.public.language import offered
from timeline.public.site import absolute, current_edition

BATCH = 100
FIRST_PAUSE = datetime.timedelta(minutes=1)
LONGEST_PAUSE = datetime.timedelta(hours=6)
MAX_SECONDS = (5, 20)
"""To connect, and to wait for an answer."""


def deliver() -> Iterator[str]:
    """Tell the hub what is due; yields what went wrong, in sentences.

    Several processes may do this at once: that a hub hears of news twice does no harm,
    and no row is held while the hub is asked, so publishing never waits for it.
    """
    due = list(Announcement.objects.due()[:BATCH])
    slugs = _slugs(due)
    languages = offered(current_edition()) if due else []
    with session() as asking:
        for one in due:
            topics = _topics(one, slugs, languages)
            problem = _ping(asking, topics) if topics else ""
            # News that came meanwhile has moved noted_at, and stays.
            row = Announcement.objects.filter(pk=one.pk, noted_at=one.noted_at)
            if not problem:
                row.delete()
                continue
            pause = min(FIRST_PAUSE * 2 ** min(one.attempts, 10), LONGEST_PAUSE)
            row.update(attempts=min(one.attempts + 1, 1000), due_at=timezone.now() + pause, problem=problem)
            yield problem


def _slugs(due: list[Announcement]) -> dict[tuple[str, int], str]:
    """The slugs of the records that are announced: one query for each kind."""
    ids = defaultdict(list)
    for one in due:
        ids[one.facet].append(one.value)
    return {
        (facet, pk): slug
        for facet, one in facets().items()
        if ids[facet]
        for pk, slug in one.model._default_manager.filter(pk__in=ids[facet]).values_list("pk", "slug")
    }


def _topics(one: Announcement, slugs: dict[tuple[str, int], str], languages: list[str]) -> list[str]:
    """The addresses of the feeds that have the news, in each language; none when the record has gone since."""
    query = ""
    if one.facet != "all":
        slug = slugs.get((one.facet, one.value))
        if not slug:
            return []
        query = f"?{urlencode({one.facet: slug})}"
    editions = ["", *(f"/{language}" for language in languages)]
    return [absolute(f"{root}/{kind.path}{query}") for root in editions for kind in FORMATS if kind.is_feed]


def _ping(asking: HTTPSession, topics: list[str]) -> str:
    """Tell the hub; returns what went wrong, or nothing. How to tell it is PubSubHubbub 0.4 section 7.1."""
    try:
        response = asking.post(settings.WEBSUB_HUB, data={"hub.mode": "publish", "hub.url": topics})
    except requests.RequestException as error:
        return _("The hub did not answer: %s") % type(error).__name__
    if 200 <= response.status_code < 300:
        return ""
    return _("The hub answered %(status)d: %(words)s") % {
        "status": response.status_code,
        "words": response.text[:200],
    }


def session() -> HTTPSession:
    """Without the guard against private addresses: the owner names whom we tell, who may stand next to us."""
    config = Config(
        ip_filter_enable=False,
        ip_filter_allow_loopback_ips=True,
        never_redirect=True,
        default_timeout=MAX_SECONDS,
        user_agent_override=settings.NENPYO_USER_AGENT,
    )
    made = HTTPSession(config)
    made.trust_env = False
    return made

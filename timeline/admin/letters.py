"""The report on letters to readers, for administrators: how many, and never to whom.

What is followed by few is not named, since it may tell who follows it.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from timeline.choices import Frequency
from timeline.filters import Question
from timeline.models import Letter, LetterCount, Subscriber, Subscription
from timeline.public.site import with_query

FEW = 5
"""Followers of a question below which it is not named."""

MOST_QUESTIONS, MOST_DAYS = 20, 14


class LettersMenuItem(MenuItem):
    """For administrators alone."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(settings.LETTERS and request.user.is_superuser)


def menu_item() -> MenuItem:
    return LettersMenuItem(
        _("E-mail updates"), reverse("timeline_letters"), name="letters", icon_name="mail", order=95
    )


def letters(request: HttpRequest) -> HttpResponse:
    """Nine queries, and one or two for each question that is named."""
    if not request.user.is_superuser:
        raise PermissionDenied
    confirmed = Subscription.objects.filter(confirmed_at__isnull=False)
    followed = confirmed.values("query").annotate(number=Count("subscriber")).order_by("-number", "query")
    by_frequency = dict(confirmed.values_list("frequency").annotate(Count("pk")).order_by())
    subscribers = Subscriber.objects.aggregate(
        confirmed=Count("pk", filter=Q(subscriptions__confirmed_at__isnull=False), distinct=True),
        paused=Count("pk", filter=Q(paused_at__isnull=False), distinct=True),
    )
    waiting = Letter.objects.aggregate(number=Count("pk"), oldest=Min("made_at"))
    numbers = [
        (gettext("Addresses that get letters"), subscribers["confirmed"]),
        *((f"{gettext('Subscriptions')}: {one.label}", by_frequency.get(one.value, 0)) for one in Frequency),
        (gettext("Not confirmed yet"), Subscription.objects.filter(confirmed_at=None).count()),
        (gettext("Paused: their mailboxes refuse letters"), subscribers["paused"]),
        (gettext("Letters that wait"), waiting["number"]),
    ]
    context = {
        "numbers": numbers,
        "oldest": waiting["oldest"] and timezone.localtime(waiting["oldest"]),
        "days": LetterCount.objects.order_by("-day")[:MOST_DAYS],
        "questions": [_named(row) for row in followed.filter(number__gte=FEW)[:MOST_QUESTIONS]],
        "few": FEW,
        "header_title": gettext("E-mail updates"),
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": gettext("Home")},
            {"url": "", "label": gettext("E-mail updates")},
        ],
        "header_icon": "mail",
    }
    return render(request, "timeline/admin/report_letters.html", context)


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    question = Question(QueryDict(row["query"]), option_limit=0)
    sentence = question.sentence if not question.problems else row["query"]
    return {"sentence": sentence, "href": with_query("/", row["query"]), "number": row["number"]}


URLS = [path("reports/letters/", letters, name="timeline_letters")]

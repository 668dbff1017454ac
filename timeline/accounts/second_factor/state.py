"""State: who has a second factor, who must have one, and whether this session has shown it.

It comes with the user, whom each request asks the database for anyway.
"""

from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.models import GroupPagePermission

SESSION_KEY = "second_factor"

_OWN = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True).order_by("pk")
_PUBLISHES = GroupPagePermission.objects.filter(group__user=OuterRef("pk"), permission__codename="publish_page")
_NOBODY, _EVERYBODY = Q(pk__in=[]), ~Q(pk__in=[])


def with_state(users: QuerySet[Any]) -> QuerySet[Any]:
    """Users with ``second_factor``, what the code is made with or None, and ``needs_second_factor``."""
    required = {
        "optional": _NOBODY,
        "moderators": Q(is_superuser=True) | Exists(_PUBLISHES),  # whoever may publish, and administrators
        "everybody": _EVERYBODY,
    }[settings.SECOND_FACTOR]
    return users.annotate(
        second_factor=Subquery(_OWN.values("pk")[:1]),
        needs_second_factor=ExpressionWrapper(required, output_field=BooleanField()),
    )


def is_shown(request: HttpRequest, user: Any) -> bool:
    """Whether a session has shown what it must. A factor set up anew is asked for anew, everywhere."""
    if user.second_factor is None:
        return not user.needs_second_factor
    return bool(request.session.get(SESSION_KEY) == user.second_factor)

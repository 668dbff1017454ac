"""``/.well-known/security.txt`` (RFC 9116): where a vulnerability of this site is reported. Asks no database."""

import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from timeline.public.site import absolute

PATH = ".well-known/security.txt"


def expires(today: datetime.date) -> datetime.datetime:
    """The first of the month, eleven months on: less than a year, and the same text for a month."""
    month = today.month + 11
    year, month = today.year + (month - 1) // 12, (month - 1) % 12 + 1
    return datetime.datetime(year, month, 1, tzinfo=datetime.UTC)


@csrf_exempt  # another method is 405, not a forgery
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    if not settings.SECURITY_CONTACT:
        return HttpResponse("Nobody is named.\n", status=404, content_type="text/plain; charset=utf-8")
    lines = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": f"{expires(datetime.datetime.now(datetime.UTC).date()):%Y-%m-%dT%H:%M:%SZ}",
        "Canonical": absolute(f"/{PATH}"),
        "Preferred-Languages": ", ".join(code for code, _name in settings.LANGUAGES),
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    caching = {"Cache-Control": "public, max-age=86400"}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=caching)

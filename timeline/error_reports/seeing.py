"""What a service does with error reports: tells editors that some came, and forgets who wrote them."""

import datetime
import logging
import smtplib
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext

from timeline.models import ErrorReport

PAUSE = datetime.timedelta(minutes=15)
"""Between two letters to editors, however many reports come."""

COUNTED_FOR = datetime.timedelta(days=1)
"""So long a report counts against who sent it."""

logger = logging.getLogger(__name__)


def see_to(now: datetime.datetime) -> Iterator[str]:
    """Do what is due; yields what was done, in sentences."""
    if number := _forget(now):
        yield ngettext("Forgot the address of %d reader.", "Forgot the addresses of %d readers.", number) % number
    if number := _tell(now):
        yield ngettext("Told editors of %d error report.", "Told editors of %d error reports.", number) % number


def _forget(now: datetime.datetime) -> int:
    """Take away the addresses of reports that were closed long ago, and what tells one client from another."""
    old = ErrorReport.objects.filter(received_at__lte=now - COUNTED_FOR).exclude(client="")
    old.update(client="")
    closed = now - datetime.timedelta(days=settings.ERROR_REPORT_ADDRESS_DAYS)
    return ErrorReport.objects.filter(closed_at__lte=closed).exclude(email="").update(email="")


def _tell(now: datetime.datetime) -> int:
    """A letter to everybody who may answer reports; one that cannot be sent is only logged."""
    untold = ErrorReport.objects.filter(told_at=None)
    if not untold.exists() or ErrorReport.objects.filter(told_at__gt=now - PAUSE).exists():
        return 0
    number: int = untold.update(told_at=now)
    said = {
        "number": number,
        "url": f"{settings.WAGTAILADMIN_BASE_URL}{reverse('wagtailsnippets_timeline_errorreport:list')}?state=new",
    }
    subject = ngettext("%d new error report", "%d new error reports", number) % number
    may_answer = {"groups__permissions__codename": "change_errorreport", "is_active": True}
    addresses = get_user_model().objects.filter(**may_answer).exclude(email="").values_list("email", flat=True)
    for address in addresses.distinct():
        body = render_to_string("timeline/admin/error_reports.txt", said)
        try:
            EmailMessage(subject, body, to=[address]).send()
        except (OSError, smtplib.SMTPException):
            logger.exception("No letter could be sent to %s", address)
    return number

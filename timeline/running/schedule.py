"""Scheduled publication: publishes what is due, once, and tells what could not be.

Each page is claimed and its revision published in a transaction of its own, so several
processes may run at once: a page that another one holds is passed over. What fails is
rolled back alone and keeps its schedule; it is tried again each time.

DECISIONS 20 says why.
"""

import datetime
import logging
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from timeline.models import CommandRun, EntryPage, FailedPublication

COMMAND = "publish_scheduled"
LATE = datetime.timedelta(minutes=15)
"""From here on something due that nobody publishes means that the command does not run."""

logger = logging.getLogger(__name__)


class Due(NamedTuple):
    """A moment, and what is to happen then to the revision or the page with an id."""

    at: datetime.datetime
    publish: bool
    pk: int
    page_id: int


@dataclass(frozen=True)
class Outcome:
    """What became of one page that was due; ``reasons`` say why nothing did."""

    title: str
    published: bool = False
    withdrawn: bool = False
    reasons: tuple[str, ...] = ()


def publish_due(now: datetime.datetime) -> Iterator[Outcome]:
    """Publish and withdraw what is due at ``now``, in order of time, as the outcomes are asked for.

    Raises ``OperationalError`` or ``InterfaceError`` when the database is in trouble;
    what was done until then stays.
    """
    forget_outdated_failures(now)
    tried: set[Due] = set()
    # Again, because what was published after a long pause may have expired meanwhile.
    while due := [item for item in _due(now) if item not in tried]:
        for item in due:
            tried.add(item)
            if outcome := _publish(item, now) if item.publish else _withdraw(item, now):
                yield outcome


def is_anything_due(now: datetime.datetime) -> bool:
    return _revisions_due(now).exists() or _expired(now).exists()


def failures(now: datetime.datetime) -> QuerySet[FailedPublication]:
    """What is due and could not be published, the longest waiting first."""
    return FailedPublication.objects.filter(revision__approved_go_live_at__lte=now).order_by(
        "revision__approved_go_live_at", "pk"
    )


def forget_outdated_failures(now: datetime.datetime) -> None:
    """Drop failures whose schedule was cancelled or moved, or that were published by hand."""
    FailedPublication.objects.exclude(pk__in=failures(now).order_by().values("pk")).delete()


def last_run() -> CommandRun | None:
    return CommandRun.objects.filter(command=COMMAND).first()


def note_start() -> None:
    CommandRun.objects.update_or_create(
        command=COMMAND, defaults={"started_at": timezone.now(), "finished_at": None, "problem": ""}
    )


def note_end(problem: str) -> None:
    CommandRun.objects.filter(command=COMMAND).update(finished_at=timezone.now(), problem=problem)


def _revisions_due(now: datetime.datetime) -> QuerySet[Revision]:
    return Revision.objects.filter(approved_go_live_at__lte=now)


def _expired(now: datetime.datetime) -> QuerySet[Page]:
    return Page.objects.filter(live=True, expire_at__lte=now)


def _due(now: datetime.datetime) -> list[Due]:
    publications = _revisions_due(now).values_list("approved_go_live_at", "pk", "object_id")
    expirations = _expired(now).values_list("expire_at", "pk")
    return sorted(
        [Due(at, True, pk, int(page)) for at, pk, page in publications]
        + [Due(at, False, pk, pk) for at, pk in expirations]
    )


def _is_free(page_id: int) -> bool:
    """Lock a page until the transaction ends, unless another process or an editor who saves has it.

    The page comes before its revisions, in the order in which the editor's form locks them.
    """
    free = Page.objects.select_for_update(skip_locked=True).order_by().filter(pk=page_id)
    return free.values_list("pk").first() is not None


def _publish(due: Due, now: datetime.datetime) -> Outcome | None:
    """Publish a revision; ``None`` when another process has it or somebody cancelled it meanwhile."""
    with transaction.atomic():
        # The claim outlasts a failure, so that no other process meets the same one before it is noted.
        revision = _revisions_due(now).filter(pk=due.pk).first() if _is_free(due.page_id) else None
        if revision is None:
            return None
        reasons = _attempt(lambda: revision.publish(log_action="wagtail.publish.scheduled"))
        entry = EntryPage.objects.filter(pk=revision.object_id).first()
        if not reasons:
            FailedPublication.objects.filter(entry=entry).delete()
        elif entry:
            _note_failure(entry, revision, reasons)
        return Outcome(revision.object_str, published=not reasons, reasons=reasons)


def _withdraw(due: Due, now: datetime.datetime) -> Outcome | None:
    """Withdraw a page whose time is over; readers are told until when it was to be read."""
    with transaction.atomic():
        expired = _expired(now).filter(pk=due.pk).first() if _is_free(due.page_id) else None
        if expired is None:
            return None
        page = expired.specific
        scheduled = Revision.page_revisions.filter(object_id=str(page.pk), approved_go_live_at__isnull=False)
        later = dict(scheduled.values_list("pk", "approved_go_live_at"))

        def withdraw() -> None:
            if isinstance(page, EntryPage):
                until = date_format(timezone.localtime(page.expire_at), "j F Y")
                page.withdrawal_reason = _("It was to be read until %(date)s.") % {"date": until}
            page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
            for pk, at in later.items():  # Wagtail cancels what is scheduled for afterwards
                Revision.objects.filter(pk=pk).update(approved_go_live_at=at)

        reasons = _attempt(withdraw)
        return Outcome(str(page), withdrawn=not reasons, reasons=reasons)


def _attempt(change: Callable[[], None]) -> tuple[str, ...]:
    """Make a change whole or not at all; returns what kept it from being made, in sentences."""
    try:
        with transaction.atomic():
            change()
            connection.check_constraints()  # now, not when the transaction ends and it is too late
    except ValidationError as error:
        return tuple(error.messages)
    except (OperationalError, InterfaceError):
        raise  # says nothing about the entry
    except Exception as error:  # whatever it is, it must not stop the others
        logger.warning("A scheduled change failed", exc_info=True)
        return (f"{type(error).__name__}: {error}",)
    return ()


def _note_failure(entry: EntryPage, revision: Revision, reasons: tuple[str, ...]) -> None:
    """Keep why an entry was not published; tell the moderators when that is news."""
    text = "\n".join(reasons)
    known = FailedPublication.objects.filter(entry=entry.pk).first()
    if known and known.revision_id == revision.pk and known.reasons == text:
        return
    FailedPublication.objects.update_or_create(
        entry_id=entry.pk, defaults={"revision": revision, "reasons": text, "failed_at": timezone.now()}
    )
    transaction.on_commit(lambda: _tell(entry, revision, reasons))


def _tell(entry: EntryPage, revision: Revision, reasons: tuple[str, ...]) -> None:
    """A letter to everybody who may publish, in their time zone; one that cannot be sent is only logged."""
    title = revision.object_str
    said = {
        "title": title,
        "due": revision.approved_go_live_at,
        "reasons": reasons,
        "url": settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_pages:edit", args=[entry.pk]),
    }
    subject = _("“%(title)s” was not published") % {"title": title}
    may_publish = {"groups__page_permissions__permission__codename": "publish_page"}
    users = get_user_model().objects.filter(**may_publish, is_active=True).exclude(email="")
    zones = dict(users.values_list("email", "wagtail_userprofile__current_time_zone"))
    for address, zone in zones.items():
        with timezone.override(zone or settings.TIME_ZONE):
            body = render_to_string("timeline/admin/failed_publication.txt", said)
        try:
            EmailMessage(" ".join(subject.split()), body, to=[address]).send()
        except (OSError, smtplib.SMTPException):
            logger.exception("No letter could be sent to %s", address)

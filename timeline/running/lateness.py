"""Late services: what somebody must start again and again, and whether it is late; for the home page and
``/status.json``."""

import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from timeline.models import CommandRun, Version
from timeline.moments import moment
from timeline.running import schedule

COPIES_NOT_SOUGHT = datetime.timedelta(hours=2)
"""The service that looks for archived copies says each few minutes that it lives."""

LINKS_UNCHECKED = datetime.timedelta(days=35)
"""Links are checked every month; so many days without is too long."""


def schedule_is_late(now: datetime.datetime) -> str:
    """That something is due and nobody publishes it; nothing when all is well."""
    run = schedule.last_run()
    if (run and run.started_at > now - schedule.LATE) or not schedule.is_anything_due(now):
        return ""
    if run is None:
        return _("Something is due to be published, and scheduled publication has never run.")
    return _("Scheduled publication has not run since %(time)s.") % {"time": moment(run.started_at)}


def links_are_unchecked(now: datetime.datetime) -> str:
    """That sources may have vanished unnoticed; nothing when all is well."""
    run = CommandRun.objects.filter(command="check_links").first()
    if run is None:
        # A chronology younger than that is not late.
        old = Version.objects.filter(published_at__lt=now - LINKS_UNCHECKED).exists()
        return _("The links of the sources have never been checked.") if old else ""
    if run.started_at > now - LINKS_UNCHECKED:
        return ""
    return _("The links of the sources have not been checked since %(time)s.") % {"time": moment(run.started_at)}


def copies_are_not_sought(now: datetime.datetime) -> str:
    """That archives are set and nobody asks them any more; nothing when all is well."""
    run = CommandRun.objects.filter(command="archive_sources").first()
    if not any(settings.ARCHIVES.values()) or run is None or run.started_at > now - COPIES_NOT_SOUGHT:
        return ""
    return _("Archived copies have not been looked for since %(time)s.") % {"time": moment(run.started_at)}

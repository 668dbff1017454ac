"""Services: what ``/status.json`` tells, and what has never run, which it does not miss."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from timeline.dataset import storage
from timeline.models import CommandRun
from timeline.running import lateness, schedule, status

from .finding import Finding, good, miss, note


def state() -> Iterator[Finding]:
    """All that ``/status.json`` knows; the sentences say what to do."""
    for check in status.checks(timezone.now()):
        yield good(check.detail) if check.ok else miss(f"{check.name}: {check.detail}", "")


def have_run() -> Iterator[Finding]:
    """Whether each service runs, though nothing may wait for it."""
    longest = {schedule.COMMAND: schedule.LATE, "check_links": timedelta(days=2)}
    if settings.WEBSUB_HUB or settings.CDN:
        longest["deliver_pings"] = timedelta(minutes=5)
    if settings.LETTERS:
        longest["send_letters"] = timedelta(minutes=5)
    if any(settings.ARCHIVES.values()):
        longest["archive_sources"] = lateness.COPIES_NOT_SOUGHT
    runs = dict(CommandRun.objects.values_list("command", "started_at"))
    now = timezone.now()
    for command, pause in longest.items():
        run = runs.get(command)
        if run and run > now - pause:
            yield good(_("%s runs.") % command)
        else:
            yield _silent(command, run is not None)
    if storage.known():
        yield good(_("build_dataset has run."))
    else:
        yield _silent("build_dataset", False)
    if "backup" not in runs:
        yield _silent("backup", False)
    if not settings.BACKUP_MAX_AGE:
        yield note(_("Nobody complains when backups stop."), _("Set BACKUP_MAX_AGE=30."))


def _silent(command: str, ran: bool) -> Finding:
    timed = command in {"check_links", "backup"}
    unit = f"nenpyo@{command}.timer" if timed else f"nenpyo@{command}"
    said = _("%s does not run any more.") if ran else _("%s has never run.")
    return miss(said % command, _("systemctl enable --now %s (or what starts your services).") % unit)

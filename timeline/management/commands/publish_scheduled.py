"""Publish what is due: once, or again and again as a service. Replaces Wagtail's command of this name."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline import edition
from timeline.error_reports import seeing
from timeline.running import schedule
from timeline.running.service import Service


class Command(Service):
    """One run ends with status 1 when something could not be published; the service goes on."""

    help = (
        "Publishes scheduled entries, withdraws expired ones, and makes pages new that say something else from today "
        "on; tells editors of error reports, and forgets who sent them. Run it every minute, or with --every as a "
        "service under a supervisor: it outlives restarts of the database and stops on SIGTERM."
    )

    def run(self) -> str:
        """Do what is due now."""
        schedule.note_start()
        problems = []
        for outcome in schedule.publish_due(timezone.now()):
            said = {"title": outcome.title, "reasons": " ".join(outcome.reasons)}
            if outcome.reasons:
                problems.append(_("“%(title)s” was not published: %(reasons)s") % said)
                self.stderr.write(problems[-1])
            elif outcome.published:
                self.stdout.write(_("Published: “%(title)s”") % said)
            else:
                self.stdout.write(_("Withdrawn: “%(title)s”") % said)
            if self.stopping.is_set():
                break
        if number := edition.refresh_due():
            said_anew = ngettext(
                "Over since today, and said so: %d entry", "Over since today, and said so: %d entries", number
            )
            self.stdout.write(said_anew % number)
        for done in seeing.see_to(timezone.now()):
            self.stdout.write(done)
        schedule.note_end("\n".join(problems))
        if not problems:
            return ""
        return ngettext("%d page could not be published.", "%d pages could not be published.", len(problems)) % len(
            problems
        )

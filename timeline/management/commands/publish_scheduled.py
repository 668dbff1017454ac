"""Publish what is due: once, or again and again as a service. Replaces Wagtail's command of this name."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline import schedule

LONGEST_PAUSE = 60
"""Seconds between two attempts to reach a database that is away."""


class Command(BaseCommand):
    """One run ends with status 1 when something could not be published; the service goes on."""

    help = (
        "Publishes scheduled entries and withdraws expired ones. Run it every minute, or with --every as a "
        "service under a supervisor: it outlives restarts of the database and stops on SIGTERM."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="do it again and again")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = threading.Event()
        if options["every"] is None:
            if failed := self.run():
                message = ngettext("%d page could not be published.", "%d pages could not be published.", failed)
                raise CommandError(message % failed)
        elif options["every"] < 1:
            raise CommandError(_("At least one second."))
        else:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self.stopping.set())
            self.serve(options["every"])

    def serve(self, every: int) -> None:
        """Run every so many seconds until told to stop; wait longer and longer for a database that is away."""
        pause = 1
        while not self.stopping.is_set():
            try:
                self.run()
            except (OperationalError, InterfaceError) as error:
                self.stderr.write(_("The database does not answer: %s") % str(error).strip())
                pause = min(pause * 2, LONGEST_PAUSE)
                wait = min(pause, every)
            else:
                pause, wait = 1, every
            finally:
                connection.close()  # none is held while nothing happens, so none can go stale
            self.stopping.wait(wait)

    def run(self) -> int:
        """Do what is due now; returns how much of it failed."""
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
        schedule.note_end("\n".join(problems))
        return len(problems)

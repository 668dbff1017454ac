"""Check whether the sources can still be read at their addresses."""

import datetime
import signal
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline import links
from timeline.choices import LinkState
from timeline.links.visiting import Visits
from timeline.models import CommandRun

COMMAND = "check_links"
LIMIT = 500
OLDER_THAN = 7
LOCK = 0x4E656E70  # "Nenp": any number that no other program takes in this database


class Command(BaseCommand):
    """Made for a timer, once a day. It may be killed at any time: each result is saved by itself."""

    help = (
        "Visits the addresses and archived copies of sources, those first whose last check is oldest, and says "
        "which are gone, changed or moved. Asks a site no more than once in a few seconds, and only what its "
        "robots.txt allows. Run it once a day."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=LIMIT, help=f"addresses at most (default {LIMIT})")
        parser.add_argument(
            "--older-than",
            type=int,
            default=OLDER_THAN,
            metavar="DAYS",
            help=f"leave out what was checked in the last days (default {OLDER_THAN})",
        )
        parser.add_argument("--source", type=int, metavar="NUMBER", help="check this source alone, whenever that was")
        parser.add_argument("--dry-run", action="store_true", help="visit and say what was found, but keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1 or options["older_than"] < 0:
            raise CommandError(_("--limit is at least 1, --older-than at least 0."))
        with connection.cursor() as cursor:  # the lock goes with the connection, however the process ends
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise CommandError(_("Another check is running. Wait until it is done."))
        try:
            signal.signal(signal.SIGTERM, _stop)
            self.run(options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def run(self, options: dict[str, Any]) -> None:
        self.says_all = options["verbosity"] > 1
        now = timezone.now()
        alone = options["source"]
        older_than = None if alone else now - datetime.timedelta(days=options["older_than"])
        due = links.addresses(options["limit"], older_than, alone)
        if alone and not due:
            raise CommandError(_("There is no source %d with an address.") % alone)
        if options["dry_run"]:
            self.visit(due, dry=True)
            return
        before = CommandRun.objects.filter(command=COMMAND).first()
        told = links.untold(before.started_at) if before and not before.finished_at else []
        CommandRun.objects.update_or_create(
            command=COMMAND, defaults={"started_at": now, "finished_at": None, "problem": ""}
        )
        problem = ""
        try:
            self.visit(due, told=told)
        except KeyboardInterrupt:
            problem = _("It was stopped before the end.")
            self.stderr.write(problem)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            raise
        finally:
            links.tell_readers(told)
            CommandRun.objects.filter(command=COMMAND).update(finished_at=timezone.now(), problem=problem)

    def visit(self, due: list[links.Address], *, dry: bool = False, told: list[int] | None = None) -> None:
        """Check addresses and say what was found; sources that readers must hear of are added to ``told``."""
        states: Counter[str] = Counter()
        for outcome in links.check_all(due, Visits(), dry=dry):
            check = outcome.check
            states[check.state if check else ""] += 1
            if outcome.readers_affected and told is not None:
                told.append(outcome.address.source_id)
            if check and (check.state != LinkState.OK or self.says_all):
                self.stdout.write(
                    _("Source %(number)d, %(state)s: %(url)s\n    %(detail)s")
                    % {
                        "number": outcome.address.number,
                        "state": LinkState(check.state).label,
                        "url": check.url,
                        "detail": check.detail,
                    }
                )
        self.stdout.write(ngettext("%d address checked.", "%d addresses checked.", len(due)) % len(due))
        for state, number in states.most_common():
            label = LinkState(state).label if state else _("Left for later, as the site asks")
            self.stdout.write(f"{number:6} {label}")


def _stop(*args: Any) -> None:
    raise KeyboardInterrupt

"""Load a content pack into the database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.content.kinds import KINDS
from timeline.content.load import Outcome, load
from timeline.content.pack import DIRECTORY, read
from timeline.content.problems import PackError

CLEAR = "\r\033[K"
"""Empties the line of a terminal."""


class Command(BaseCommand):
    """Reads a pack, checks all of it, and creates or updates what differs."""

    help = (
        "Creates and updates the chronology from a content pack. The pack is checked as a whole "
        "first; if anything is wrong, every problem is printed and nothing is written. What "
        "already is as the pack says is not touched."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is wrong with the pack; write nothing")
        parser.add_argument(
            "--pack",
            type=Path,
            default=DIRECTORY,
            metavar="DIR",
            help="directory of the pack (default: the one that comes with the program)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verbose = options["verbosity"] > 0
        try:
            pack = read(options["pack"])
            if options["check"]:
                if verbose:
                    self.stdout.write(_("The pack is sound."))
                return
            is_watched = verbose and self.stdout.isatty()
            outcome = load(pack, self._tell if is_watched else lambda step: None)
            if is_watched:
                self.stdout.write(CLEAR, ending="")
        except PackError as error:
            count = len(error.problems)
            heading = ngettext("%d problem, nothing was written:", "%d problems, nothing was written:", count)
            raise CommandError(f"{heading % count}\n{error}") from error
        if verbose:
            self._report(outcome)

    def _tell(self, step: str) -> None:
        """What is being loaded, on the line that the report begins on."""
        self.stdout.write(f"{CLEAR}{step} …", ending="")
        self.stdout.flush()

    def _report(self, outcome: Outcome) -> None:
        for kind in KINDS:
            counts = {
                _("created"): outcome.created[kind.name],
                _("updated"): outcome.updated[kind.name],
                _("unchanged"): outcome.unchanged[kind.name],
                _("not in the pack, left alone"): outcome.others[kind.name],
            }
            said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
            self.stdout.write(f"{kind.name}: {said or _('none')}")
        for key, reason in outcome.left_alone.items():
            self.stderr.write(self.style.WARNING(_("Left alone: %(id)s %(reason)s.") % {"id": key, "reason": reason}))

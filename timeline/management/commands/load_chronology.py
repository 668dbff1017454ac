"""Load a content pack into the database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.content.kinds import KINDS
from timeline.content.load import load
from timeline.content.pack import DIRECTORY, read
from timeline.content.plan import Outcome
from timeline.content.problems import PackError
from timeline.content.threeway import Side
from timeline.content.translations import FOLDER

CONFLICTS = 3
"""The status with which the command ends when conflicts are left; all else was loaded."""

CLEAR = "\r\033[K"
"""Empties the line of a terminal."""


class Command(BaseCommand):
    """Reads a pack, checks all of it, and creates or updates what differs."""

    help = (
        "Creates and updates the chronology from a content pack. The pack is checked as a whole "
        "first; if anything is wrong, every problem is printed and nothing is written. What "
        "already is as the pack says is not touched. What editors changed since the last load "
        "stays and is named; where the pack has changed it too, that is a conflict: what stands "
        "stays, and the command ends with status 3, until --theirs or --ours settles it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is wrong with the pack; write nothing")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done; change nothing")
        settle = parser.add_mutually_exclusive_group()
        settle.add_argument("--theirs", action="store_true", help="in conflicts take what the pack says")
        settle.add_argument("--ours", action="store_true", help="in conflicts keep what stands, and ask no more")
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
            tell = self._tell if is_watched else lambda step: None
            outcome = load(pack, tell, prefer(options), dry_run=options["dry_run"])
            if is_watched:
                self.stdout.write(CLEAR, ending="")
        except PackError as error:
            count = len(error.problems)
            heading = ngettext("%d problem, nothing was written:", "%d problems, nothing was written:", count)
            raise CommandError(f"{heading % count}\n{error}") from error
        if verbose:
            self._report(outcome)
            if options["dry_run"]:
                self.stdout.write(_("Nothing was changed: this was a dry run."))
        self._tell_conflicts(outcome, prefer(options))

    def _tell(self, step: str) -> None:
        """What is being loaded, on the line that the report begins on."""
        self.stdout.write(f"{CLEAR}{step} …", ending="")
        self.stdout.flush()

    def _report(self, outcome: Outcome) -> None:
        for name in (*(kind.name for kind in KINDS), FOLDER):
            counts = {
                _("created"): outcome.created[name],
                _("updated"): outcome.updated[name],
                _("unchanged"): outcome.unchanged[name],
                _("not in the pack, left alone"): outcome.others[name],
            }
            said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
            self.stdout.write(f"{name}: {said or _('none')}")
        for key, reason in outcome.left_alone.items():
            self._warn(_("Left alone: %(id)s %(reason)s.") % {"id": key, "reason": reason})
        for name, paths in outcome.kept.items():
            words = {"record": name, "fields": ", ".join(paths)}
            self._warn(_("Kept as editors made it: %(record)s: %(fields)s.") % words)
        for name in outcome.dropped:
            self._warn(_("Not in the pack any more, left alone: %(record)s.") % {"record": name})

    def _tell_conflicts(self, outcome: Outcome, settled: Side | None) -> None:
        """Say what the pack and editors changed both. Unsettled, it ends the command with a status of its own."""
        number = 0
        for name, conflicts in outcome.conflicts.items():
            for conflict in conflicts:
                number += 1
                where = f"{name}, {conflict.path}" if conflict.path else name
                words = {"where": where, "pack": conflict.pack, "site": conflict.site}
                self._warn(_("Conflict: %(where)s. The pack: %(pack)s. Here: %(site)s.") % words)
        if not number:
            return
        sentences = {
            Side.THEIRS: ngettext("%d conflict: the pack was taken.", "%d conflicts: the pack was taken.", number),
            Side.OURS: ngettext(
                "%d conflict: what stands was kept, and is not asked about again.",
                "%d conflicts: what stands was kept, and is not asked about again.",
                number,
            ),
            None: ngettext(
                "%d conflict: what stands was kept. Load with --theirs to take the pack, with --ours to ask no more.",
                "%d conflicts: what stands was kept. Load with --theirs to take the pack, with --ours to ask no more.",
                number,
            ),
        }
        if settled is None:
            raise CommandError(sentences[None] % number, returncode=CONFLICTS)
        self._warn(sentences[settled] % number)

    def _warn(self, sentence: str) -> None:
        self.stderr.write(self.style.WARNING(sentence))


def prefer(options: dict[str, Any]) -> Side | None:
    """Who wins a conflict, as the options say."""
    return Side.THEIRS if options["theirs"] else Side.OURS if options["ours"] else None

"""Write a backup of everything as one file, while the site runs. A timer starts it daily."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from timeline.audit.events import Event, tell
from timeline.backup import keep
from timeline.backup.errors import BackupError
from timeline.backup.make import make
from timeline.models import CommandRun

COMMAND = "backup"


class Command(BaseCommand):
    """``CommandRun`` has the last one that was made, for ``/status.json``."""

    help = (
        "Writes the database, uploads and datasets as one file, and says its name. The file has drafts, accounts and "
        "what was withdrawn: only its owner may read it, and BACKUP_RECIPIENTS encrypts it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="instead of BACKUP_DIR")
        parser.add_argument("--keep-daily", type=int, metavar="N", help="keep the newest of N days, remove others")
        parser.add_argument("--keep-weekly", type=int, metavar="N", help="and the newest of N weeks")

    def handle(self, *args: Any, **options: Any) -> None:
        started = timezone.now()
        folder: Path = options["to"] or settings.BACKUP_DIR
        try:
            made = make(folder)
            CommandRun.objects.update_or_create(
                command=COMMAND, defaults={"started_at": started, "finished_at": timezone.now(), "problem": ""}
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(_("The database does not answer, or not as this code expects: %s") % error) from error
        tell(Event.BACKED_UP, file=str(made.file), bytes=made.size)
        self.stdout.write(str(made.file))
        for name in made.missing:
            self.stderr.write(_("Missing: the database names this upload, and it is not there: %s") % name)
        if options["keep_daily"] is not None or options["keep_weekly"] is not None:
            for file in keep.superfluous(folder.iterdir(), options["keep_daily"] or 0, options["keep_weekly"] or 0):
                file.unlink()
                self.stdout.write(_("Removed %s") % file)

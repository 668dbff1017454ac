"""Bring a backup back into an empty database, with its uploads and datasets."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from timeline.audit.events import Event, tell
from timeline.backup import archive, restore
from timeline.backup.errors import BackupError


class Command(BaseCommand):
    """Everything is looked at before anything is touched."""

    help = (
        "Restores a file that `manage.py backup` wrote, by this code or older, into an empty database; then migrates "
        "it and brings what readers see up to date. Stop the site and its services first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, metavar="FILE", help="the private key of age, if it is encrypted")
        parser.add_argument("--replace", action="store_true", help="lose what the database has now")
        parser.add_argument("--check", action="store_true", help="only say whether it is whole, and what it is of")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = archive.identities(options["identity"]) if options["identity"] else []
            with options["file"].open("rb") as file:
                if options["check"]:
                    found = restore.check(file, keys).manifest
                    said = _("The backup of %(site)s is whole: %(created)s, version %(version)s.") % found.__dict__
                    self.stdout.write(said)
                else:
                    restore.restore(file, keys, self.stdout.write, replace=options["replace"])
                    tell(Event.RESTORED, file=str(options["file"]))
        except BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(_("The file cannot be read: %s") % error) from error

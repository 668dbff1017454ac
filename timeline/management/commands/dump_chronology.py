"""Write the chronology as a content pack."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.content.dump import dump, write
from timeline.content.pack import DIRECTORY
from timeline.models import Attachment


class Command(BaseCommand):
    """Writes every record and every published entry in the format load_chronology reads."""

    help = (
        "Writes all records and all published entries as a content pack, the format that "
        "load_chronology reads. Drafts and withdrawn entries are left out. PRIVATE NOTES OF "
        "EDITORS ARE INCLUDED: the dump is the owner's backup, not something to publish unseen."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--pack",
            type=Path,
            default=DIRECTORY,
            metavar="DIR",
            help="directory to write to (default: the pack that comes with the program)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        directory: Path = options["pack"]
        content = dump()
        if content is None:
            raise CommandError(_("There is no chronology in the database."))
        try:
            written = write(content, directory)
        except OSError as error:
            raise CommandError(_("Cannot write the pack: %(why)s") % {"why": error}) from error
        for key in content.cut:
            message = _("%(id)s follows an entry that is not public; the pack leaves that out.")
            self.stderr.write(self.style.WARNING(message % {"id": key}))
        if with_files := Attachment._default_manager.filter(entry__live=True).values("entry").distinct().count():
            message = ngettext(
                "The pictures and documents of %d entry are not in the pack. manage.py backup has them.",
                "The pictures and documents of %d entries are not in the pack. manage.py backup has them.",
                with_files,
            )
            self.stderr.write(self.style.WARNING(message % with_files))
        if options["verbosity"] > 0:
            for path in written:
                self.stdout.write(str(path))
            if not written:
                self.stdout.write(_("Nothing changed in %(directory)s.") % {"directory": directory})

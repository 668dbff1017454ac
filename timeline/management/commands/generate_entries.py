"""Fill the chronology with made-up entries, or take them out again."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from timeline import edition
from timeline.generated import entries
from timeline.models import Category, ChronologyPage, EntryPage

BATCH = 1000


class Command(BaseCommand):
    """For measuring and for trying things out; never for a chronology that people read."""

    help = (
        "Adds N made-up, published entries with the people, organisations and sources they need; the same "
        "seed makes the same rows. --remove deletes all that was generated and nothing else. The editors' "
        "search and usage counts learn of them from update_index and rebuild_references_index."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", nargs="?", type=int, metavar="N", help="how many entries to add")
        parser.add_argument("--seed", type=int, default=1, help="other seeds make other entries (default: 1)")
        parser.add_argument("--remove", action="store_true", help="delete everything that was generated")
        parser.add_argument("--force", action="store_true", help="do it although this is not development")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT and not options["force"]:
            raise CommandError(_("This is not development. Made-up entries do not belong here; --force adds them."))
        self.quiet = options["verbosity"] == 0
        if options["remove"] == (options["number"] is not None):
            raise CommandError(_("Say how many entries to add, or --remove."))
        if options["remove"]:
            self.remove()
        else:
            self.add(options["number"], options["seed"])

    def add(self, number: int, seed: int) -> None:
        chronology = ChronologyPage.objects.first()
        if chronology is None or not Category.objects.exists():
            raise CommandError(_("There is no chronology yet. First: manage.py load_chronology"))
        if number < 1:
            raise CommandError(_("At least one entry."))
        if EntryPage.objects.filter(key__startswith=entries.PREFIX).exists():
            raise CommandError(_("There are generated entries already. First: manage.py generate_entries --remove"))
        started = time.monotonic()
        generator = entries.Generator(chronology, number, seed)
        with transaction.atomic():
            generator.records()
        done = 0
        batches = generator.entries(BATCH)
        while done < number:
            with transaction.atomic():
                ids = next(batches)
                edition.refresh(ids)
            done += len(ids)
            said = _("%(done)d of %(number)d entries, %(seconds)d s")
            self.say(said % {"done": done, "number": number, "seconds": time.monotonic() - started})
        self.tidy()

    def remove(self) -> None:
        try:
            with transaction.atomic():
                number = entries.remove()
                edition.rebuild()
        except IntegrityError as error:
            message = _("Nothing was removed, as something else uses a generated record: %s")
            raise CommandError(message % error) from error
        self.tidy()
        self.say(_("%d entries removed.") % number)

    def tidy(self) -> None:
        """Let the database know what it holds now, so that it plans well."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)")

    def say(self, text: str) -> None:
        if not self.quiet:
            self.stdout.write(text)
            self.stdout.flush()

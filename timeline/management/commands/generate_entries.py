"""Fill the chronology with made-up entries, or take them out again."""

import gc
import os
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from multiprocessing import get_context
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, connection, connections, transaction
from django.utils.translation import gettext as _

from timeline import edition
from timeline.generated import aside, entries, removal
from timeline.generated.records import PREFIX
from timeline.models import Category, ChronologyPage, EntryPage

BATCH = 1000
MOST_PROCESSES = 8

_generator: list[entries.Generator] = []
"""That of a process that writes entries."""


def _begin(generator: entries.Generator) -> None:
    gc.disable()  # a batch has no cycles and goes when it is written; to look for some takes a tenth of the time
    connections.close_all()  # those of the process before, also such as it has for another event loop
    _generator.append(generator)


def _write(batch: range) -> tuple[int, edition.Totals]:
    return len(batch), _generator[0].write(batch)


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
        aside.put_back()  # of a run that was killed
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
        if EntryPage.objects.filter(key__startswith=PREFIX).exists():
            raise CommandError(_("There are generated entries already. First: manage.py generate_entries --remove"))
        with transaction.atomic():
            generator = entries.Generator(chronology, number, seed)
        batches = [range(start, min(start + BATCH, number)) for start in range(0, number, BATCH)]
        totals, done, started = edition.Totals(), 0, time.monotonic()
        for written, change in self.written(generator, batches):
            totals.include(change)
            done += written
            said = _("%(done)d of %(number)d entries, %(seconds)d s")
            self.say(said % {"done": done, "number": number, "seconds": time.monotonic() - started})
        with transaction.atomic():
            edition.next_edition(takes_words=False)
            totals.save()
        self.tidy()

    def written(self, generator: entries.Generator, batches: list[range]) -> Iterator[tuple[int, edition.Totals]]:
        """Write the batches, each processor one at a time; how many entries each has, and what that adds to totals."""
        if len(batches) == 1 or connection.in_atomic_block:
            yield from ((len(batch), generator.write(batch)) for batch in batches)
            return
        processes = min(os.cpu_count() or 1, MOST_PROCESSES)
        with aside.laid_aside(entries.TABLES):
            connection.close()  # no two processes may talk over one
            with get_context("fork").Pool(processes, _begin, [generator]) as pool:
                yield from pool.imap_unordered(_write, batches)
            self.say(_("Making the indexes"))

    def remove(self) -> None:
        try:
            with transaction.atomic():
                number = removal.remove()
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

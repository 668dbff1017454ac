"""Build the table of published entries anew: all of it, or what older code built."""

from typing import Any

from django.core.management import BaseCommand, CommandParser

from timeline import drafts, edition
from timeline.models import Source, SourceAddress
from timeline.models.source import renew_keys


class Command(BaseCommand):
    """``--outdated`` is for after a deployment that ``migrate`` says it of, the whole for when in doubt."""

    help = "Build the public documents, the search table, the facet totals and the keys of sources anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--outdated",
            action="store_true",
            help="Only entries that code with another version of the document built, some at a time: "
            "the site goes on meanwhile, and so do its editors.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["outdated"]:
            self.stdout.write(f"{edition.refresh_outdated()} published entries built anew")
        else:
            renew_keys(Source, SourceAddress)
            drafts.rebuild()
            self.stdout.write(f"{edition.rebuild()} published entries")

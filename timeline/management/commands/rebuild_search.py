"""Build the table of published entries anew."""

from typing import Any

from django.core.management import BaseCommand

from timeline import edition


class Command(BaseCommand):
    """For after a change of what the public document holds, or when in doubt."""

    help = "Build the public documents, the search table and the facet totals anew from what is published."

    def handle(self, *args: Any, **options: Any) -> None:
        number = edition.rebuild()
        self.stdout.write(f"{number} published entries")

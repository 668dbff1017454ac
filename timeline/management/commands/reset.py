"""`make reset` ends here: the database of this folder goes, with the uploads and datasets that belong to it."""

import shutil
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from config.postgres import server
from timeline.management.commands.develop import embedded, only_one

# A folder that the environment names is not ours.
FILES = [settings.VAR_DIR / name for name in ("media", "datasets", "kept")]


class Command(BaseCommand):
    """Remove what `make run` made, all but packages, key and password; the next one makes it anew."""

    help = "Remove the development database, with its uploads and datasets. `make run` makes a new one."
    requires_system_checks = ()  # a broken branch is a reason to reset

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("This is for development only: set NENPYO_ENV=development.")
        if not embedded():
            raise CommandError("DATABASE_URL names a database that Nenpyo did not make: remove it yourself.")
        with only_one():
            removed = server.remove(settings.PG_HOME)
            for folder in FILES:
                if folder.exists():
                    shutil.rmtree(folder)
                    removed.append(folder)
        for folder in removed:
            self.stdout.write(f"Removed {folder}")
        self.stdout.write("`make run` makes a new database." if removed else "There is nothing to remove.")

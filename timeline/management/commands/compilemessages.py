"""Make the catalogues into the files that Django reads."""

import os
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import BaseCommand

from .makemessages import catalogue, languages


class Command(BaseCommand):
    """Django's command of this name without GNU gettext."""

    help = "Makes each locale/*/LC_MESSAGES/django.po into the django.mo beside it, where that is older or missing."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for language in languages():
            source = catalogue(language)
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            made = target.with_suffix(f".{os.getpid()}")
            with source.open("rb") as translated, made.open("wb") as file:
                write_mo(file, read_po(translated, locale=language))
            made.replace(target)  # a site that runs reads the old one or the new one, never half of it
            if options["verbosity"] > 0:
                self.stdout.write(str(target.relative_to(settings.BASE_DIR)))

"""Take a message that came back: a mail server gives it to this command."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from timeline.letters import bounces

LONGEST = 5_000_000
"""Bytes of a message that are read; a report stands at its beginning."""


class Command(BaseCommand):
    """What is no report of a failed delivery is let go without a word, so that no server sends it back again."""

    help = (
        "Reads a message that came to LETTERS_BOUNCE_TO, and counts it as a refusal of the address of the letter that "
        "came back. Let the mail server pipe such messages here, or fetchmail with --mda."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LETTERS_BOUNCE_TO:
            raise CommandError(_("Set LETTERS_BOUNCE_TO first: the address that letters come back to."))
        try:
            bounces.note(sys.stdin.buffer.read(LONGEST))
        except (OperationalError, InterfaceError) as error:
            # Mail servers try again later what ended with this.
            raise CommandError(_("The database does not answer."), returncode=os.EX_TEMPFAIL) from error

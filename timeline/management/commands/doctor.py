"""Look at this deployment, and say what is missing and what to do about it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.running.doctor import examination, letters
from timeline.running.doctor.finding import Finding, Mark


class Command(BaseCommand):
    """Ends with 1 when something is missing."""

    help = (
        "Looks at settings, folders, database, services, accounts, mail and the site as readers get it, and says "
        "what is missing and what to do. Run it as the user of the site. What it tries it removes."
    )
    requires_system_checks = ()  # it says what they say, and goes on

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a program that watches")
        parser.add_argument("--mail", metavar="ADDRESS", help="send a letter there as well")

    def handle(self, *args: Any, **options: Any) -> None:
        found: list[tuple[str, Finding]] = []
        for about, finding in examination.examine():
            found.append((about, finding))
            self.tell(about, finding, **options)
        if options["mail"]:
            found.append((_("Mail"), letters.send(options["mail"])))
            self.tell(*found[-1], **options)
        if options["json"]:
            self.stdout.write(
                json.dumps([{"about": about, **asdict(one)} for about, one in found], ensure_ascii=False, indent=1)
            )
        if missing := sum(one.mark == Mark.MISS for _about, one in found):
            raise CommandError(ngettext("%d thing is missing.", "%d things are missing.", missing) % missing)

    def tell(self, about: str, finding: Finding, **options: Any) -> None:
        if options["json"]:
            return
        style = {Mark.OK: self.style.SUCCESS, Mark.NOTE: self.style.WARNING, Mark.MISS: self.style.ERROR}[finding.mark]
        self.stdout.write(f"{style(f'{finding.mark:<4}')}  {about}: {finding.said}")
        if finding.advice and finding.mark != Mark.OK:
            self.stdout.write(f"      {_('Do:')} {finding.advice}")

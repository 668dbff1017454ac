"""Lets somebody sign in who was locked out by wrong tries."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from timeline.accounts import tries


class Command(BaseCommand):
    """Forget the tries of an account or an address."""

    help = "Forget the wrong tries of an account or an address, which may sign in again at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name_or_address", metavar="NAME|ADDRESS", nargs="+")

    def handle(self, *args: Any, name_or_address: list[str], **options: Any) -> None:
        for word in name_or_address:
            forgotten = tries.unlock(word)
            self.stdout.write(f"{word}: {forgotten} tries forgotten." if forgotten else f"{word} was not counted.")

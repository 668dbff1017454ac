"""Takes the second factor of somebody away who lost the phone and the recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError

from timeline.accounts.second_factor import codes


class Command(BaseCommand):
    """Remove a second factor; whoever must have one sets it up anew after the next sign-in."""

    help = "Remove the second factor of an account. Make sure first that it is really its owner who asks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name that is typed to sign in")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        user = get_user_model()._default_manager.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no account {name!r}.")
        if not codes.remove(user):
            raise CommandError(f"{name} has no second factor.")
        codes.second_factor.send(sender="reset", request=None, user=user)
        self.stdout.write(f"{name} has no second factor any more. Who has the password can set a new one up.")

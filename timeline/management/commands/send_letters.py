"""Send letters to readers: news of what they follow, and what they asked for. Once, or as a service."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from timeline.letters import asking, delivery, keys, rounds
from timeline.models import CommandRun
from timeline.running.service import Service

COMMAND = "send_letters"


class Command(Service):
    """What is not taken is tried again, after longer and longer pauses."""

    help = (
        "Looks through what has become public for readers who asked for letters about it, and sends what waits. Run "
        "it every minute, or with --every 10 as a service under a supervisor: it outlives restarts of the "
        "database and of the server of letters and stops on SIGTERM. Several may run at once."
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.post = delivery.Post()

    def run(self) -> str:
        """Do what is due now."""
        if not settings.LETTERS:
            return _("No letters are offered to readers: set LETTERS_KEY, and let MAIL_URL name a server.")
        CommandRun.objects.update_or_create(
            command=COMMAND, defaults={"started_at": timezone.now(), "finished_at": None, "problem": ""}
        )
        asking.forget(paused_for=delivery.FORGOTTEN_AFTER)
        keys.renew()
        rounds.begin_due(timezone.now())
        problems = list(self.post.deliver(self.stopping.is_set))
        for problem in problems:
            self.stderr.write(problem)
        failure = "\n".join(problems)
        CommandRun.objects.filter(command=COMMAND).update(finished_at=timezone.now(), problem=failure)
        return failure

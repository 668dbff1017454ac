"""Tell the WebSub hub which feeds have news, and the CDN which copies are to go: once, or as a service."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from timeline.models import CommandRun
from timeline.running import purging, websub
from timeline.running.service import Service

COMMAND = "deliver_pings"


class Command(Service):
    """What is not taken is tried again, after longer and longer pauses."""

    help = (
        "Tells the hub named by WEBSUB_HUB which feeds have news, and the CDN of CDN_PURGE_URL which "
        "copies are to go. Run it every minute, or with --every 10 as a "
        "service under a supervisor: it outlives restarts of the database and stops on SIGTERM."
    )

    def run(self) -> str:
        """Deliver what is due."""
        if not (settings.WEBSUB_HUB or settings.CDN):
            return _("No hub is set: name one in WEBSUB_HUB, or a CDN in CDN_PURGE_URL.")
        CommandRun.objects.update_or_create(
            command=COMMAND, defaults={"started_at": timezone.now(), "finished_at": None, "problem": ""}
        )
        problems = list(dict.fromkeys([*purging.purge(), *websub.deliver()]))
        for problem in problems:
            self.stderr.write(problem)
        failure = "\n".join(problems)
        CommandRun.objects.filter(command=COMMAND).update(finished_at=timezone.now(), problem=failure)
        return failure

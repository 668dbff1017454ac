"""Look for archived copies of sources and ask for them: once, or as a service."""

import time
from collections import Counter
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from timeline.archiving import queue, searching
from timeline.archiving.asking import PAUSE
from timeline.choices import ArchivingState
from timeline.links.visiting import Visits
from timeline.models import CommandRun
from timeline.running.service import Service

COMMAND = "archive_sources"
NEW_ONES = 600
"""Seconds between two looks for sources that are not in the queue, when it is empty."""
AT_ONCE = 20
"""Steps of one run; the service then says that it lives, and goes on."""


class Command(Service):
    """Each step is saved by itself, so a run may end at any moment."""

    help = (
        "Looks for archived copies of the sources that have none, in the archives named by MEMENTO_TIMEGATE and "
        "WAYBACK_AVAILABILITY, and asks that of WAYBACK_SAVE_URL to make one where none is found. Run it every few "
        "minutes, or with --every 60 as a service under a supervisor: it outlives restarts of the database and stops "
        "on SIGTERM."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visits = Visits(pause=PAUSE, sleep=self.pause)
        self.problem = ""
        self.filled = 0.0

    def run(self) -> str:
        """Take the steps that are due; what archives ask of us is remembered from run to run."""
        if not queue.archives():
            return _("No archive is set: name one in MEMENTO_TIMEGATE, WAYBACK_AVAILABILITY or WAYBACK_SAVE_URL.")
        CommandRun.objects.update_or_create(
            command=COMMAND, defaults={"started_at": timezone.now(), "finished_at": None, "problem": ""}
        )
        states: Counter[str] = Counter()
        while states.total() < AT_ONCE and not self.stopping.is_set() and not self.is_put_off():
            row = queue.take(timezone.now())
            if row is None and self.fill():
                continue
            if row is None:
                break
            self.problem = ""
            if (done := searching.step(row, self.visits)) is None:
                continue
            states[done.state] += 1
            said = {"url": done.url, "state": done.get_state_display(), "detail": done.detail}
            self.stdout.write(_("%(url)s: %(state)s. %(detail)s") % said)
            if self.is_put_off():
                self.problem = done.detail
        for state, times in states.most_common():
            self.stdout.write(f"{times:6} {ArchivingState(state).label}")
        CommandRun.objects.filter(command=COMMAND).update(finished_at=timezone.now(), problem=self.problem)
        return self.problem

    def fill(self) -> int:
        """Put what is new into the queue, now and then: it is looked for among all sources."""
        if self.filled and time.monotonic() < self.filled + NEW_ONES:
            return 0
        number = queue.fill(timezone.now())
        if not number:
            self.filled = time.monotonic()
        return number

    def is_put_off(self) -> bool:
        """Whether an archive wants to be left alone, or cannot answer; the others wait with it."""
        return any(map(self.visits.is_put_off, queue.archives()))

    def pause(self, seconds: float) -> None:
        """Wait, but not for longer than we may go on."""
        self.stopping.wait(seconds)

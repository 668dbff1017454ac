"""Commands that run once, or again and again as a service under a supervisor. DECISIONS 98."""

import io
import logging
import signal
import sys
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

LONGEST_PAUSE = 60
"""Seconds between two attempts to reach a database that is away."""

logger = logging.getLogger(__name__)


class LogLines(io.StringIO):
    """What a service prints, as lines of the log: nobody reads it but what collects them."""

    def __init__(self, level: int) -> None:
        super().__init__()
        self.level = level

    def write(self, text: str) -> int:
        for line in text.splitlines():
            if line.strip():
                logger.log(self.level, "%s", line.strip())
        return len(text)


class Service(BaseCommand):
    """``--every`` makes it a service: it outlives restarts of the database and stops on SIGTERM.

    ``stopping`` is set when it has been told to stop: long work looks at it between two steps.
    """

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="do it again and again")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = threading.Event()
        if options["every"] is None:
            if failure := self.run():
                raise CommandError(failure)
        elif options["every"] < 1:
            raise CommandError(_("At least one second."))
        else:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self.stopping.set())
            self.serve(options["every"])

    def serve(self, every: int) -> None:
        """Run every so many seconds until told to stop; wait longer and longer for a database that is away."""
        if not (settings.DEVELOPMENT or sys.stderr.isatty()):
            self.stdout, self.stderr = OutputWrapper(LogLines(logging.INFO)), OutputWrapper(LogLines(logging.WARNING))
        pause = 1
        while not self.stopping.is_set():
            try:
                self.run()
            except (OperationalError, InterfaceError) as error:
                self.stderr.write(_("The database does not answer: %s") % str(error).strip())
                pause = min(pause * 2, LONGEST_PAUSE)
                wait = min(pause, every)
            else:
                pause, wait = 1, every
            finally:
                connection.close()  # none is held while nothing happens, so none can go stale
            self.stopping.wait(wait)

    def run(self) -> str:
        """Do what is due now; returns what failed, in a sentence, or nothing. The service goes on after a failure."""
        raise NotImplementedError

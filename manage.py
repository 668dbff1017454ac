#!/usr/bin/env python
"""Django's command line for Nenpyo."""

import logging
import os
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from config.postgres.programs import NoServerError


def log_what_ended_it(kind: type[BaseException], trouble: BaseException, trace: Any) -> None:
    """Write what nobody has caught as a line of the log, as all others are."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, trouble, trace)
    else:
        logging.getLogger("manage").critical("Ended by %s", kind.__name__, exc_info=(kind, trouble, trace))


if __name__ == "__main__":
    if not sys.stderr.isatty():  # people read a trace better
        sys.excepthook = log_what_ended_it
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, NoServerError) as problem:
        sys.exit(str(problem))

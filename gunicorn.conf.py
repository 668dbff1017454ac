"""How gunicorn serves Nenpyo; it reads this file by itself when it is started in this folder.

Each thread keeps a connection to the database (DATABASE_MAX_AGE), so workers times threads, and one for each
service, must stay below PostgreSQL's `max_connections`: `timeline/running/connections.py` counts them, for
`/status.json`. More readers at once wait for a thread.
"""

import ctypes
import gc
import logging
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from config import logs
from config.worker import BufferingWorker

DEVELOPMENT = os.environ.get("NENPYO_ENV") == "development"
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

worker_class = BufferingWorker  # slow clients wait outside of the threads
# As many as there are cores, but two at least, so that one answers while another begins; on a laptop one.
workers = int(os.environ.get("WEB_CONCURRENCY") or (1 if DEVELOPMENT else min(max(CORES, 2), 8)))
threads = 8  # of each worker
# Workers share what the first process has loaded, and one that was lost is back at once. New code wants a restart
# then, not a reload (SIGHUP), with which `make run` shows what somebody has changed.
preload_app = not DEVELOPMENT
timeout = 30  # seconds without a sign of life from the loop of a worker, which no request can hold up
graceful_timeout = 30
logconfig_dict = logs.configuration(DEVELOPMENT)  # its own lines in the form of all others
logging.captureWarnings(not DEVELOPMENT)
control_socket_disable = True  # nobody steers us through a file in the home folder


def when_ready(server: Any) -> None:
    """Spare memory: the workers are forked next, and share what is loaded here as long as nobody touches it."""
    if preload_app:
        load_rest()
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # glibc: what a thread lets go of is to be had by others, and large pieces go back
        for option, value in ((M_ARENA_MAX, 2), (M_MMAP_THRESHOLD, 128 * 1024), (M_TRIM_THRESHOLD, 128 * 1024)):
            libc.mallopt(option, value)
    gc.collect()
    gc.freeze()  # the collector of a worker would touch all of it


M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -8, -3, -1  # mallopt(3)


def load_rest() -> None:
    """What would be loaded by the first readers of each worker: addresses, words of languages, pictures, templates."""
    import babel.dates
    import babel.numbers
    from django.conf import settings
    from django.template import engines
    from django.template.loader import get_template
    from django.urls import resolve
    from PIL import Image

    resolve("/")
    for code, _name in settings.LANGUAGES:
        babel.dates.format_date(locale=code)
        babel.numbers.format_decimal(1, locale=code)
        babel.Locale.parse(code).territories  # noqa: B018 - reads them
    Image.init()
    engines["django"].engine.template_context_processors  # noqa: B018 - imports them
    folder = settings.BASE_DIR / "templates"
    for file in folder.glob("timeline/**/*.html"):
        get_template(file.relative_to(folder).as_posix())


def post_worker_init(worker: Any) -> None:
    """Say in development which migrations are missing, as Django's own server does."""
    from django.conf import settings
    from django.core.management.base import BaseCommand
    from django.db import connection

    if settings.DEVELOPMENT:
        BaseCommand().check_migrations()
        connection.close()  # of this thread, which answers nobody

"""How gunicorn serves Nenpyo; it reads this file by itself when it is started in this folder.

Each thread keeps a connection to the database (DATABASE_MAX_AGE), so workers times threads, and one for each
service, must stay below PostgreSQL's `max_connections`. More readers at once wait for a thread.
"""

from typing import Any

worker_class = "gthread"  # connections that are kept wait outside of the threads
threads = 8  # of each worker
keepalive = 75  # seconds, longer than proxies and browsers keep theirs: a request must not meet a closing connection
control_socket_disable = True  # nobody steers us through a file in the home folder


def post_worker_init(worker: Any) -> None:
    """Say in development which migrations are missing, as Django's own server does."""
    from django.conf import settings
    from django.core.management.base import BaseCommand
    from django.db import connection

    if settings.DEVELOPMENT:
        BaseCommand().check_migrations()
        connection.close()  # of this thread, which answers nobody

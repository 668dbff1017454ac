"""Connections to the database: how many the site and its services may hold, and how many the server gives us."""

import functools
import runpy
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

SERVICES = 6
"""``publish_scheduled``, ``build_dataset``, ``check_links``, ``archive_sources``, ``deliver_pings``,
``send_letters``: one connection each."""

SPARE = 3
"""For a backup, a command that somebody gives, and a look into the database."""

ALLOWED = """
SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
       - coalesce(current_setting('reserved_connections', true)::int, 0),
       nullif(rolconnlimit, -1), nullif(datconnlimit, -1)
FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()
"""


class Connections(NamedTuple):
    """How many may be wanted at once, and how many there are."""

    wanted: int
    allowed: int

    @property
    def problem(self) -> str:
        """What is wrong, in a sentence; nothing when all is well."""
        if self.wanted <= self.allowed:
            return ""
        return _(
            "The site and its services may want %(wanted)d connections to the database, which gives them %(allowed)d. "
            "Raise max_connections there, or lower WEB_CONCURRENCY."
        ) % {"wanted": self.wanted, "allowed": self.allowed}


@functools.cache
def wanted() -> int:
    """A connection for each thread of the site, by ``gunicorn.conf.py`` and the environment, and for each service."""
    serving = runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))
    return int(serving["workers"] * serving["threads"] + SERVICES + SPARE)


def count() -> Connections:
    """What is wanted, and what the server, its database and our role allow: one query."""
    with connection.cursor() as cursor:
        cursor.execute(ALLOWED)
        limits = cursor.fetchone()
    return Connections(wanted(), min(limit for limit in limits if limit is not None))

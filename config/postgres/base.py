"""Django's PostgreSQL backend, with two things more.

The embedded server is started on the first connection: commands that need no database (`makemigrations`,
`collectstatic`, `mypy`) start none.

A process that serves readers (`serve_readers`) waits neither long for a statement nor again and again for a
database that is away.
"""

import threading
import time
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.db.backends.postgresql import base

from config.postgres import server
from config.postgres.programs import NoServerError

PAUSE = 1
"""Seconds after a failure in which nobody tries to connect; afterwards one thread at a time does."""


class _Absence:
    """That a database was away when this process last tried to connect."""

    def __init__(self) -> None:
        self.until = 0.0
        self.is_known = False
        self.trying = threading.Lock()


_absences: defaultdict[str, _Absence] = defaultdict(_Absence)
"""Of each database, by its alias."""


def serve_readers() -> None:
    """This process answers the web: from now on its connections are made and kept for that."""
    for database in settings.DATABASES.values():
        database["READERS"] = True


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the database that DATABASE_URL names, or to the embedded server of `EMBEDDED`."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not self.settings_dict.get("READERS"):
            return self._connect(conn_params)
        absence = _absences[self.alias]
        if not absence.is_known:
            return self._try(conn_params, absence)
        if time.monotonic() < absence.until or not absence.trying.acquire(blocking=False):
            raise OperationalError("The database was away a moment ago.")
        try:
            return self._try(conn_params, absence)
        finally:
            absence.trying.release()

    def _try(self, conn_params: dict[str, Any], absence: _Absence) -> Any:
        try:
            connection = self._connect(conn_params)
        except Exception:
            absence.until, absence.is_known = time.monotonic() + PAUSE, True
            raise
        absence.is_known = False
        return connection

    def _connect(self, conn_params: dict[str, Any]) -> Any:
        if embedded := self.settings_dict.get("EMBEDDED"):
            try:
                server.use(**embedded)
            except NoServerError as error:
                if self.settings_dict.get("READERS"):
                    raise OperationalError(str(error)) from error
                raise
        return super().get_new_connection(conn_params)

    def init_connection_state(self) -> None:
        super().init_connection_state()
        seconds = settings.DATABASE_STATEMENT_SECONDS
        if self.connection and seconds and self.settings_dict.get("READERS"):
            with self.connection.cursor() as cursor:
                cursor.execute(f"SET statement_timeout = {int(seconds) * 1000}")
            if not self.get_autocommit():
                self.connection.commit()

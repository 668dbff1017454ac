"""Django's PostgreSQL backend, with the server behind it started on the first connection.

Commands that need no database (`makemigrations`, `collectstatic`, `mypy`) start none.
"""

from typing import Any

from django.db.backends.postgresql import base

from config.postgres import server


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server of `settings_dict["EMBEDDED"]`."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        server.use(**self.settings_dict["EMBEDDED"])
        return super().get_new_connection(conn_params)

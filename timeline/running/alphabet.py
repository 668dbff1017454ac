"""What hangs on the locale of the database, and whether it knows letters beyond ASCII. Search does not: DECISIONS 128.

With the locale ``C`` PostgreSQL has no letters but those of ASCII, so it finds no near spelling of a Japanese name
(``pg_trgm``), and neither the terms of the glossary (``~*``) nor editors' searches (``lower``) regardless of case
where a letter has an accent.
"""

from typing import Any

from django.core.checks import CheckMessage, Warning  # noqa: A004 (Django's word)
from django.db import connections

ASKED = "SELECT lower('Ō') = 'ō' AND 'Ō' ~* 'ō' AND '日' ~ '\\w'"
"""Whether the database knows letters."""

ADVICE = "Back up, make the database anew with --locale C.UTF-8 --template template0, and restore."


def letters_are_known(**options: Any) -> list[CheckMessage]:
    """A check of the database, as which `migrate` runs it at every deployment, and `check --database default`."""
    if "default" not in (options.get("databases") or ()):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(ASKED)
        (known,) = cursor.fetchone()
    if known:
        return []
    return [
        Warning(
            "The locale of the database knows no letters beyond ASCII: near spellings of Japanese names and terms of "
            "the glossary with other letters are not found.",
            hint=ADVICE,
            id="nenpyo.W002",
        )
    ]

"""Events: the names of what is told, their fields, and the line. Never words of a draft, never a secret."""

import logging
from contextlib import suppress
from enum import StrEnum
from typing import Any

from django.db import DatabaseError, connection, transaction

from config.logs import current_request, request_id
from timeline.clients import address_of

logger = logging.getLogger("timeline.audit")


class Event(StrEnum):
    """What is told; `FIELDS` has what of it."""

    SIGNED_IN = "sign_in.good"
    NOT_SIGNED_IN = "sign_in.bad"
    LOCKED = "sign_in.locked"
    SIGNED_OUT = "sign_out"
    CODE_GOOD = "second_factor.good"
    CODE_BAD = "second_factor.bad"
    CODE_LOCKED = "second_factor.locked"
    FACTOR_SET_UP = "second_factor.set_up"
    FACTOR_RENEWED = "second_factor.renewed"
    FACTOR_REMOVED = "second_factor.removed"
    FACTOR_RESET = "second_factor.reset"
    REFUSED = "refusal"
    PUBLISHED = "publication"
    WITHDRAWN = "withdrawal"
    DELETED = "deletion"
    PRIVACY = "privacy"
    REDACTED = "redaction"
    IMPORTED = "import"
    IMPORT_UNDONE = "import.undone"
    MERGED = "merge"
    MERGE_UNDONE = "merge.undone"
    TRANSLATED = "translation"
    EXPORTED = "export"
    ACCOUNT_MADE = "account.made"
    ACCOUNT_REMOVED = "account.removed"
    ACCOUNT_OFF = "account.off"
    ACCOUNT_ON = "account.on"
    PASSWORD = "password.changed"  # noqa: S105 (a word)
    ROLE_GIVEN = "role.given"
    ROLE_TAKEN = "role.taken"
    ROLE_CHANGED = "role.changed"
    BACKED_UP = "backup"
    RESTORED = "restore"


_OF_AN_ACCOUNT = ("of", "of_name")
_OF_AN_OBJECT = ("type", "id")
FIELDS: dict[Event, tuple[str, ...]] = {
    Event.LOCKED: ("tried", "until"),
    Event.CODE_GOOD: ("recovery",),
    Event.CODE_LOCKED: ("until",),
    Event.REFUSED: ("method", "path", "status"),
    Event.PUBLISHED: (*_OF_AN_OBJECT, "revision"),
    Event.WITHDRAWN: _OF_AN_OBJECT,
    Event.DELETED: _OF_AN_OBJECT,
    Event.PRIVACY: (*_OF_AN_OBJECT, "change"),
    Event.REDACTED: (*_OF_AN_OBJECT, "version", "reason"),
    Event.IMPORTED: ("id",),
    Event.IMPORT_UNDONE: ("id",),
    Event.MERGED: ("id", "type", "kept", "removed"),
    Event.MERGE_UNDONE: ("id", "type", "kept", "removed"),
    Event.TRANSLATED: ("language", "type", "record", "segments", "reviewed", "corrections"),
    Event.EXPORTED: ("what", "format"),
    Event.ACCOUNT_MADE: _OF_AN_ACCOUNT,
    Event.ACCOUNT_REMOVED: _OF_AN_ACCOUNT,
    Event.ACCOUNT_OFF: _OF_AN_ACCOUNT,
    Event.ACCOUNT_ON: _OF_AN_ACCOUNT,
    Event.PASSWORD: _OF_AN_ACCOUNT,
    Event.ROLE_GIVEN: (*_OF_AN_ACCOUNT, "roles"),
    Event.ROLE_TAKEN: (*_OF_AN_ACCOUNT, "roles"),
    Event.ROLE_CHANGED: ("role", "change"),
    Event.BACKED_UP: ("file", "bytes"),
    Event.RESTORED: ("file",),
}
"""Beside ``account``, ``name`` and ``address``, which each has."""

GRAVE = {Event.NOT_SIGNED_IN, Event.LOCKED, Event.CODE_BAD, Event.CODE_LOCKED, Event.REFUSED}
"""Told as warnings."""


def tell(event: Event, *, by: Any = None, **fields: Any) -> None:
    """Write the line, once what it tells is certain. ``by`` is the account, when it is not who asks."""
    if fields.keys() != set(FIELDS.get(event, ())):
        raise TypeError(f"{event} tells {FIELDS.get(event, ())}, not {tuple(fields)}")
    request = current_request()
    account = name = None
    with suppress(DatabaseError):  # who asks is looked up when first asked for
        user = by if by is not None else getattr(request, "user", None)
        if user is not None and user.pk is not None:
            account, name = user.pk, user.get_username()
    address = address_of(request) if request else None
    told = {
        "event": str(event),
        "request": request_id(request),
        "account": account,
        "name": name,
        "address": address or None,
        **fields,
    }
    level = logging.WARNING if event in GRAVE else logging.INFO
    if connection.in_atomic_block:
        transaction.on_commit(lambda: _write(level, told))
    else:  # also while the database is away
        _write(level, told)


def _write(level: int, told: dict[str, Any]) -> None:
    logger.log(level, "%s", told["event"], extra={"fields": told})

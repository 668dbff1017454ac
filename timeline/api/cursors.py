"""Cursors, where a page of a list starts: opaque to clients, and good when rows come and go.

It names a place in the order of the list (keyset paging), so the last page costs what the
first one does. Inside it is ``after`` or ``before`` and the key of a row, joined by "~".
"""

import base64
import binascii
import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from .http import ApiError

MAX_LENGTH = 400
SEPARATOR = "~"
SLUG = re.compile(r"[-\w]{1,120}", re.ASCII)
NUMBER = re.compile(r"\d{1,9}", re.ASCII)
LONG_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


def write(text: str) -> str:
    """A cursor that says ``text``."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=") if text else ""


def read(cursor: str) -> str:
    """What a cursor says. Raises :class:`ApiError` when it is none of ours."""
    try:
        if len(cursor) > MAX_LENGTH:
            raise ValueError
        raw = cursor.encode("ascii")
        return base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise bad_cursor() from error


def bad_cursor() -> ApiError:
    """What a client is told whose cursor names no place."""
    message = _("This cursor names no place in the list. Leave it out, or take one from “links”.")
    return ApiError.of_parameters([("cursor", message)])


def slug(text: str) -> str:
    """Read a slug. Raises ValueError."""
    if not SLUG.fullmatch(text):
        raise ValueError(text)
    return text


def number(text: str) -> int:
    """Read a whole number of the size of a counter. Raises ValueError."""
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def row_id(text: str) -> int:
    """Read the id of a row. Raises ValueError."""
    if not LONG_NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def date(text: str) -> datetime.date:
    """Read a day. Raises ValueError."""
    return datetime.date.fromisoformat(text)


def moment(text: str) -> datetime.datetime:
    """Read a point in time with its offset from UTC. Raises ValueError."""
    value = datetime.datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(text)
    return value


@dataclass
class CursorPage[Row]:
    """Some rows of a list, and the cursors of the pages before and after; empty where there is none."""

    rows: list[Row] = field(default_factory=list)
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Order:
    """A total order of rows: columns, and how their values are read from a cursor."""

    columns: dict[str, Callable[[str], Any]]
    descending: bool = False

    def page[Row](self, rows: QuerySet[Any, Row], cursor: str, limit: int) -> CursorPage[Row]:
        """The page of ``rows`` that ``cursor`` asks for: one query, two behind the first page.

        Raises :class:`ApiError` for a cursor that is none of ours.
        """
        if not cursor:
            found = list(self._sorted(rows)[: limit + 1])
            return self._page(found[:limit], has_after=len(found) > limit)
        backwards, values = self._place(cursor)
        found = list(self._beyond(rows, values, backwards=backwards)[: limit + 1])
        has_more = len(found) > limit
        found = found[:limit]
        if backwards:
            return self._page(found[::-1], has_before=has_more, has_after=True)
        has_before = bool(found) and self._beyond(rows, self._values(found[0]), backwards=True).exists()
        return self._page(found, has_before=has_before, has_after=has_more)

    def _page(self, rows: list[Any], *, has_before: bool = False, has_after: bool = False) -> CursorPage[Any]:
        if not rows:
            return CursorPage()
        before = self._cursor("before", rows[0]) if has_before else ""
        return CursorPage(rows, before, self._cursor("after", rows[-1]) if has_after else "")

    def _place(self, cursor: str) -> tuple[bool, list[Any]]:
        way, *texts = read(cursor).split(SEPARATOR)
        try:
            values = [parse(text) for parse, text in zip(self.columns.values(), texts, strict=True)]
        except ValueError as error:
            raise bad_cursor() from error
        if way not in ("after", "before"):
            raise bad_cursor()
        return way == "before", values

    def _values(self, row: Any) -> list[Any]:
        return [getattr(row, column) for column in self.columns]

    def _cursor(self, way: str, row: Any) -> str:
        texts = [value.isoformat() if hasattr(value, "isoformat") else str(value) for value in self._values(row)]
        return write(SEPARATOR.join([way, *texts]))

    def _sorted[Row](self, rows: QuerySet[Any, Row], *, backwards: bool = False) -> QuerySet[Any, Row]:
        sign = "-" if self.descending != backwards else ""
        return rows.order_by(*(f"{sign}{column}" for column in self.columns))

    def _beyond[Row](self, rows: QuerySet[Any, Row], values: list[Any], *, backwards: bool) -> QuerySet[Any, Row]:
        way = "lt" if self.descending != backwards else "gt"
        wanted = Q()
        equal: dict[str, Any] = {}
        for column, value in zip(self.columns, values, strict=True):
            wanted |= Q(**equal, **{f"{column}__{way}": value})
            equal[column] = value
        return self._sorted(rows.filter(wanted), backwards=backwards)

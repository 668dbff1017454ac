"""Lists as tables for spreadsheets: columns of their own, and cells that no program takes for a formula.

DECISIONS 19.
"""

from collections.abc import Callable
from typing import Any

from django.utils.encoding import force_str
from wagtail.admin.views.mixins import SpreadsheetExportMixin

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection")."""

Exported = dict[str, tuple[Any, Callable[[Any], Any]]]
"""The columns of an export: a name, its heading and what it says of a row."""


def harmless(value: Any) -> Any:
    """A cell that stays text: what begins like a formula begins with an apostrophe instead."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


_plain = SpreadsheetExportMixin.preprocess_field_value


def _guarded(self: SpreadsheetExportMixin, field: str, value: Any, export_format: str) -> Any:
    return harmless(_plain(self, field, value, export_format))


def guard_all() -> None:
    """Guard every export of the admin, Wagtail's own lists and reports included: they share this one method."""
    SpreadsheetExportMixin.preprocess_field_value = _guarded


class ExportsColumns:
    """A list that exports the columns of ``exported``, whatever the page shows."""

    exported: Exported = {}

    @property
    def list_export(self) -> list[str]:
        return list(self.exported)

    def get_heading(self, _queryset: Any, field: str) -> str:
        return force_str(self.exported[field][0])

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        return {name: accessor(item) for name, (_heading, accessor) in self.exported.items()}

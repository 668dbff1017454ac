"""Lists as tables for spreadsheets: columns of their own, and cells that no program takes for a formula.

DECISIONS 19.
"""

from collections.abc import Callable
from typing import Any

from django.utils.encoding import force_str
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from timeline.audit.events import Event, tell

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


_made = SpreadsheetExportMixin.as_spreadsheet


def _told(self: SpreadsheetExportMixin, queryset: Any, spreadsheet_format: str) -> Any:
    tell(Event.EXPORTED, what=self.request.resolver_match.view_name, format=spreadsheet_format)
    return _made(self, queryset, spreadsheet_format)


def guard_all() -> None:
    """Guard every export of the admin, and tell of it; Wagtail's lists and reports share these methods with ours."""
    SpreadsheetExportMixin.preprocess_field_value = _guarded
    SpreadsheetExportMixin.as_spreadsheet = _told


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

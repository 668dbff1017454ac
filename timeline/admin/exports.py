"""Lists as tables for spreadsheets: columns of their own, and cells that no program runs or changes.

DECISIONS 19.
"""

from collections.abc import Callable
from typing import Any

from django.utils.encoding import force_str
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from timeline.audit.events import Event, tell
from timeline.spreadsheets import guarded

Exported = dict[str, tuple[Any, Callable[[Any], Any]]]
"""The columns of an export: a name, its heading and what it says of a row."""


_plain = SpreadsheetExportMixin.preprocess_field_value


def _guarded(self: SpreadsheetExportMixin, field: str, value: Any, export_format: str) -> Any:
    """A cell that stays text; the cells of a workbook have types, those of CSV are guessed at."""
    cell = _plain(self, field, value, export_format)
    return guarded(cell, whole=export_format == self.FORMAT_CSV) if isinstance(cell, str) else cell


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

"""How the rows of a form are sent: stored ones as what they hold, and the blank one of each kind once.

Rendered as rows, a form of sixteen statements had 900 KB, of which nine tenths were the same in all of them. The
browser makes the rows (``static/admin-rows.js``). Blank ones of an entry are the same in every form and are fetched
once, as a script whose address changes when they do; those that list records to select from stand in the form.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.db.models import Model
from django.forms.boundfield import BoundField
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import check_for_language, get_language, override
from wagtail.admin.auth import require_admin_access
from wagtail.admin.widgets import BaseChooser
from wagtail.models import Page, get_page_models

# -- stored rows --------------------------------------------------------------------------


def stored_row(form: Any, number: int) -> SafeString:
    """A row as what its fields hold, hidden, and what those of the rows below it hold.

    The browser makes of it the row to write in (``static/admin-rows.js``). Sent as it is it loses nothing.
    """
    position = form[ORDERING_FIELD_NAME]
    fields = [_hidden(bound) for bound in form if bound is not position]
    order = _hidden(position, position.value() or number + 1)
    below = [
        format_html(
            '<div data-stored-rows="{}">{}{}</div>',
            formset.prefix,
            mark_safe("".join(map(_hidden, formset.management_form))),  # noqa: S308 - from ``format_html``
            mark_safe("".join(stored_row(row, place) for place, row in in_order(formset))),  # noqa: S308 - the same
        )
        for formset in getattr(form, "formsets", {}).values()
    ]
    content = mark_safe("".join([*fields, order, *below]))  # noqa: S308 - the same
    return format_html('<div data-stored-row="{}">{}</div>', number, content)


def _hidden(bound: BoundField, value: Any = None) -> SafeString:
    """What a field holds, hidden; a record also with what its chooser shows."""
    widget = bound.field.widget
    value = bound.value() if value is None else value
    shown: dict[str, Any] = {}
    if isinstance(widget, BaseChooser):
        chosen = widget.get_value_data(value) or {}
        value = chosen.get("id")
        if chosen:
            preview = chosen.get("preview", {}).get("url")  # of a picture
            shown = {"title": chosen.get(widget.display_title_key), "url": chosen.get("edit_url"), "preview": preview}
    elif isinstance(widget, forms.CheckboxInput):
        if not widget.check_test(value):
            return SafeString()
        value = "on"
    elif isinstance(widget, forms.Select):
        value = "".join(widget.format_value(value))
    else:
        value = widget.format_value(value)
    attributes = format_html_join("", ' data-{}="{}"', ((name, text or "") for name, text in shown.items()))
    filled = "" if value is None else value
    return format_html('<input type="hidden" name="{}" value="{}"{}>', bound.html_name, filled, attributes)


def in_order(formset: Any) -> list[tuple[int, Any]]:
    """The rows of a form with their numbers, as they are, or as the editor put them though something else is amiss."""
    rows = list(enumerate(formset.forms))
    if formset.is_valid():
        rows.sort(key=lambda row: row[1].cleaned_data[ORDERING_FIELD_NAME] or 1)
    return rows


def row_as_written(rows: Any, row: Any) -> str:
    """A row with fields to write in."""
    return render_to_string(
        "wagtailadmin/panels/inline_panel_child.html", {"self": rows, "child": row, "can_order": True}
    )


# -- blank rows ---------------------------------------------------------------------------


def offers_records(form_class: Any) -> bool:
    """Whether a form, or a form within it, lists records to select from: tomorrow there may be more."""
    return any(
        isinstance(field, forms.ModelChoiceField) and isinstance(field.widget, forms.Select)
        for field in form_class.base_fields.values()
    ) or any(offers_records(formset.form) for formset in form_class.formsets.values())


class BlankRow:
    """The row that the button adds, and of which the browser makes the stored ones.

    That of a statement, figure or disagreement holds those of the rows below it, so it is rendered once in a language.
    """

    def __init__(self, rows: Any) -> None:
        self.rows = rows
        prefix = rows.formset.add_prefix("__prefix__")
        delete = SimpleNamespace(id_for_label=f"id_{prefix}-{DELETION_FIELD_NAME}")
        self.form = SimpleNamespace(prefix=prefix, DELETE=delete)

    def render_form_content(self) -> SafeString:
        return self.rows.bind_row(self.rows.formset.empty_form, "__prefix__").render_form_content()

    def render(self) -> SafeString:
        rows = self.rows
        if offers_records(rows.formset.form):
            return mark_safe(self._html())  # noqa: S308 - as it was rendered
        kept: dict[str, str] = rows.panel.__dict__.setdefault("blank_rows", {})
        language = get_language() or ""
        if language not in kept:
            kept[language] = self._html().replace(rows.formset.prefix, "\0")
        html = kept[language].replace("\0", rows.formset.prefix)
        return mark_safe(html)  # noqa: S308 - as it was rendered, with other ids

    def _html(self) -> str:
        return re.sub(r"\n\s+", "\n", row_as_written(self.rows, self))


def blank_row(rows: Any) -> str:
    """The blank row of a panel, for its form; nothing if the browser fetches it."""
    is_fetched = issubclass(rows.panel.model, Page) and not offers_records(rows.formset.form)
    return "" if is_fetched else rows.empty_child.render()


# -- blank rows that are fetched ----------------------------------------------------------


class Script(NamedTuple):
    """The blank rows of a kind of page in a language, and what they are known by."""

    code: str
    digest: str


@cache
def script_of(model: type[Page], language: str) -> Script:
    with override(language):
        handler = model.get_edit_handler()
        form = handler.get_form_class()(instance=model())
        bound = handler.get_bound_panel(instance=form.instance, form=form)
        blank = {rows.formset.prefix: rows.empty_child.render() for rows in _panels_of_rows(bound)}
    code = f"const blankRows = {json.dumps(blank)};"
    return Script(code, hashlib.sha256(code.encode()).hexdigest()[:12])


def _panels_of_rows(panel: Any) -> Iterator[Any]:
    if isinstance(getattr(panel, "empty_child", None), BlankRow) and not offers_records(panel.formset.form):
        yield panel
    for child in getattr(panel, "children", []):
        yield from _panels_of_rows(child)


def fetched_for(model: type[Model]) -> list[str]:
    """The addresses of what a form fetches for its rows."""
    if not issubclass(model, Page):
        return []
    language = get_language() or settings.LANGUAGE_CODE
    known_by = {"model": model._meta.label_lower, "language": language, "digest": script_of(model, language).digest}
    return [reverse("timeline_blank_rows", kwargs=known_by)]


@require_admin_access
def blank_rows(request: HttpRequest, model: str, language: str, digest: str) -> HttpResponse:
    """The script, to be kept by the browser; while servers are of two versions it may be asked for another."""
    kind = next((kind for kind in get_page_models() if kind._meta.label_lower == model), None)
    if kind is None or not check_for_language(language):
        raise Http404
    script = script_of(kind, language)
    response = HttpResponse(script.code, content_type="text/javascript")
    keep = "private, max-age=31536000, immutable" if digest == script.digest else "no-store"
    response.headers["Cache-Control"] = keep
    return response


# Not among Wagtail's addresses, all of which forbid to keep what they answer.
urlpatterns = [
    path(f"{settings.ADMIN_PATH}rows/<model>/<language>-<slug:digest>.js", blank_rows, name="timeline_blank_rows")
]

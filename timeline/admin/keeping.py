"""What an editor typed and the server does not have: the browser keeps it, and offers it again.

``static/admin-kept.js`` keeps the content of a form from the first keystroke until it is saved, for one form and one
account. Here the server compares such a copy with what it has, shows the form with it, and tells the browser when it
is saved. ``static/admin-session.js`` asks who is signed in and says why nothing is saved meanwhile. DECISIONS 116.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, InlinePanel, Panel
from wagtail.admin.utils import get_user_display_name

COPY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The name of a copy, which its browser made up."""

NOT_WRITTEN = ("ORDER", "DELETE", "comment_notifications")
"""Fields that Wagtail shows as something else than a field."""


def account(request: HttpRequest) -> JsonResponse:
    """Who is signed in, with a token for forms that are open since before that."""
    name = get_user_display_name(request.user)
    response = JsonResponse({"account": str(request.user.pk), "name": name, "token": get_token(request)})
    response.headers["Cache-Control"] = "no-store"
    return response


# Comparing


@dataclass(frozen=True)
class Difference:
    """One field of a form: what is stored, and what was typed."""

    where: str
    stored: str
    typed: str


def differences(stored: Any, typed: Any, where: str = "") -> Iterator[Difference]:
    """What was typed otherwise than it is stored, in the order of the form. What cannot be read counts too."""
    headings = {} if where else headings_of(type(typed.instance).get_edit_handler())
    for bound in written(typed):
        if bound.name in stored.fields:
            before = stored[bound.name]
            if bound.field.has_changed(before.initial, bound.data):
                place = joined(where, headings.get(bound.name) or bound.label)
                yield Difference(place, field_in_words(before), field_in_words(bound))
    for name, formset in getattr(typed, "formsets", {}).items():
        if name != "comments":
            yield from _differing_rows(stored.formsets[name], formset, where)


def _differing_rows(stored: Any, typed: Any, where: str) -> Iterator[Difference]:
    rows = sorted((form for form in typed.forms if not form["DELETE"].value()), key=_order)
    found = _pair(stored.initial_forms, typed.forms)
    pairs = {form: found[form] for form in rows if form in found}
    for number, form in enumerate(rows, 1):
        yield from differences(pairs.get(form, typed.empty_form), form, _numbered(typed, number, where))
    for number, form in enumerate(stored.initial_forms, 1):
        if form not in pairs.values():
            said = joined(*(field_in_words(bound) for bound in written(form)))
            yield Difference(_numbered(typed, number, where), said, _("(removed)"))
    places = [stored.initial_forms.index(pairs[form]) for form in rows if form in pairs]
    if places != sorted(places):
        yield Difference(joined(where, capfirst(typed.model._meta.verbose_name_plural)), "", _("(in another order)"))


def _pair(stored: list[Any], typed: list[Any]) -> dict[Any, Any]:
    """Which stored row each typed one is: that of its id, and for rows that know of none the next that is left.

    A draft gives new rows their ids when it saves itself; the form that sent them does not hear of all.
    """
    pairs = {form: row for form in typed for row in stored if _ids(form) & _ids(row)}
    new = [form for form in typed if not _ids(form)]
    left = [row for row in stored if row not in pairs.values()]
    return pairs | dict(zip(new, left, strict=False))


def _ids(form: Any) -> set[str]:
    """What a row is known by: its id, and the one that readers see."""
    known = {(name, str(form[name].value() or "")) for name in ("public_id", "id") if name in form.fields}
    return {f"{name} {value}" for name, value in known if value}


def _order(form: Any) -> int:
    position = str(form["ORDER"].value() or "") if "ORDER" in form.fields else ""
    return int(position) if position.isdecimal() else 0


def _numbered(formset: Any, number: int, where: str) -> str:
    return joined(where, f"{capfirst(formset.model._meta.verbose_name)} {number}")


def written(form: Any) -> Iterator[Any]:
    """The fields an editor writes in."""
    for bound in form.visible_fields():
        if bound.name not in NOT_WRITTEN and not isinstance(bound.field, forms.FileField):
            yield bound


def headings_of(panel: Panel) -> dict[str, Any]:
    """What the fields of a form are called in it, by their names; those of rows have their labels."""
    if isinstance(panel, FieldPanel):
        return {panel.field_name: panel.heading}
    children = [] if isinstance(panel, InlinePanel) else getattr(panel, "children", [])
    return {name: heading for child in children for name, heading in headings_of(child).items()}


def joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def field_in_words(bound: Any) -> str:
    """The content of a field as an editor reads it, checked or not."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(bound.field, forms.ModelChoiceField):
        try:
            return str(bound.field.to_python(value) or "")
        except forms.ValidationError:
            return str(value)
    if isinstance(bound.field, forms.ChoiceField):
        options = {option.data["value"]: option.choice_label for option in bound.subwidgets}
        return str(options.get(str(value or ""), value or "")) if value else ""
    return str(bound.field.widget.format_value(value) or "")


# Views


class KeepsTyping:
    """A view with a form of which the browser keeps a copy while it is written.

    A copy is posted to the view itself: to be compared with what is stored, or to be shown in the form. Neither
    saves anything.
    """

    keeps_typing = True
    form: Any
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        copy = request.POST.get("kept", "")
        if 300 <= response.status_code < 400 and COPY.fullmatch(copy):
            path, secure = f"/{settings.ADMIN_PATH}", settings.SESSION_COOKIE_SECURE
            # The next page tells the browser by it to throw the copy away.
            response.set_cookie(f"kept-{copy}", "saved", max_age=24 * 3600, path=path, secure=secure, samesite="Lax")
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        match request.GET.get("kept"):
            case "compare":
                return self.compare_copy()
            case "show":
                return self.show_copy()
        return super().post(request, *args, **kwargs)  # type: ignore[misc]

    def compare_copy(self) -> HttpResponse:
        return self.compared(differences(self.stored_form(), self.typed_form()))

    def compared(self, found: Iterable[Difference]) -> HttpResponse:
        """What the copy says otherwise; 204 if that is nothing."""
        listed = list(found)
        if not listed:
            return HttpResponse(status=204)
        return TemplateResponse(self.request, "timeline/admin/kept_comparison.html", {"differences": listed})

    def show_copy(self) -> HttpResponse:
        self.form = self.typed_form()
        return self.shown()

    def shown(self, **context: Any) -> HttpResponse:
        """The page with the copy in its form."""
        messages.info(self.request, _("This is what your browser had kept. Look through it before you go on."))
        return self.render_to_response(self.get_context_data(**context))  # type: ignore[attr-defined]

    def stored_form(self) -> Any:
        raise NotImplementedError

    def typed_form(self) -> Any:
        raise NotImplementedError


class KeepsRecord(KeepsTyping):
    """The form of a record."""

    def stored_form(self) -> Any:
        kwargs = self.get_form_kwargs()  # type: ignore[attr-defined]
        return self.get_form_class()(**{**kwargs, "data": None, "files": None})  # type: ignore[attr-defined]

    def typed_form(self) -> Any:
        return self.get_form()  # type: ignore[attr-defined]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "kept" in request.GET and not hasattr(self, "object"):
            self.object = None
        return super().post(request, *args, **kwargs)


class KeepsPage(KeepsTyping):
    """The form of a page."""

    form_class: Any
    page: Any
    has_unsaved_changes: bool

    def stored_form(self) -> Any:
        return self._form(None)

    def typed_form(self) -> Any:
        form = self._form(self.request.POST)
        form.defer_required_fields()
        return form

    def _form(self, data: Any) -> Any:
        return self.form_class(
            data,
            instance=self.page,
            subscription=self.subscription,  # type: ignore[attr-defined]
            parent_page=self.page.get_parent() if self.page.pk else self.parent_page,  # type: ignore[attr-defined]
            for_user=self.request.user,
        )

    def show_copy(self) -> HttpResponse:
        self.has_unsaved_changes = True
        return super().show_copy()

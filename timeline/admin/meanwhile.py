"""Two editors of one record: what somebody else saved meanwhile is never overwritten unseen.

A record has no versions, so its form says what it held when it was opened, in the field ``opened``. Where the record
says something else by the time it is saved, nothing is: the form comes back with what was typed, and with what the
others changed where nothing was typed. What both changed is listed, and the editor saves again. DECISIONS 186.
"""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name

from timeline.admin.keeping import Difference, KeepsRecord, differences, field_in_words, headings_of, joined, written

OPENED = "opened"

Held = dict[str, Any]
"""What the fields of a form hold, by their names; those of rows behind the name and id of the row, and by the name of
the rows the ids of all, in their order."""


class SaysWhatItHeld(forms.ModelForm):
    """A form that carries along what its record said when it was opened."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields[OPENED] = forms.CharField(required=False, widget=forms.HiddenInput)
            if not self.is_bound:
                self.initial[OPENED] = json.dumps(held(self), cls=DjangoJSONEncoder)


def held(form: Any, prefix: str = "") -> Held:
    """What a form shows that nobody has written in."""
    found = {f"{prefix}{bound.name}": bound.value() for bound in _compared(form)}
    for name, formset in form.formsets.items():
        rows = formset.initial_forms
        found[f"{prefix}{name}"] = [row.instance.pk for row in rows]
        for row in rows:
            found |= held(row, f"{prefix}{name}.{row.instance.pk}.")
    return found


def _compared(form: Any) -> Iterator[Any]:
    """The fields an editor writes in, but for those in which the form itself keeps what was found since."""
    return (bound for bound in written(form) if bound.name not in getattr(form, "kept_since", ()))


class Meanwhile:
    """A form as it was typed, with what others saved since it was opened.

    ``data`` is to be shown; ``found`` says what others changed, and what stands there in the form now.
    """

    def __init__(self, stored: Any, typed: Any, opened: Held) -> None:
        self.opened, self.typed = opened, typed.data
        self.data = QueryDict(mutable=True)
        for key in typed.data:
            if key in typed.fields or "-" not in key:
                self.data.setlist(key, typed.data.getlist(key))
        self.headings = headings_of(type(typed.instance).get_edit_handler())
        self.found = list(self._form(stored, typed, ""))
        self.data[OPENED] = json.dumps(held(stored), cls=DjangoJSONEncoder)

    def _form(self, stored: Any, typed: Any, prefix: str, where: str = "") -> Iterator[Difference]:
        for bound in _compared(typed):
            before = stored[bound.name]
            was, theirs = self.opened.get(f"{prefix}{bound.name}"), before.value()
            if not bound.field.has_changed(was, _raw(before, theirs)):
                continue
            place = joined(where, (not where and self.headings.get(bound.name)) or bound.label)
            if not bound.field.has_changed(was, bound.data):
                self._put(before, stored.add_prefix(bound.name), theirs)
                yield Difference(place, field_in_words(before), _("(taken over)"))
            elif bound.field.has_changed(before.initial, bound.data):
                yield Difference(place, field_in_words(before), field_in_words(bound))
        for name, formset in typed.formsets.items():
            yield from self._rows(stored.formsets[name], formset, f"{prefix}{name}", where)

    def _rows(self, stored: Any, typed: Any, name: str, where: str) -> Iterator[Difference]:
        """The stored rows first, as a form has them, then those that are new in it."""
        ids = [str(pk) for pk in self.opened.get(name, [])]
        mine = {str(form["id"].value()): form for form in typed.forms if form["id"].value()}
        called = capfirst(typed.model._meta.verbose_name)
        known = set()
        for number, row in enumerate(stored.initial_forms):
            pk, place = str(row.instance.pk), joined(where, f"{called} {number + 1}")
            known.add(pk)
            if pk in mine:
                self._copy(mine[pk], row.prefix, [f"{mine[pk].prefix}-{field}" for field in mine[pk].fields])
                changes = list(self._form(row, mine[pk], f"{name}.{pk}.", place))
                if mine[pk]["DELETE"].value():
                    changes = [Difference(place, _row_in_words(row), _("(removed)"))] if changes else []
                yield from changes
            elif pk not in ids:
                self._write(row)
                yield Difference(place, _row_in_words(row), _("(taken over)"))
        new = len(known)
        for form in typed.forms:
            pk = str(form["id"].value() or "")
            if pk in known or form["DELETE"].value():
                continue
            if pk and not self._written_in(form, f"{name}.{pk}."):
                yield Difference(joined(where, called), _("(removed)"), _("(taken over)"))
                continue
            if pk:
                yield Difference(joined(where, called), _("(removed)"), _row_in_words(form))
            prefix = stored.add_prefix(new)
            self._copy(form, prefix, [key for key in self.typed if key.startswith(f"{form.prefix}-")])
            self.data[f"{prefix}-id"] = ""
            new += 1
        now = [str(row.instance.pk) for row in stored.initial_forms]
        if [pk for pk in ids if pk in now] != [pk for pk in now if pk in ids]:
            place = joined(where, capfirst(typed.model._meta.verbose_name_plural))
            yield Difference(place, _("(in another order)"), _("(as in this form)"))
        for key, value in (("TOTAL", new), ("INITIAL", len(known)), ("MIN_NUM", 0), ("MAX_NUM", 1000)):
            self.data[f"{stored.prefix}-{key}_FORMS"] = str(value)

    def _written_in(self, form: Any, prefix: str) -> bool:
        """Whether a row that came with the form says something else than then."""
        return any(
            bound.field.has_changed(self.opened.get(f"{prefix}{bound.name}"), bound.data) for bound in written(form)
        ) or any(row.has_changed() for rows in form.formsets.values() for row in rows.extra_forms)

    def _copy(self, form: Any, prefix: str, keys: list[str]) -> None:
        """Let a row as it was typed stand at another place."""
        for key in keys:
            if key in self.typed:
                self.data.setlist(f"{prefix}{key.removeprefix(form.prefix)}", self.typed.getlist(key))

    def _write(self, row: Any) -> None:
        """Let a stored row stand in the form."""
        for name in row.fields:
            self._put(row[name], row.add_prefix(name), row[name].value())
        for formset in row.formsets.values():
            for child in formset.initial_forms:
                self._write(child)
            number = str(len(formset.initial_forms))
            for key in ("TOTAL", "INITIAL"):
                self.data[f"{formset.prefix}-{key}_FORMS"] = number

    def _put(self, bound: Any, key: str, value: Any) -> None:
        raw = _raw(bound, value)
        if raw is False:
            self.data.pop(key, None)
        else:
            self.data[key] = raw


def _raw(bound: Any, value: Any) -> Any:
    """What a browser sends for a value; False for a box that is not ticked."""
    if isinstance(bound.field, forms.BooleanField):
        return "on" if value else False
    return "" if value is None else str(bound.field.prepare_value(value))


def _row_in_words(row: Any) -> str:
    return joined(*(field_in_words(bound) for bound in written(row)))


class BringsTogether(KeepsRecord):
    """The form of a record that others may save as well."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        # One save after the other: of two pressed at once, the second sees what the first did.
        with transaction.atomic():
            self.model._default_manager.select_for_update().filter(pk=self.object_pk).values_list("pk").first()  # type: ignore[attr-defined]
            self.object = self.get_object()  # type: ignore[attr-defined]
            return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "kept" not in request.GET and self.is_out_of_date:
            return self.tell_conflict()
        return super().post(request, *args, **kwargs)

    def show_copy(self) -> HttpResponse:
        return self.tell_conflict() if self.is_out_of_date else super().show_copy()

    @cached_property
    def opened(self) -> Held:
        """What the record said when the form was opened; nothing if the form does not tell."""
        try:
            said = json.loads(self.request.POST.get(OPENED, ""))
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    @cached_property
    def is_out_of_date(self) -> bool:
        """Whether the record says something else than when the form was opened."""
        return bool(self.opened) and self.opened != json.loads(self.stored_form()[OPENED].value())

    def tell_conflict(self) -> HttpResponse:
        """The form again, with all that was typed and what others saved; nothing is saved."""
        stored, typed = self.stored_form(), self.typed_form()
        if not any(differences(stored, typed)):
            messages.info(self.request, _("This was saved already; nothing has changed since."))
            return redirect(self.get_success_url())  # type: ignore[attr-defined]
        meanwhile = Meanwhile(stored, typed, self.opened)
        self.request.POST = meanwhile.data  # type: ignore[assignment]
        self.form = self.typed_form()
        logged = self.get_last_updated_info()  # type: ignore[attr-defined]
        who = get_user_display_name(logged.user) if logged and logged.user else _("Somebody")
        context = {
            "who": _("You") if logged and logged.user == self.request.user else who,
            "when": logged and logged.timestamp,
            "differences": meanwhile.found,
        }
        messages.warning(self.request, render_to_string("timeline/admin/conflict_of_record.html", context))
        response = self.render_to_response(self.get_context_data(form=self.form))  # type: ignore[attr-defined]
        response.status_code = HTTPStatus.CONFLICT
        return response

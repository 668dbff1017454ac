"""Rows below an entry or a record: what they keep, and how they answer a mistake.

The panels here are Wagtail's, with two additions: a broken constraint answers with
its own sentence, and what keeps an entry from being published shows at its rows.
"""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.db.models import UniqueConstraint
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.compare import ChildRelationComparison
from wagtail.admin.forms.models import WagtailAdminModelForm, register_form_field_override
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultipleChooserPanel, Panel
from wagtail.admin.panels.base import get_form_for_model
from wagtail.admin.telepath import JSContext
from wagtail.admin.widgets import AdminAutoHeightTextInput

from timeline.admin.sent_rows import BlankRow, blank_row, fetched_for, in_order, row_as_written, stored_row
from timeline.choices import Unit
from timeline.models.fields import PlainTextField
from timeline.models.link import NEEDLESS_TRANSLATION, record_fields
from timeline.models.statement import ROW_ID

# Wagtail's text boxes that grow with their text, for our text field as for Django's.
register_form_field_override(PlainTextField, override={"widget": AdminAutoHeightTextInput}, exact_class=True)


RowField = partial(FieldPanel, disable_comments=True)
"""A field of a row. Wagtail's comments cannot be attached there; their buttons would only be hidden."""


class Forgiving(WagtailAdminModelForm):
    """A form that saves what can be saved while an editor is still typing.

    The draft saves itself twice a second. What cannot be read yet (half a date, "25,") stays
    in the open form with its sentence (see ``notes``); the draft keeps its last good value,
    and everything else is saved. A button pressed by the editor is answered in full.
    """

    together: ClassVar[list[str]] = []
    """Fields that a constraint compares: if they contradict each other, all go back."""

    def __init__(self, *args: Any, forgiving: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_forgiving(forgiving)

    def set_forgiving(self, forgiving: bool) -> None:
        self.forgiving = forgiving
        self.forgiven: dict[str, list[str]] = {}
        if forgiving:
            for formset in self.formsets.values():
                formset.forgiving = True
                for form in formset.forms:
                    if isinstance(form, Forgiving):
                        form.set_forgiving(True)

    def full_clean(self) -> None:
        super().full_clean()
        if self.forgiving and self._errors:
            wrong = set(self._errors) - {NON_FIELD_ERRORS}
            if NON_FIELD_ERRORS in self._errors:
                wrong |= set(self.together)
            for name in wrong:
                self.keep_last_good(name)
            for name, errors in self._errors.as_data().items():
                said = [text for error in errors if error.code != "required" for text in error.messages]
                at = name if name in self.fields else next(iter(self.together or self.fields))
                self.forgiven.setdefault(at, []).extend(said)
            self._errors.clear()

    def keep_last_good(self, name: str) -> None:
        try:
            field = self.instance._meta.get_field(name)
        except FieldDoesNotExist:
            return
        if any(self.has_error(name, code) for code in ("long_quotation", NEEDLESS_TRANSLATION)):
            return  # it can be stored, and is refused when it is published
        value = self.initial.get(name, field.get_default())
        setattr(self.instance, field.attname, field.to_python(value))


def _row_id(known: str, value: str) -> None:
    """Refuse what is no id; the one that a row has already is its own, however it came by it."""
    if value != known and not ROW_ID.fullmatch(value):
        raise ValidationError(gettext("Enter a valid value."))


class RowForm(Forgiving):
    """A row. One with a public id keeps it, whatever happens to the row in the database.

    A published entry keeps its new rows in the draft alone; they have no database id
    yet, so each save would make a new row with a new public id if the form did not
    carry it along.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if hasattr(self.instance, "uid"):
            known = self.instance.uid if kwargs.get("instance") else ""
            self.fields["public_id"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=known, validators=[partial(_row_id, known)]
            )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk is None and (known := self.cleaned_data.get("public_id")):
            self.instance.uid = known
        # Rows of one parent repeat each other in its form or nowhere: the formset looks, without
        # a query a row. What the other constraints say, the models say in ``clean`` too.
        self._validate_unique = self._validate_constraints = False
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """The records chosen have been found by their fields; the model would look for each again."""
        return super()._get_validation_exclusions() | {field.name for field in record_fields(self._meta.model)}


class FigureForm(RowForm):
    """A figure: a currency says that it is money."""

    together: ClassVar[list[str]] = ["value", "low", "high", "unit", "currency"]

    def clean_unit(self) -> str:
        unit = self.cleaned_data["unit"]
        return unit or (Unit.MONEY if self.data.get(self.add_prefix("currency")) else "")


class RowFormSet(BaseChildFormSet):
    """Rows whose duplicates are answered with the sentence of the constraint they break."""

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)
        setattr(form.instance, self.fk.name, self.instance)  # so that a row may compare itself with its parent
        return form

    def add_fields(self, form: Any, index: int | None) -> None:
        """Which row it is, without a query a row; one that somebody deleted meanwhile is saved as a new one."""
        super().add_fields(form, index)
        name = self._pk_field.name
        form.fields[name] = forms.IntegerField(
            required=False, initial=form.fields[name].initial, widget=forms.HiddenInput
        )

    forgiving = False

    def save(self, commit: bool = True) -> Any:
        """As modelcluster's; a row that comes without the id that it got meanwhile takes the place of that one."""
        saved = super().save(commit=commit)
        rows = getattr(self.instance, self.rel_name)
        again = {row.uid for row in saved if row.pk is None and hasattr(row, "uid")}
        rows.remove(*(row for row in rows.all() if row.pk is not None and getattr(row, "uid", "") in again))
        return saved

    def clean(self, *args: Any, **kwargs: Any) -> None:
        super().clean(*args, **kwargs)
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, ExclusionConstraint):
                self._refuse_second(constraint)

    def validate_unique(self) -> None:
        if not self.forgiving:
            return super().validate_unique()
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, UniqueConstraint):
                self._blank_repeated(constraint)
        return None

    def _blank_repeated(self, constraint: UniqueConstraint) -> None:
        """A second row for one record is saved without the record, until the editor decides."""
        seen = set()
        for form in self.forms:
            if form in self.deleted_forms:
                continue
            row = form.instance
            values = tuple(row.serializable_value(name) for name in constraint.fields if name != self.fk.name)
            if values in seen:
                for field in record_fields(self.model):
                    setattr(row, field.attname, None)
                    form.forgiven[field.name] = [str(constraint.get_violation_error_message())]
            seen.add(values)

    def _refuse_second(self, constraint: ExclusionConstraint) -> None:
        """At most one row may meet the condition, such as one preferred account."""
        wanted: Any = constraint.condition
        meeting = [
            form
            for form in self.forms
            if form not in self.deleted_forms
            and all(getattr(form.instance, name) == value for name, value in wanted.children)
        ]
        if self.forgiving:
            for form in meeting[1:]:
                for name, _value in wanted.children:
                    setattr(form.instance, name, form.instance._meta.get_field(name).get_default())
        elif len(meeting) > 1:
            raise ValidationError(str(constraint.get_violation_error_message()))

    def get_unique_error_message(self, unique_check: tuple[str, ...]) -> str:
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.fields == unique_check:
                return str(constraint.get_violation_error_message())
        return super().get_unique_error_message(unique_check)

    def get_form_error(self) -> str:
        return gettext("This row repeats another one.")


class _Rows:
    """What the two panels below have in common."""

    form_class: type[RowForm] = RowForm

    def get_form_options(self) -> dict[str, Any]:
        options = super().get_form_options()  # type: ignore[misc]
        child = self.child_edit_handler.get_form_options()  # type: ignore[attr-defined]
        options["formsets"][self.relation_name] |= {  # type: ignore[attr-defined]
            "formset": RowFormSet,
            "form": get_form_for_model(
                self.db_field.related_model,  # type: ignore[attr-defined]
                form_class=self.form_class,
                defer_required_on_fields=child.get("defer_required_on_fields", []),
            ),
        }
        return options

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "form_class": self.form_class}  # type: ignore[misc]


class RowsComparison(ChildRelationComparison):
    """What changed in some rows between two versions, also when they are rows of a row.

    Wagtail shows the rows of an entry and leaves out theirs: a citation that was
    added to a statement or taken from it would go unseen.
    """

    def htmldiff(self) -> SafeString:
        rows = self.get_child_comparisons()
        return render_to_string("timeline/admin/compare_rows.html", {"rows": rows})


class _BoundRows:
    template_name = "timeline/admin/rows_panel.html"
    panel: Any
    form: Any
    request: Any
    prefix: str

    def __init__(self, **kwargs: Any) -> None:
        # Not by way of InlinePanel, which would build a panel for every field of every row.
        Panel.BoundPanel.__init__(self, **kwargs)
        self.label = self.panel.label
        if self.form is None:
            return
        self.formset = self.form.formsets[self.panel.relation_name]
        self.empty_child = BlankRow(self)  # as Wagtail calls it

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["admin-rows.js", *fetched_for(self.panel.model)])  # type: ignore[misc]

    @property
    def blank(self) -> str:
        """The blank row; nothing if the browser fetches it."""
        return blank_row(self)

    @property
    def rows(self) -> list[str]:
        """The rows as they are sent: those with a mistake as the editor sees them, with what is said of it."""
        return [
            row_as_written(self, self.bind_row(form, number))
            if form.is_bound and not form.is_valid()
            else stored_row(form, number)
            for number, form in in_order(self.formset)
        ]

    def bind_row(self, form: Any, number: int | str) -> Any:
        form.fields[DELETION_FIELD_NAME].widget = forms.HiddenInput()
        place = {"value": number + 1} if isinstance(number, int) else {}
        form.fields[ORDERING_FIELD_NAME].widget = forms.HiddenInput(attrs=place)
        return self.panel.child_edit_handler.get_bound_panel(
            instance=form.instance, request=self.request, form=form, prefix=f"row-{form.prefix}"
        )

    def get_comparison(self) -> list[partial]:
        stock = super().get_comparison()  # type: ignore[misc]
        return [partial(RowsComparison, *each.args, **each.keywords) for each in stock]

    @property
    def problems(self) -> list[str]:
        """What keeps the entry from being published here (see ``entries.EntryForm``)."""
        return getattr(self.form, "panel_problems", {}).get(self.panel.relation_name, [])


class RowsPanel(_Rows, InlinePanel):
    """Rows that are written."""

    def __init__(self, *args: Any, form_class: type[RowForm] = RowForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form_class = form_class

    class BoundPanel(_BoundRows, InlinePanel.BoundPanel):
        pass


class PickPanel(_Rows, MultipleChooserPanel):
    """Rows that are picked, several at a time, from a chooser."""

    def __init__(self, *args: Any, form_class: type[RowForm] = RowForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form_class = form_class

    class BoundPanel(_BoundRows, MultipleChooserPanel.BoundPanel):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            if self.form is not None:
                self.chooser_widget = self.formset.form.base_fields[self.panel.chooser_field_name].widget
                self.js_context = JSContext()
                self.chooser_widget_telepath_definition = self.js_context.pack(self.chooser_widget)


CITATION = [
    RowField("source"),
    RowField("quotation"),
    FieldRowPanel([RowField("locator"), RowField("language")]),
    RowField("translation"),
]
"""The panels of a row that cites a source."""

"""Likely duplicates: an editor who is about to create a record a second time is asked first."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.postgres.search import TrigramSimilarity
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel

from timeline import search
from timeline.admin.meanwhile import SaysWhatItHeld
from timeline.edition import NAMED
from timeline.models import Person, SearchName, Source, SourceAddress
from timeline.models.record import Record
from timeline.models.source import FoldedTitle
from timeline.names import fold, near, strip_control
from timeline.web.addresses import address_key

MOST = 5
"""More candidates than an editor would compare are not shown."""

COMPARED = 100
"""Names that are compared in full with one that was typed."""

NEW = "new"
"""The answer that creates the record all the same."""

# Finding


def at_addresses(urls: Iterable[str]) -> QuerySet[Source]:
    """Sources whose address, or one of whose further addresses, leads to the page of one of ``urls``."""
    keys = {key for url in urls if (key := address_key(url))}
    further = SourceAddress.objects.filter(address_key__in=keys).values("source")
    return Source.objects.filter(Q(address_key__in=keys) | Q(pk__in=further))


def similar_sources(urls: Iterable[str], title: str) -> list[Source]:
    """Sources at one of the addresses or, where one of the two has none, with the same title."""
    urls = [url for url in urls if url.strip()]
    same_title = Source.objects.alias(folded=FoldedTitle("title")).filter(
        folded=FoldedTitle(Value(strip_control(title)))
    )
    same_title = same_title.exclude(folded="")
    found = at_addresses(urls).values("pk") if urls else Source.objects.none().values("pk")
    wanted = Q(pk__in=found) | Q(pk__in=(same_title.filter(url="") if urls else same_title).values("pk"))
    return list(Source.objects.filter(wanted).select_related("publisher")[:MOST])


def similar_records(model: type[Record], typed: Iterable[str]) -> list[Record]:
    """Records of a kind with a name, alias or misprint like one of those typed."""
    names = [name for name in typed if name.strip()]
    known = list(model.objects.values_list("pk", "name")) if model not in NAMED else _alike(model, names)
    ids = {pk for pk, other in known if any(near(name, other) for name in names)}
    return list(model.objects.filter(pk__in=ids)[:MOST])


def _alike(model: type[Record], names: list[str]) -> list[tuple[int, str]]:
    """The ids and names of the records that are the likeliest to be meant, by letters that stand together."""
    stored = SearchName.objects.filter(kind=model._meta.model_name)
    found: list[tuple[int, str]] = []
    for name in names:
        alike = stored.filter(Q(folded__trigram_similar=fold(name)) | Q(key=search.name_key(name)))
        alike = alike.order_by(TrigramSimilarity("folded", fold(name)).desc(), "pk")
        found += alike.values_list("record", "name")[:COMPARED]
    return found


# Asking


class AskFirst(forms.ModelForm):
    """A form that asks before it creates a record like one that exists.

    The question is a choice: take one of the records found, or create a new one.
    """

    field_order = ["similar"]
    similar = forms.ChoiceField(
        label=_("This looks like a record that exists"),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: list[Record] = []
        if self.is_bound and not self.instance.pk:
            self.found = self.find()
        if self.found:
            offers = [(str(record.pk), _("Use “%s”") % record) for record in self.found]
            field = self.fields["similar"]
            field.widget = forms.RadioSelect()
            field.choices = [*offers, (NEW, _("Create a new one anyway"))]  # type: ignore[attr-defined]

    def typed(self, field: str) -> str:
        """What the editor wrote in a field, checked or not."""
        return str(self[field].value() or "") if field in self.fields else ""

    def find(self) -> list[Record]:
        """The records that what was typed may mean."""
        model = self._meta.model
        if model is Source:
            return list(similar_sources([self.typed("url")], self.typed("title")))
        if model is Person:
            return similar_records(model, [f"{self.typed('given_name')} {self.typed('family_name')}"])
        return similar_records(model, [self.typed("name")])

    @property
    def asks_at_top(self) -> bool:
        """Whether the question stands above the fields."""
        return bool(self.found)

    @property
    def existing(self) -> Record | None:
        """The record the editor takes instead of a new one."""
        choice = self.typed("similar")
        return next((record for record in self.found if str(record.pk) == choice), None)

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.existing:
            self.errors.clear()  # nothing that was typed will be saved

    def clean_similar(self) -> str:
        choice = self.cleaned_data["similar"]
        if self.found and not choice:
            message = _("Looks like an existing %(kind)s: %(names)s. Use it, or create a new one anyway.")
            names = ", ".join(f"“{record}”" for record in self.found)
            raise ValidationError(message % {"kind": self._meta.model._meta.verbose_name, "names": names})
        return choice


class RecordForm(SaysWhatItHeld, AskFirst, WagtailAdminModelForm):
    """The form of a record on its own page."""


class SimilarPanel(FieldPanel):
    """The panel of similar records, shown only when there is something to ask."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"field_name": "similar", **kwargs})

    class BoundPanel(FieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            return self.form.asks_at_top

"""The FilterSet: one filter a parameter, each with a decided answer to bad input."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, Filter, FilterSet

from timeline import edtf, search
from timeline.models import PublishedEntry
from timeline.models.querysets import FilterableQuerySet, PublishedEntryQuerySet

from .facets import Options


class BoundField(forms.CharField):
    """A date that limits the list: whatever EDTF accepts; what it refuses is named."""

    def __init__(self, *args: Any, upper: bool, **kwargs: Any) -> None:
        self.upper = upper
        super().__init__(*args, **kwargs)

    def clean(self, value: Any) -> datetime.date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return edtf.to_bound(text) if self.upper else edtf.from_bound(text)
        except edtf.EDTFError as error:
            raise ValidationError(_said(text, error)) from error


def _said(text: str, error: edtf.EDTFError) -> str:
    """An error in a reader's words; EDTF's own sentences speak to an editor with a report at hand."""
    text = Truncator(text).chars(60)
    if error.code == "dateline":
        return _("“%s” is not a date. Write a year, a month such as 2025-12, or a day such as 2025-12-01.") % text
    if error.code in ("year", "month", "day"):
        message = str(error)
        return f"“{text}”: {message[:1].lower()}{message[1:]}"
    return str(error)


class BoundFilter(Filter):
    """``from`` and ``to``; inclusive, so a year as ``to`` means its end."""

    field_class = BoundField


class SlugsField(forms.Field):
    """The values of a repeatable parameter. Question reports the ones nobody knows."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> list[str]:
        return list(dict.fromkeys(value or []))


class SlugsFilter(Filter):
    """Any of the named records: OR inside one parameter, AND between parameters."""

    field_class = SlugsField


class SearchField(forms.CharField):
    """Words to search for; NUL and over-long input are answered in words."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and search.read_query(text) is None:
            raise ValidationError(_("There is no word to search for in “%s”.") % text)
        return text


class SearchFilter(Filter):
    """Full text over headline, summary, statements, names and aliases, sources."""

    field_class = SearchField


class EntryFilterSet(FilterSet):
    """What a reader can ask of the published entries.

    ``options`` are the records the slugs were resolved to; invalid parameters are
    left out of the queryset, never turned into an empty answer.
    """

    q = SearchFilter(method="search", max_length=search.MAX_LENGTH, label=_("Search the text"))
    # "from" is a Python keyword, so the parameter is declared by name.
    vars()["from"] = BoundFilter(method="dated", upper=False, max_length=200, label=_("From"))
    to = BoundFilter(method="dated", upper=True, max_length=200, label=_("To"))
    lane = SlugsFilter(method="about")
    person = SlugsFilter(method="about")
    commodity = SlugsFilter(method="about")
    category = SlugsFilter(method="about")
    organisation = SlugsFilter(method="about")
    publisher = SlugsFilter(method="about")
    source = SlugsFilter(method="about")
    differ = CharFilter(method="differing")

    class Meta:
        model = PublishedEntry
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, options: Options) -> None:
        self.options = options
        super().__init__(data, queryset=PublishedEntry.objects.all())

    def filter_queryset(self, queryset: PublishedEntryQuerySet) -> PublishedEntryQuerySet:
        return self.narrow(queryset, set(self.filters))

    def narrow[Rows: FilterableQuerySet[Any]](self, queryset: Rows, names: set[str]) -> Rows:
        """Apply the filters called ``names`` whose values are good; ``q`` to published entries only."""
        for name, value in self.form.cleaned_data.items():
            if name in names:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    def search(self, queryset: PublishedEntryQuerySet, name: str, value: str) -> PublishedEntryQuerySet:
        query = search.read_query(value)
        return queryset.matching(query) if query is not None else queryset

    def dated[Rows: FilterableQuerySet[Any]](self, queryset: Rows, name: str, value: datetime.date) -> Rows:
        """Both dates as one range, which an index finds sooner than two half-open ones. They go together."""
        start, end = (self.form.cleaned_data.get(bound) for bound in ("from", "to"))
        return queryset if name == "to" and start else queryset.in_period(start, end)

    def about[Rows: FilterableQuerySet[Any]](self, queryset: Rows, name: str, value: list[str]) -> Rows:
        ids = [self.options[name][slug].id for slug in value if slug in self.options[name]]
        return queryset.about(name, ids) if ids else queryset

    def differing[Rows: FilterableQuerySet[Any]](self, queryset: Rows, name: str, value: str) -> Rows:
        return queryset.differing() if value == "1" else queryset

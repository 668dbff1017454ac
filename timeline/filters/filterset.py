"""The FilterSet: the filters of all parameters that are declared, and of no others."""

from functools import cache, cached_property
from typing import Any, Self

from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django_filters import Filter, FilterSet

from timeline import search
from timeline.models import PublishedEntry
from timeline.models.querysets import FilterableQuerySet

from .facets import Condition, Options
from .parameters import filters


class SharedFields(dict[str, forms.Field]):
    """Fields that all forms of a class share: nothing changes them, and Django would copy each for each form."""

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        return self


class EntryFilterSet(FilterSet):
    """What a reader can ask of the published entries.

    ``options`` are the records the slugs were resolved to; invalid parameters are
    left out of the queryset, never turned into an empty answer.
    """

    class Meta:
        model = PublishedEntry
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, options: Options) -> None:
        super().__init__(data, queryset=PublishedEntry.objects.all())
        self.options = options
        self.filters = {name: one.filter() for name, one in filters().items()}
        for one in self.filters.values():
            one.parent = self
        self._reading: search.Reading | None = None

    def reading(self, words: str) -> search.Reading:
        """The words of ``q`` as they are searched for, under all names of what they name: one query, once."""
        if self._reading is None:
            self._reading = search.read(words, search.Names(words))
        return self._reading

    @classmethod
    def get_filters(cls) -> dict[str, Filter]:
        """None beside those of ``PARAMETERS``: nobody would say them, offer them or find them described."""
        if cls.declared_filters:
            raise ImproperlyConfigured(f"Declare {', '.join(cls.declared_filters)} in filters/parameters.py.")
        return {}

    @staticmethod
    @cache
    def get_form_class() -> type[forms.Form]:
        """The form that reads the values, made once."""

        class EntryFilterForm(forms.Form):
            pass

        EntryFilterForm.base_fields = SharedFields({name: one.filter().field for name, one in filters().items()})
        return EntryFilterForm

    @cached_property
    def conditions(self) -> dict[str, Condition]:
        """What each filter that is set asks of unordered entries, for who puts several together: each is made once.

        Two dates are one condition, under the first.
        """
        found = {}
        for name, value in self.form.cleaned_data.items():
            query = self.filters[name].filter(PublishedEntry.objects.unordered(), value).query
            if query.where:
                found[name] = query.where.as_sql(query.get_compiler(connection=connection), connection)
        return found

    def narrow[Rows: FilterableQuerySet[Any]](self, queryset: Rows, names: set[str]) -> Rows:
        """Apply the filters called ``names`` whose values are good; ``q`` to published entries only."""
        for name, value in self.form.cleaned_data.items():
            if name in names:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

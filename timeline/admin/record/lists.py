"""The lists of records: their columns, what they are filtered by, and what they export."""

from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import Truncator
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.models import ReferenceIndex
from wagtail.snippets.views import snippets

from timeline import countries
from timeline.admin import needs
from timeline.admin.counting import FindsIdsFirst
from timeline.admin.exports import Exported, ExportsColumns
from timeline.admin.finding import matching
from timeline.admin.imports import LinksToImports
from timeline.admin.source.archiving import ArchivingFilter
from timeline.admin.source.links import LinkFilter
from timeline.admin.uses import MOST_READ
from timeline.models import (
    Category,
    Commodity,
    EntryPage,
    FacetTotal,
    FigureSeries,
    Organisation,
    Person,
    Source,
    StateLine,
    Storyline,
    Term,
)
from timeline.models.record import Record

FACETS = {Organisation: ["organisation", "publisher"]}
"""The totals of a kind of record, where it has more than that of its name."""


class CountOfDistinct(needs.CountOf):
    """How many different rows a subquery has."""

    template = "(SELECT COUNT(DISTINCT counted) FROM (%(subquery)s) AS counted)"


def uses_in_words(record: Any) -> int | str:
    """How many use a record, or at least how many."""
    if not record.has_more_uses:
        return record.uses
    return gettext("at least %(number)s") % {"number": number_format(record.uses, force_grouping=True)}


class UsesColumn(Column):
    """How many records and entries use this one, linked to their list."""

    cell_template_name = "timeline/admin/uses_cell.html"

    def get_cell_context_data(self, instance: Record, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        viewset = instance.snippet_viewset
        if viewset.permission_policy.user_has_permission(parent_context["request"].user, "change"):
            context["url"] = reverse(viewset.get_url_name("usage"), args=[instance.pk])
        return context


class EntriesColumn(Column):
    """How many entries a person is in, linked to their list."""

    cell_template_name = "timeline/admin/uses_cell.html"
    query = "person={slug}"

    def get_cell_context_data(self, instance: Person, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        context["url"] = f"{reverse('entries:index')}?{self.query.format(slug=instance.slug)}"
        return context


class PositionlessColumn(EntriesColumn):
    """In how many of them readers learn no position, because none is known on the date."""

    query = "person={slug}&needs=position"


class PublisherColumn(Column):
    """The publisher, or that nobody recorded one."""

    cell_template_name = "timeline/admin/publisher_cell.html"


def with_uses(records: QuerySet) -> QuerySet:
    """Count for each record what refers to it, in the same query: references are read up to ``MOST_READ``.

    ``carried`` is by how many public entries, where the edition counts them; by that lists are sorted.
    """
    references = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(records.model),
        to_object_id=Cast(OuterRef("pk"), CharField()),
    ).order_by()
    source = Concat(Cast("base_content_type", CharField()), Value(" "), "object_id")
    users = references.annotate(user=source).values("user")[:MOST_READ]
    further = references.values("pk")[MOST_READ : MOST_READ + 1]
    facets = FACETS.get(records.model, [records.model._meta.model_name])
    return records.annotate(
        uses=CountOfDistinct(users),
        has_more_uses=needs.CountOf(further),
        carried=sum((_total(facet) for facet in facets), Value(0)),
    )


def _total(facet: str) -> Any:
    """How many public entries a record has, as the edition counts them."""
    totals = FacetTotal.objects.filter(facet=facet, value=OuterRef("pk")).values("total")
    return Coalesce(Subquery(totals), 0)


def with_entries(people: QuerySet[Person]) -> QuerySet[Person]:
    """Count for each person the public entries, and those on whose date no position is known."""
    return people.annotate(entry_count=_total("person"), positionless_count=_total("positionless"))


def native_name(person: Person) -> str:
    """The name in the original script, if there is one (from the prefetched names)."""
    return next((name.name for name in person.names.all() if name.kind == "native"), "")


def positions_in_short(person: Person) -> str:
    return Truncator("; ".join(position.title for position in person.positions.all())).chars(80)


def yes(value: Any) -> str:
    return gettext("yes") if value else gettext("no")


class SourceFilterSet(WagtailFilterSet):
    """What editors ask of the sources."""

    link = LinkFilter()
    archiving = ArchivingFilter()
    lacks = django_filters.ChoiceFilter(
        label=_("Lacks"),
        choices=needs.LACKS,
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="filter_lacks",
    )

    class Meta:
        model = Source
        fields = ["kind", "use", "language"]

    def filter_lacks(self, sources: QuerySet, _name: str, value: str) -> QuerySet:
        return sources.filter(needs.lacking(value))


class PersonFilterSet(WagtailFilterSet):
    """What editors ask of the people."""

    lacks = django_filters.ChoiceFilter(
        label=_("Lacks"),
        choices=[(needs.POSITION, _("A position on the date of an entry"))],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="filter_lacks",
    )

    country = django_filters.ChoiceFilter(
        label=_("Country"), choices=countries.choices, empty_label=_("All"), widget=forms.Select
    )

    class Meta:
        model = Person
        fields = ["kind", "country"]

    def filter_lacks(self, people: QuerySet, _name: str, _value: str) -> QuerySet:
        public = FacetTotal.objects.filter(facet="positionless").order_by().values("value")
        hidden = needs.without_position().filter(
            entry__in=EntryPage.objects.filter(live=False).order_by().values("pk")
        )
        return people.filter(pk__in=public.union(hidden.values("person"), all=True))


class RecordIndexView(FindsIdsFirst, ExportsColumns, LinksToImports, snippets.IndexView):
    """The list of one kind of record, found by any of its names."""

    @property
    def exported(self) -> Exported:  # type: ignore[override]
        return {**EXPORTED[self.model], "uses": (_("Uses"), uses_in_words)}

    def get_base_queryset(self) -> QuerySet:
        records = super().get_base_queryset().prefetch_related(*SHOWN.get(self.model, []))
        if self.model is not Person:
            return with_uses(records)
        people = with_entries(records)
        return with_uses(people) if self.is_export else people

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        return matching(queryset, self.search_query)

    def order_queryset(self, queryset: QuerySet) -> QuerySet:
        if str(self.ordering).removeprefix("-") == "uses":  # to count the uses of all would take long
            return queryset.order_by(self.ordering.replace("uses", "carried"), "-pk")
        return super().order_queryset(queryset)


# The relations that the columns of a list show.
SHOWN = {
    Source: ["publisher", "archiving"],
    Commodity: ["parent", "hs_codes", "names"],
    Organisation: ["names"],
    Person: ["names", "positions"],
    FigureSeries: ["commodity"],
    Storyline: ["steps", "names"],
    StateLine: ["series", "citations"],
    Term: ["citations", "names"],
}


def _names(record: Any) -> str:
    return "; ".join(name.name for name in record.names.all())


_NAME: tuple[Any, Callable[[Any], Any]] = (_("Name"), lambda record: record.name)
_NAMES: tuple[Any, Callable[[Any], Any]] = (_("Further names"), _names)
_ADDRESS: tuple[Any, Callable[[Any], Any]] = (_("Address"), lambda record: record.get_absolute_url())

EXPORTED: dict[type, Exported] = {
    Source: {
        "number": (_("No."), lambda source: source.number),
        "title": (_("Title"), lambda source: source.title),
        "publisher": (_("Publisher"), lambda source: source.publisher.name if source.publisher else ""),
        "byline": (_("Byline"), lambda source: source.byline),
        "published": (pgettext_lazy("source", "Published"), lambda source: source.published),
        "accessed": (_("Accessed"), lambda source: source.accessed),
        "language": (_("Language"), lambda source: source.language),
        "kind": (_("Kind"), lambda source: source.get_kind_display()),
        "use": (_("Use"), lambda source: source.get_use_display()),
        "url": (_("Address"), lambda source: source.url),
        "link_state": (_("Original"), lambda source: source.get_link_state_display()),
        "archived_url": (_("Archived copy"), lambda source: source.archived_url),
    },
    Person: {
        "name": _NAME,
        "native": (_("Original script"), native_name),
        "names": _NAMES,
        "positions": (_("Positions"), lambda person: "; ".join(row.title for row in person.positions.all())),
        "kind": (_("Kind"), lambda person: person.get_kind_display()),
        "country": (_("Country"), lambda person: person.country),
        "entries": (_("Entries"), lambda person: person.entry_count),
        "positionless": (_("Entries without a position"), lambda person: person.positionless_count),
        "address": _ADDRESS,
    },
    Organisation: {
        "name": _NAME,
        "names": _NAMES,
        "kind": (_("Kind"), lambda organisation: organisation.get_kind_display()),
        "country": (_("Country"), lambda organisation: organisation.country),
        "address": _ADDRESS,
    },
    Commodity: {
        "name": _NAME,
        "names": _NAMES,
        "parent": (_("Part of"), lambda commodity: commodity.parent.name if commodity.parent else ""),
        "codes": (_("HS codes"), lambda commodity: ", ".join(row.code for row in commodity.hs_codes.all())),
        "kind": (_("Kind"), lambda commodity: commodity.get_kind_display()),
        "address": _ADDRESS,
    },
    FigureSeries: {
        "name": _NAME,
        "description": (_("Description"), lambda series: series.description),
        "commodity": (_("Goods"), lambda series: series.commodity.name if series.commodity else ""),
    },
    Storyline: {
        "name": _NAME,
        "names": _NAMES,
        "steps": (_("Steps"), lambda storyline: len(storyline.steps.all())),
        "is_public": (_("Readers see it"), lambda storyline: yes(storyline.is_public)),
        "position": (_("Position"), lambda storyline: storyline.position),
        "address": _ADDRESS,
    },
    StateLine: {
        "name": _NAME,
        "question": (_("Question"), lambda line: line.question),
        "subject": (_("Subject"), lambda line: line.subject),
        "front": (_("Place on the front page"), lambda line: line.front or ""),
    },
    Term: {
        "name": _NAME,
        "names": _NAMES,
        "definition": (_("Definition"), lambda term: term.definition),
        "sources": (_("Sources"), lambda term: len(term.citations.all())),
    },
    Category: {
        "name": _NAME,
        "description": (_("Description"), lambda category: category.description),
        "position": (_("Position"), lambda category: category.position),
    },
}

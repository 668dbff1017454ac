"""Public records: which ones readers may see, and how often published entries use them.

A record is public while something public uses it: an entry; for sources also the position
of a public person or a term of the glossary, for organisations a public source that they
published. A record made for a draft stays unseen. Each says what it says in the
language of the page.
"""

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from timeline.choices import SourceUse
from timeline.models import (
    Category,
    Commodity,
    FacetTotal,
    FigureSeries,
    Organisation,
    Person,
    Position,
    PublishedEntry,
    Source,
    Storyline,
    TermCitation,
)
from timeline.public.language import said_here


def with_total(records: QuerySet, facet: str, name: str = "total") -> QuerySet:
    """Annotate each record with its number of published entries."""
    totals = FacetTotal.objects.filter(facet=facet, value=OuterRef("pk")).values("total")
    return records.annotate(
        **{name: Coalesce(Subquery(totals, output_field=IntegerField()), Value(0, output_field=IntegerField()))}
    )


def public_people() -> QuerySet[Person]:
    """People in published entries."""
    return with_total(said_here(Person.objects.all()), "person").filter(total__gt=0)


def public_commodities() -> QuerySet[Commodity]:
    """Commodities in published entries, ancestors included."""
    return with_total(said_here(Commodity.objects.all()), "commodity").filter(total__gt=0)


def public_categories() -> QuerySet[Category]:
    """Kinds of event that published entries are of."""
    return with_total(said_here(Category.objects.all()), "category").filter(total__gt=0)


def public_organisations() -> QuerySet[Organisation]:
    """Organisations that take part in published entries or publish a public source."""
    counted = with_total(with_total(said_here(Organisation.objects.all()), "organisation"), "publisher", "cited")
    published = Exists(public_sources().filter(publisher=OuterRef("pk")))
    return counted.filter(Q(total__gt=0) | Q(cited__gt=0) | published)


def public_series() -> QuerySet[FigureSeries]:
    """Series that a figure of a published entry joins."""
    return FigureSeries.objects.filter(Exists(PublishedEntry.objects.filter(series__contains=[OuterRef("pk")])))


def public_storylines() -> QuerySet[Storyline]:
    """Storylines that editors show readers and that published entries are steps of."""
    return with_total(said_here(Storyline.objects.filter(is_public=True), parts=False), "storyline").filter(
        total__gt=0
    )


def public_sources() -> QuerySet[Source]:
    """Evidence that a published entry, the position of a public person or a glossary term rests on."""
    # Asked of each source: as a set it would be the whole table of totals, whatever few sources are looked for.
    cited = Exists(FacetTotal.objects.filter(facet="source", value=OuterRef("pk")))
    held = Position.objects.filter(person__in=public_people().values("pk"), source__isnull=False).values("source")
    explain = TermCitation.objects.filter(source__isnull=False).values("source")
    used = Source.objects.filter(cited | Q(pk__in=held) | Q(pk__in=explain), use=SourceUse.EVIDENCE)
    counted = with_total(used, "source").select_related("publisher", "derived_from")
    return said_here(counted, "publisher", "derived_from")

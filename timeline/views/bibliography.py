"""The bibliography: sources as rows of a list, what they rest on in the end, and where it is thin."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timeline.choices import SourceUse
from timeline.formats import embedded, references
from timeline.models import FacetTotal, Source
from timeline.models.source import CHAINS, MAX_CHAIN
from timeline.public.document import source_document
from timeline.public.language import said_here

from .public_records import public_sources

LACKING = {
    "publisher": (Q(publisher=None), gettext_lazy("Sources without a publisher")),
    "address": (Q(url="") | Q(url_shown=False), gettext_lazy("Sources without a public address")),
    "copy": (Q(archived_url=""), gettext_lazy("Sources without an archived copy")),
}
"""What a source may lack, as readers see it: the values of ``/sources/?without=``, each in words."""


def listed_sources(sources: Iterable[Any]) -> list[dict[str, Any]]:
    """Public sources as rows of a list: their public data, address, times cited, and what they rest on.

    ``coins`` is what reference managers read in a list.
    """
    listed = list(sources)
    chains = chains_of([source.pk for source in listed])
    return [
        {
            **(document := source_document(source)),
            "coins": embedded.coins(references.source_item(document)),
            "href": source.get_absolute_url(),
            "count": source.total,
            "rests_on": chains.get(source.pk, []),
        }
        for source in listed
    ]


def chains_of(ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """What each source rests on, what that rests on, and so on: ``{id: [source document]}``, two queries.

    A chain ends before a source that readers may not see. ``href`` is empty for one
    that only stands behind others and has no page of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(CHAINS, [ids, MAX_CHAIN])
        steps = cursor.fetchall()
    has_page = Exists(public_sources().filter(pk=OuterRef("pk")))
    above = Source.objects.filter(pk__in={pk for _start, pk in steps}, use=SourceUse.EVIDENCE)
    rows = above.select_related("publisher", "derived_from").annotate(has_page=has_page)
    described = {
        source.pk: {**source_document(source), "href": source.get_absolute_url() if source.has_page else ""}
        for source in said_here(rows, "publisher", "derived_from")
    }
    chains: dict[int, list[dict[str, Any]]] = {}
    hidden = set()
    for start, pk in steps:
        if pk not in described:
            hidden.add(start)
        elif start not in hidden:
            chains.setdefault(start, []).append(described[pk])
    return chains


def shortcomings() -> list[dict[str, Any]]:
    """Where the chronology is weakest: ``[{"label", "count", "of", "href"}]``, two queries.

    ``href`` is empty where no list shows just these.
    """
    totals = FacetTotal.objects.filter(facet__in=["all", "differs", "one_source"], value=0)
    entries = dict(totals.values_list("facet", "total"))
    counts = {name: Count("pk", filter=lacking) for name, (lacking, _label) in LACKING.items()}
    sources = public_sources().order_by().aggregate(all=Count("pk"), **counts)
    spots = [
        (_("Entries with only one source"), entries.get("one_source", 0), entries.get("all", 0), ""),
        (_("Entries where sources disagree"), entries.get("differs", 0), entries.get("all", 0), "/?differ=1"),
        *(
            (label, sources[name], sources["all"], f"/sources/?without={name}")
            for name, (_lacking, label) in LACKING.items()
        ),
    ]
    return [
        {"label": label, "count": count, "of": of, "href": href if count else ""} for label, count, of, href in spots
    ]

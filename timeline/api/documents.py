"""Public documents of records, as plain data: what readers may know of each, and nothing else.

One allow-list for the API and the dataset. What they read is fetched beforehand by the
querysets of this module, in a number of queries that does not depend on the rows.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower

from timeline.choices import Change, NameKind
from timeline.formats.tables import Record
from timeline.models import (
    Category,
    Commodity,
    FigureSeries,
    Organisation,
    Person,
    Position,
    Source,
    StateLine,
    Storyline,
    Term,
    Version,
    Withdrawal,
)
from timeline.models.document import EntryDocument, LinkedEntryDocument
from timeline.public.days import all_lines
from timeline.public.document import instant, position_document, source_document
from timeline.public.glossary import other_names, term_document, with_sources
from timeline.public.language import by_place_in_tree, filed_here, here, said_here, title_held, translated_here
from timeline.public.site import absolute
from timeline.public.storylines import storyline_document
from timeline.views.public_records import (
    public_categories,
    public_commodities,
    public_organisations,
    public_people,
    public_series,
    public_sources,
    public_storylines,
)
from timeline.views.state_data import by_hand

API = "/api/v1"

WIKIDATA = "https://www.wikidata.org/entity/"

# -- rows ---------------------------------------------------------------------------------


def people() -> QuerySet[Person]:
    """Public people with what :func:`person` reads: four queries."""
    held = said_here(Position._default_manager.select_related("organisation"), "organisation")
    return public_people().prefetch_related("names", Prefetch("positions", held), "positions__source")


def organisations() -> QuerySet[Organisation]:
    """Public organisations with their names: two queries."""
    return public_organisations().prefetch_related("names")


def commodities() -> QuerySet[Commodity]:
    """Public goods in reading order, with their codes and names: three queries."""
    ordered = public_commodities().order_by(by_place_in_tree())
    return said_here(ordered.select_related("parent"), "parent").prefetch_related("hs_codes", "names")


def categories() -> QuerySet[Category]:
    """Public kinds of event, in the editors' order."""
    return public_categories().order_by("position", "name")


def sources() -> QuerySet[Source]:
    """The bibliography by number."""
    return public_sources().order_by("number")


def series() -> QuerySet[FigureSeries]:
    """The series that a figure of a published entry joins."""
    known = Exists(public_commodities().filter(pk=OuterRef("commodity")))
    found = public_series().select_related("commodity")
    return said_here(found.annotate(commodity_is_public=known), "commodity")


def terms() -> QuerySet[Term]:
    """The glossary in alphabetical order: two queries."""
    return with_sources(said_here(Term.objects.all())).prefetch_related("names").order_by(Lower("name"), "pk")


def storylines() -> QuerySet[Storyline]:
    """Storylines that readers see, in the editors' order, with their names and series: two queries."""
    ordered = public_storylines().order_by("position", "name")
    return said_here(ordered.select_related("series"), "series").prefetch_related("names")


def lines() -> QuerySet[StateLine]:
    """All lines of the state, in the order of the page of a day, with what :func:`line` reads: two queries."""
    return all_lines()


def told_versions() -> QuerySet[Version]:
    """First publications, updates and corrections of what is public; minor edits are told to nobody."""
    versions = Version.objects.exclude(change=Change.MINOR).filter(entry__published__isnull=False)
    return versions.defer("document").annotate(
        uid=F("entry__published__uid"),
        slug=F("entry__published__slug"),
        headline=KeyTextTransform("headline", "entry__published__document"),
        said=filed_here("words__headline", "entry"),
    )


# -- documents ----------------------------------------------------------------------------


def _addresses(record: Any, kind: str) -> Record:
    return {
        "page": absolute(here(record.get_absolute_url())),
        "api": absolute(f"{API}/{kind}/{record.slug}"),
    }


def _names(record: Any) -> list[Record]:
    told = NameKind.told()
    return [
        {"name": row.name, "language": row.language, "kind": row.kind}
        for row in record.names.all()
        if row.kind in told
    ]


def person(record: Person) -> Record:
    """A person with names and positions, of one that :func:`people` fetched."""
    told = NameKind.told()
    return {
        "slug": record.slug,
        "name": record.name,
        **_addresses(record, "people"),
        "entries": record.total,
        "family_name": record.family_name,
        "given_name": record.given_name,
        "kind": record.kind,
        "country": record.country,
        "wikidata": WIKIDATA + record.wikidata if record.wikidata else "",
        "names": [
            {"name": row.name, "language": row.language, "kind": row.kind, "script": row.script}
            for row in record.names.all()
            if row.kind in told
        ],
        "positions": [{**position_document(row), "title": title_held(row, record)} for row in record.positions.all()],
    }


def organisation(record: Organisation) -> Record:
    """An organisation that :func:`organisations` fetched."""
    return {
        "slug": record.slug,
        "name": record.name,
        **_addresses(record, "organisations"),
        "entries": record.total,
        "cited": record.cited,
        "kind": record.kind,
        "country": record.country,
        "wikidata": WIKIDATA + record.wikidata if record.wikidata else "",
        "names": _names(record),
    }


def commodity(record: Commodity) -> Record:
    """Goods or a topic that :func:`commodities` fetched."""
    return {
        "slug": record.slug,
        "name": record.name,
        **_addresses(record, "commodities"),
        "entries": record.total,
        "kind": record.kind,
        "parent": record.parent.slug if record.parent else "",
        "depth": len(record.lineage) - 1,
        "hs_codes": [row.code for row in record.hs_codes.all()],
        "names": _names(record),
    }


def category(record: Category) -> Record:
    """A kind of event."""
    return {
        "slug": record.slug,
        "name": record.name,
        "page": absolute(here(record.get_absolute_url())),
        "api": absolute(f"{API}/entries?category={record.slug}"),
        "entries": record.total,
        "description": record.description,
    }


def source(record: Source) -> Record:
    """A source of the bibliography; an address unfit for readers is left out."""
    return {
        **source_document(record),
        **_addresses(record, "sources"),
        "entries": record.total,
    }


def figure_series(record: FigureSeries) -> Record:
    """A series of figures, without them."""
    goods = record.commodity if record.commodity_is_public else None
    return {
        "slug": record.slug,
        "name": record.name,
        **_addresses(record, "figures"),
        "description": record.description,
        "commodity": {"slug": goods.slug, "name": goods.name} if goods else None,
    }


def term(record: Term) -> Record:
    """A term of the glossary that :func:`terms` fetched."""
    known = term_document(record)
    return {
        "slug": record.slug,
        "name": record.name,
        "page": absolute(known["url"]),
        "definition": record.definition,
        "other_names": other_names(record),
        "sources": known["sources"],
    }


def storyline(record: Storyline) -> Record:
    """A storyline that :func:`storylines` fetched, without what it says."""
    return {
        "slug": record.slug,
        "name": record.name,
        **_addresses(record, "storylines"),
        "entries": record.total,
        "colour": record.colour,
        "names": _names(record),
        "series": record.series.slug if record.series else "",
    }


def whole_storyline(record: Storyline, entries: Mapping[int, EntryDocument]) -> Record:
    """A storyline with its summary, its steps and what is open, of rows that ``with_rows`` fetched."""
    said = storyline_document(record, entries)
    steps = [
        {**{key: value for key, value in step.items() if key != "lead"}, "entry": entry_link(step["entry"])}
        for step in said["steps"]
    ]
    return storyline(record) | {
        "lines": said["lines"],
        "summary": said["summary"],
        "steps": steps,
        "open_questions": said["open_questions"],
    }


def line(record: StateLine) -> Record:
    """A line of the state, without the answers of entries."""
    return {
        "slug": record.slug,
        "name": record.name,
        "page": absolute(here(record.get_absolute_url())),
        "question": record.question,
        "subject": record.subject,
        "series": record.series.slug if record.series else None,
        "promises": record.promises,
        "not_known": record.unknown.splitlines(),
        "by_hand": by_hand(record) if record.words else None,
    }


def told_version(version: Version) -> Record:
    """A version that :func:`told_versions` fetched: what readers were told, of which entry."""
    return {
        "uid": str(version.uid),  # type: ignore[attr-defined] # annotated, as the next two
        "slug": version.slug,  # type: ignore[attr-defined]
        "url": absolute(here(f"/entries/{version.slug}/")),  # type: ignore[attr-defined]
        "headline": translated_here(version.headline, version.said),  # type: ignore[attr-defined] # annotated
        "version": version.number,
        "kind": version.change,
        "date": instant(version.published_at),
        "note": version.note,
        "correction": version.correction,
        "wrong": version.wrong,
        "right": version.right,
        "redaction": version.redaction,
    }


def withdrawal(row: Withdrawal) -> Record:
    """An entry that is public no more: its identity, the reason, and no word of what it said."""
    return {
        "uid": str(row.uid),
        "slug": row.slug,
        "url": absolute(f"/entries/{row.slug}/"),
        "withdrawn": instant(row.withdrawn_at),
        "reason": row.reason,
    }


def entry_link(document: EntryDocument | LinkedEntryDocument) -> Record:
    """An entry by its identity, headline and date."""
    return {
        "uid": document["uid"],
        "slug": document["slug"],
        "url": absolute(document["url"]),
        "headline": document["headline"],
        "date": document["date"],
    }

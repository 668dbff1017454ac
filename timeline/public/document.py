"""The public document of an entry: everything readers may know of it, as plain data.

One allow-list serves every surface. The entry page, the list, the feeds and the
exports render this dictionary and never walk model fields, so private notes and
drafts have no way out. A preview is the same document built from a draft in memory.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from mimetypes import guess_type
from typing import Any, overload

from django.db.models import Prefetch, QuerySet
from django.utils.text import slugify
from wagtail.documents.models import Document
from wagtail.images.models import Image

from timeline import edtf
from timeline.choices import AUTHORITY, Change, LinkState, NameKind
from timeline.models import (
    Account,
    Attachment,
    Citation,
    Commodity,
    Disagreement,
    EntryPage,
    EntryPerson,
    Figure,
    FigureCitation,
    MeasureDate,
    Person,
    Position,
    Source,
    SourceNote,
    Statement,
    Storyline,
    StorylineStep,
    Version,
)
from timeline.models.cluster import fetch_rows
from timeline.models.document import (
    AttachmentDocument,
    ChangeDocument,
    CitationDocument,
    CommodityDocument,
    DateDocument,
    DisagreementDocument,
    EntryDocument,
    FigureDocument,
    LinkDocument,
    MeasureDateDocument,
    NamedDocument,
    PersonDocument,
    PositionDocument,
    SourceDocument,
    StatementDocument,
)
from timeline.models.fields import may_last, period_of
from timeline.models.summary import carriers, summary_of
from timeline.names import strip_control
from timeline.text.support import support
from timeline.web.archives import copied_on

LOST = {LinkState.DEAD, LinkState.CHANGED}
"""States of an original that readers are told of."""

SOURCE_JOINS = ("source__publisher", "source__derived_from")


def with_public_relations(entries: QuerySet[EntryPage], *more: str) -> list[EntryPage]:
    """``entries`` with all that :func:`build` reads, and with what ``more`` looks up, in a fixed number of queries."""

    def cited(model: Any) -> QuerySet[Any]:
        return model._default_manager.select_related(*SOURCE_JOINS)

    found = list(entries.select_related("category", "locale"))
    lookups = (
        Prefetch("statements__citations", cited(Citation)),
        Prefetch("figures", Figure._default_manager.select_related("series", "line")),
        Prefetch("figures__citations", cited(FigureCitation)),
        Prefetch("disagreements__accounts", cited(Account)),
        Prefetch("source_notes", cited(SourceNote)),
        Prefetch("attachments", cited(Attachment).select_related("image", "document")),
        Prefetch("entry_people", EntryPerson._default_manager.select_related("person")),
        "entry_people__person__names",
        "entry_people__person__positions",
        "entry_organisations__organisation",
        "entry_commodities__commodity__hs_codes",
        "measure_dates__line",
        "follows",
        Prefetch("storyline_steps", StorylineStep._default_manager.select_related("storyline")),
    )
    fetch_rows(found, (*lookups, *more))
    return found


def build(entry: EntryPage, top_commodities: Mapping[int, str] | None = None) -> EntryDocument:
    """The public document of ``entry`` as it is in memory, saved or not.

    Any row of a draft may lack anything. One that says something is there, and what it lacks
    is shown in words (``wording.written``); one that says nothing yet, or names no record, is
    left out. ``top_commodities`` maps the id of a top-level commodity to its slug; it is looked
    up when not given.
    """
    cited = cited_sources(entry)
    sources = {source.number: source for source in (*further_sources(entry), *cited)}
    commodities = [row.commodity for row in entry.entry_commodities.all() if row.commodity]
    tops = tops_of(commodities) if top_commodities is None else top_commodities
    document: EntryDocument = {
        "uid": str(entry.uid),
        "slug": entry.slug,
        "url": entry.get_absolute_url(),
        "language": entry.locale.language_code if entry.locale_id else "en",
        "headline": entry.title,
        "summary": entry.summary,
        "sentences": [
            {"id": sentence.id, "text": sentence.text, "rests_on": sentence.rests_on} for sentence in summary_of(entry)
        ],
        "weight": entry.weight,
        "category": _named(entry.category),
        "date": {
            **date_document(entry.date),
            "extent": entry.date_extent if may_last(entry.date) else "",
            "basis": entry.date_basis,
            "note": entry.date_note,
        },
        "planned": entry.planned,
        "place": entry.place,
        "time_zone": entry.time_zone,
        "dates": [_measure_date(row, entry) for row in entry.measure_dates.all() if row.date],
        "statements": [_statement(row) for row in entry.statements.all() if row.text.strip()],
        "figures": [_figure(row) for row in entry.figures.all() if row.label.strip() or row.states_a_number],
        "disagreements": [
            _disagreement(row) for row in entry.disagreements.all() if row.question.strip() or _citable(row.accounts)
        ],
        "source_notes": [
            {"number": row.source.number, "text": row.text} for row in _citable(entry.source_notes) if row.text.strip()
        ],
        "attachments": [
            _attachment(row, file, row.source, entry)
            for row in _citable(entry.attachments)
            if (file := row.image or row.document)
        ],
        "people": [_person(row.person, row, entry.date) for row in entry.entry_people.all() if row.person],
        "organisations": [
            {"slug": row.organisation.slug, "name": row.organisation.name}
            for row in entry.entry_organisations.all()
            if row.organisation
        ],
        "commodities": [_commodity(commodity, tops) for commodity in commodities],
        "storylines": [{"slug": one.slug, "name": one.name} for one in public_storylines(entry)],
        "sources": [source_document(source) for source in sorted(sources.values(), key=_standing)],
        "one_source": len({_origin(source, sources) for source in cited}) == 1,
        "published": instant(entry.first_published_at) or "",
        "version": 0,
        "updated": "",
        "modified": "",
        "changes": [],
    }
    return _printable(document)


def cited_sources(entry: EntryPage) -> list[Source]:
    """The sources fit for readers that ``entry`` cites, once for each citation."""
    parents = [*entry.statements.all(), *entry.figures.all()]
    citations = [row for parent in parents for row in _citable(parent.citations)]
    accounts = [row for item in entry.disagreements.all() for row in _citable(item.accounts)]
    return [row.source for row in (*citations, *accounts)]


def public_storylines(entry: EntryPage) -> list[Storyline]:
    """The storylines, fit for readers, that ``entry`` is a step of, in the editors' order; none of a new entry."""
    steps = entry.storyline_steps.all() if entry.pk else []
    found = (step.storyline for step in steps if step.storyline.is_public)
    return sorted(found, key=lambda one: (one.position, one.name))


def further_sources(entry: EntryPage) -> list[Source]:
    """The sources fit for readers that need not carry anything: those with a note, and those of what is attached."""
    noted = [row.source for row in _citable(entry.source_notes) if row.text.strip()]
    return noted + [row.source for row in _citable(entry.attachments) if row.image_id or row.document_id]


def with_history(document: EntryDocument, versions: Sequence[Version]) -> EntryDocument:
    """``document`` with what its ``versions``, in order, say of its past.

    ``published`` is when readers first saw it, ``updated`` the last time something changed
    that readers should know of, which a minor edit is not; ``modified`` the last time
    anything did. ``changes`` are the updates and corrections, newest first.
    """
    told = [version for version in versions if version.change in (Change.UPDATE, Change.CORRECTION)]
    changes: list[ChangeDocument] = [
        {
            "version": version.number,
            "kind": version.change,
            "date": instant(version.published_at),
            "note": version.note,
            "correction": version.correction,
            "wrong": version.wrong,
            "right": version.right,
            "redaction": version.redaction,
        }
        for version in reversed(told)
    ]
    return {
        **document,
        "published": instant(versions[0].published_at),
        "version": versions[-1].number,
        "updated": instant(max(version.published_at for version in [versions[0], *told])),
        "modified": instant(versions[-1].published_at),
        "changes": _printable(changes),
    }


# -- its parts ----------------------------------------------------------------------------


def _named(record: Any) -> NamedDocument | None:
    return {"slug": record.slug, "name": record.name} if record else None


def _citable(rows: Any) -> list[Any]:
    """Those whose source readers may know."""
    return [row for row in rows.all() if row.source_id and row.source.is_public]


def _standing(source: Source) -> tuple[int, int]:
    """What puts the sources of an entry in order: their authority, then their numbers."""
    return AUTHORITY.get(source.kind, len(AUTHORITY)), source.number


def _citations(rows: Any) -> list[CitationDocument]:
    """The citations of a statement or figure: by the authority of their sources, else as editors put them."""
    return [_citation(row) for row in sorted(_citable(rows), key=lambda row: _standing(row.source)[0])]


def _citation(row: Any) -> CitationDocument:
    return {
        "number": row.source.number,
        "quotation": row.quotation,
        "language": (row.language or row.source.language) if row.quotation else "",
        "translation": row.translation if row.quotation else "",
        "locator": row.locator,
    }


def _statement(row: Statement) -> StatementDocument:
    return {"id": row.uid, "text": row.text, "nature": row.nature, "citations": _citations(row.citations)}


def _figure(row: Figure) -> FigureDocument:
    return {
        "id": row.uid,
        "label": row.label,
        "value": _number(row.value),
        "low": _number(row.low),
        "high": _number(row.high),
        "qualifier": row.qualifier,
        "unit": row.unit,
        "currency": row.currency,
        "scale": row.scale,
        "per": row.per,
        "of": row.of,
        "period": row.period,
        "period_note": row.period_note,
        "status": row.status,
        "basis": row.basis,
        "series": row.series.slug if row.series else "",
        "line": row.line.slug if row.line else "",
        "note": row.note,
        "citations": _citations(row.citations),
    }


def _measure_date(row: MeasureDate, entry: EntryPage) -> MeasureDateDocument:
    rests_on: list[str] = []
    if row.line:
        texts = carriers(entry)
        figures = {figure.uid for figure in entry.figures.all()}
        said = {uid: text for uid, text in texts.items() if uid not in figures}  # a value is chosen, never guessed
        rests_on = [uid for uid in row.rests_on.split() if uid in texts] or support(row.measure, said)
    return {
        "kind": row.kind,
        "edtf": row.date,
        "note": row.note,
        "line": row.line.slug if row.line else "",
        "measure": row.measure,
        "rests_on": rests_on,
    }


def _disagreement(row: Disagreement) -> DisagreementDocument:
    return {
        "id": row.uid,
        "question": row.question,
        "reason": row.reason,
        "accounts": [
            {**_citation(account), "says": account.says, "side": account.side, "preferred": account.preferred}
            for account in _citable(row.accounts)
        ],
    }


def _attachment(row: Attachment, file: Image | Document, source: Source, entry: EntryPage) -> AttachmentDocument:
    extension = file.filename.rpartition(".")[2].lower()
    name = slugify(row.caption)[:60].strip("-") or ("picture" if row.image else "document")
    return {
        "id": row.uid,
        "kind": "picture" if row.image else "document",
        "url": f"{entry.get_absolute_url()}attachments/{row.uid}/{name}.{extension}",
        "media_type": guess_type(f"x.{extension}")[0] or "application/octet-stream",
        "size": file.file_size or 0,
        "width": row.image.width if row.image else 0,
        "height": row.image.height if row.image else 0,
        "caption": row.caption,
        "alt": row.alt,
        "credit": row.credit,
        "licence": row.licence,
        "number": source.number,
        "is_main": row.is_main,
    }


def _person(person: Person, row: EntryPerson, date: str) -> PersonDocument:
    native = next((name for name in person.names.all() if name.kind == NameKind.NATIVE), None)
    period = period_of(date)
    if row.position:
        positions = [row.position]
    elif period:
        positions = [position.title for position in person.positions_on(period)]
    else:
        positions = []
    return {
        "slug": person.slug,
        "name": person.name,
        "native": native.name if native else "",
        "native_language": native.language if native else "",
        "role": row.role,
        "positions": positions,
    }


def _commodity(commodity: Commodity, tops: Mapping[int, str]) -> CommodityDocument:
    return {
        "slug": commodity.slug,
        "name": commodity.name,
        "top": tops.get(commodity.lineage[0] if commodity.lineage else 0, commodity.slug),
        "hs_codes": [row.code for row in commodity.hs_codes.all()],
    }


def source_document(source: Source) -> SourceDocument:
    """What readers may know of a source; an address unfit for them is left out."""
    archived_url = source.archived_url if source.archive_state != LinkState.DEAD else ""
    return {
        "number": source.number,
        "slug": source.slug,
        "title": source.title,
        "title_is_description": source.title_is_description,
        "publisher": _named(source.publisher),
        "byline": source.byline,
        "url": source.url if source.url_shown else "",
        "archived_url": archived_url,
        "archived_on": copied_on(archived_url),
        **link_document(source),
        "published": date_document(source.published) if source.published else None,
        "accessed": source.accessed.isoformat() if source.accessed else "",
        "language": source.language,
        "kind": source.kind,
        "derived_from": (
            {"number": source.derived_from.number, "title": source.derived_from.title}
            if source.derived_from and source.derived_from.is_public
            else None
        ),
    }


def link_document(source: Source) -> LinkDocument:
    """``link``: "dead" or "changed", since the day ``link_since``; both empty while the original can be read."""
    if source.link_state not in LOST or not (source.url and source.url_shown):
        return {"link": "", "link_since": ""}
    return {
        "link": source.link_state,
        "link_since": source.link_state_since.isoformat() if source.link_state_since else "",
    }


def position_document(row: Position) -> PositionDocument:
    """What readers may know of a position that somebody held; a source unfit for them is left out."""
    source = row.source if row.source and row.source.is_public else None
    return {
        "title": row.title,
        "organisation": _named(row.organisation),
        "start": row.start,
        "end": row.end,
        "acting": row.acting,
        "source": {"number": source.number, "slug": source.slug} if source else None,
    }


def _origin(source: Source, sources: dict[int, Source]) -> int:
    """The number of the source that ``source`` rests on in the end, as far as an entry's ``sources`` know."""
    met = {source.number}
    while source.derived_from and source.derived_from.is_public:
        number = source.derived_from.number
        if number in met:
            return min(met)  # a circle has no end
        met.add(number)
        if number not in sources:
            return number
        source = sources[number]
    return source.number


@cache
def _date(text: str) -> DateDocument:
    date = edtf.parse(text)
    return {
        "edtf": date.text,
        "precision": str(date.precision),
        "approximate": date.approximate,
        "uncertain": date.uncertain,
        "start": date.lower.isoformat() if date.lower else None,
        "end": date.last.isoformat() if date.last else None,
    }


def date_document(text: str) -> DateDocument:
    """An EDTF date taken apart: precision, qualifiers, first and last day (inclusive, ISO 8601)."""
    if not text:
        return {"edtf": "", "precision": "", "approximate": False, "uncertain": False, "start": None, "end": None}
    return _date(text).copy()


def tops_of(commodities: Iterable[Commodity | None]) -> dict[int, str]:
    """The slugs, by id, of the top-level commodities of these; one query, or none if there are none."""
    ids = {commodity.lineage[0] for commodity in commodities if commodity and commodity.lineage}
    return dict(Commodity.objects.filter(pk__in=ids).values_list("pk", "slug"))


def _number(value: Decimal | None) -> str | None:
    """A decimal as people write it: no exponent, no trailing zeros."""
    if value is None:
        return None
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@overload
def instant(moment: datetime.datetime) -> str: ...
@overload
def instant(moment: None) -> None: ...
@overload
def instant(moment: datetime.datetime | None) -> str | None: ...
def instant(moment: datetime.datetime | None) -> str | None:
    """RFC 3339 in UTC without fractions, the form every feed format accepts."""
    if moment is None:
        return None
    return moment.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _printable(value: Any) -> Any:
    """``value`` without the characters XML 1.0 (section 2.2) forbids, at any depth."""
    if isinstance(value, str):
        return value if value.isprintable() else strip_control(value)  # a tenth of the time, of most texts
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    return value

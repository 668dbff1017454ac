"""The table of published entries: who is in it, what is searched, how a search is read.

``refresh`` brings the rows of some entries up to date; the receivers at the end call
it when Wagtail publishes or withdraws an entry and when a record changes. Everything
public (pages, feeds, exports) reads the rows it writes.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.postgres.search import CombinedSearchQuery, SearchQuery, SearchVectorField
from django.db import connection, transaction
from django.db.models import Expression, F, Model, Q, QuerySet
from django.db.models.signals import post_delete, post_save, pre_delete
from django.utils import timezone
from wagtail.models import PageViewRestriction
from wagtail.signals import page_published, page_unpublished, post_page_move

from timeline import edtf
from timeline.document import build, instant, with_public_relations
from timeline.models import (
    Category,
    ChronologyPage,
    Commodity,
    Edition,
    EntryPage,
    FacetTotal,
    Organisation,
    Person,
    PublishedEntry,
    Source,
    Withdrawal,
)
from timeline.models.fields import period_of
from timeline.names import cjk_tokens, fold

BATCH = 200
"""Entries built at a time: bounds the memory of a rebuild."""

MAX_LENGTH = 200
MAX_WORDS = 25
"""Limits of a search. Longer ones are cut, and the reader is told."""

# "$550bn", "550 billion dollars" and "550 billion" are one thing to a reader (conventions 5.2).
_SCALES = {"bn": "billion", "mn": "million", "m": "million", "tn": "trillion", "trn": "trillion"}
_FIGURE = re.compile(r"[$¥€£]?(\d+(?:[.,]\d+)*)\s?(bn|mn|m|tn|trn)\b")
_CURRENCY_SIGN = re.compile(r"[$¥€£](?=\d)")
_CJK = re.compile(r"[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "「": '"', "」": '"'})


# -- what is searched ---------------------------------------------------------------------


def normalise(text: str) -> str:
    """Text folded so that a document and a search agree: case, width, accents, figures."""
    folded = fold(text)
    folded = _FIGURE.sub(lambda match: f"{match[1]} {_SCALES[match[2]]}", folded)
    return _CURRENCY_SIGN.sub("", folded)


class WeightedVector(Expression):
    """The search vector of ``{weight: text}``: English words, and bigrams of kanji and kana."""

    output_field = SearchVectorField()

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__()
        self.texts = texts

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str, ...]]:
        parts, parameters = [], []
        for weight, text in self.texts.items():
            folded = normalise(text)
            # Pairs find any two characters; the last of a run alone lets one character find it.
            japanese = [*cjk_tokens(folded), *(run[-1] for run in _CJK.findall(folded))]
            for config, words in (("english", folded), ("simple", " ".join(japanese))):
                if words:
                    parts.append(f"setweight(to_tsvector('{config}', %s), '{weight}')")
                    parameters.append(words)
        return " || ".join(parts) or "''::tsvector", tuple(parameters)


def read_query(text: str) -> SearchQuery | CombinedSearchQuery | None:
    """What a reader typed, as a full-text query; None when nothing in it can be searched.

    English goes through ``websearch_to_tsquery`` (never raises: quotes, ``or`` and
    ``-`` work); each run of kanji or kana must occur as it stands.
    """
    text = normalise(text.translate(_QUOTES)[:MAX_LENGTH])
    text = " ".join(text.split()[:MAX_WORDS])
    parts: list[SearchQuery] = []
    latin = _CJK.sub(" ", text).strip()
    if re.search(r"\w", latin):
        parts.append(SearchQuery(latin, config="english", search_type="websearch"))
    for run in _CJK.findall(text):
        tokens = cjk_tokens(run)
        if len(run) == 1:
            parts.append(SearchQuery(f"'{run}':*", config="simple", search_type="raw"))
        elif tokens:
            parts.append(SearchQuery(" ".join(tokens), config="simple", search_type="plain"))
    if not parts:
        return None
    query: SearchQuery | CombinedSearchQuery = parts[0]
    for part in parts[1:]:
        query = query & part
    return query


def _texts(entry: EntryPage, document: dict[str, Any]) -> dict[str, str]:
    """The searchable text of an entry by weight: headline; summary and names; body; sources."""
    names = [
        *(document["category"]["name"] for _ in (0,) if document["category"]),
        *(row.person.name for row in entry.entry_people.all() if row.person_id),
        *(name.name for row in entry.entry_people.all() if row.person_id for name in row.person.names.all()),
        *(title for person in document["people"] for title in person["positions"]),
        *(row.organisation.name for row in entry.entry_organisations.all() if row.organisation_id),
        *(
            name.name
            for row in entry.entry_organisations.all()
            if row.organisation_id
            for name in row.organisation.names.all()
        ),
        *(row.commodity.name for row in entry.entry_commodities.all() if row.commodity_id),
        *(
            name.name
            for row in entry.entry_commodities.all()
            if row.commodity_id
            for name in row.commodity.names.all()
        ),
        *(code for commodity in document["commodities"] for code in commodity["hs_codes"]),
        document["place"],
    ]
    figures = [
        " ".join(filter(None, (figure["label"], figure["value"], figure["scale"], figure["currency"], figure["of"])))
        for figure in document["figures"]
    ]
    body = [
        *(statement["text"] for statement in document["statements"]),
        *(citation["quotation"] for statement in document["statements"] for citation in statement["citations"]),
        *figures,
        *(item["question"] for item in document["disagreements"]),
        *(account["says"] for item in document["disagreements"] for account in item["accounts"]),
    ]
    sources = [
        " ".join((source["title"], source["publisher"]["name"] if source["publisher"] else "", source["byline"]))
        for source in document["sources"]
    ]
    return {
        "A": document["headline"],
        "B": "\n".join([document["summary"], *names]),
        "C": "\n".join(body),
        "D": "\n".join(sources),
    }


# -- keeping the table right --------------------------------------------------------------

_paused: ContextVar[set[int] | None] = ContextVar("paused", default=None)


def publicly_visible() -> QuerySet[EntryPage]:
    """Entries that readers may see: live, and not under a page privacy setting."""
    return EntryPage.objects.live().public()


def refresh(entry_ids: Iterable[int]) -> None:
    """Make the rows of these entries equal to what is public, and count the change.

    Entries that are not public lose their row. The number of queries grows with
    batches of ``BATCH`` entries, not with entries.
    """
    ids = sorted(set(entry_ids))
    if not ids:
        return
    pending = _paused.get()
    if pending is not None:
        pending.update(ids)
        return
    with transaction.atomic():
        _next_version()
        tops = dict(Commodity.objects.filter(parent=None).values_list("pk", "slug"))
        totals: Counter[tuple[str, int]] = Counter()
        for start in range(0, len(ids), BATCH):
            totals.update(_refresh_batch(ids[start : start + BATCH], tops))
        _adjust(totals)


def _refresh_batch(ids: list[int], tops: dict[int, str]) -> Counter[tuple[str, int]]:
    """Write the rows of ``ids``; returns by how much each facet total changes."""
    totals: Counter[tuple[str, int]] = Counter()
    gone = set()
    for row in PublishedEntry.objects.filter(pk__in=ids).select_for_update().defer("document", "vector"):
        totals.subtract(_facets(row))
        gone.add(row.pk)
    entries = with_public_relations(publicly_visible().filter(pk__in=ids)).prefetch_related(
        "entry_organisations__organisation__names", "entry_commodities__commodity__names"
    )
    rows = [_row(entry, tops) for entry in entries]
    for row in rows:
        totals.update(_facets(row))
        gone.discard(row.pk)
    PublishedEntry.objects.filter(pk__in=gone).delete()
    if rows:
        names = [field.name for field in PublishedEntry._meta.concrete_fields if not field.primary_key]
        PublishedEntry.objects.bulk_create(rows, update_conflicts=True, unique_fields=["entry"], update_fields=names)
        Withdrawal.objects.filter(uid__in=[row.uid for row in rows]).delete()
    return totals


def _row(entry: EntryPage, tops: dict[int, str]) -> PublishedEntry:
    # Both are there unless a program made the page live without publishing it.
    published = entry.first_published_at or timezone.now()
    updated = entry.last_published_at or published
    document = build(entry, tops) | {"published": instant(published), "updated": instant(updated)}
    date = edtf.parse(entry.date)
    cited = [
        reference.source
        for parents in (entry.statements, entry.figures)
        for parent in parents.all()
        for reference in parent.citations.all()
        if reference.source_id and reference.source.is_public
    ] + [
        account.source
        for item in entry.disagreements.all()
        for account in item.accounts.all()
        if account.source_id and account.source.is_public
    ]
    lineages = [row.commodity.lineage for row in entry.entry_commodities.all() if row.commodity_id]
    return PublishedEntry(
        entry=entry,
        language=document["language"],
        uid=entry.uid,
        slug=entry.slug,
        sort_date=date.sort_date,
        sort_rank=date.sort_rank,
        period=period_of(entry.date),
        category_id=entry.category_id,
        people=sorted({row.person_id for row in entry.entry_people.all() if row.person_id}),
        commodities=sorted({commodity for lineage in lineages for commodity in lineage}),
        organisations=sorted({row.organisation_id for row in entry.entry_organisations.all() if row.organisation_id}),
        publishers=sorted({source.publisher_id for source in cited if source.publisher_id}),
        sources=sorted({source.pk for source in cited}),
        follows=sorted({row.earlier_id for row in entry.follows.all() if row.earlier_id}),
        differs=bool(document["disagreements"]),
        document=document,
        digest=hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:32],
        vector=WeightedVector(_texts(entry, document)),
        published_at=published,
        updated_at=updated,
    )


def _facets(row: PublishedEntry) -> Counter[tuple[str, int]]:
    """The facet values a row counts for."""
    values = [("all", 0), ("category", row.category_id), ("year", row.sort_date.year)]
    values += [("person", pk) for pk in row.people]
    values += [("commodity", pk) for pk in row.commodities]
    values += [("organisation", pk) for pk in row.organisations]
    values += [("publisher", pk) for pk in row.publishers]
    values += [("source", pk) for pk in row.sources]
    return Counter(values)


ADJUST_TOTALS = """
INSERT INTO timeline_facettotal (facet, value, total)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::int[])
ON CONFLICT (facet, value) DO UPDATE SET total = timeline_facettotal.total + EXCLUDED.total
"""


def _adjust(totals: Counter[tuple[str, int]]) -> None:
    """Add the differences to the stored totals; a total that reaches nought disappears."""
    changes = sorted((facet, value, change) for (facet, value), change in totals.items() if change)
    if changes:
        with connection.cursor() as cursor:
            cursor.execute(ADJUST_TOTALS, [list(column) for column in zip(*changes, strict=True)])
        FacetTotal.objects.filter(total__lte=0).delete()


def _next_version() -> None:
    """Count one more public change. The row lock also lets only one refresh run at a time."""
    now = timezone.now()
    if not Edition.objects.filter(pk=1).update(version=F("version") + 1, changed_at=now):
        Edition.objects.create(pk=1, version=1, changed_at=now)


@contextmanager
def paused() -> Iterator[None]:
    """Collect refreshes and do them once at the end: for loads that publish many entries."""
    pending: set[int] = set()
    token = _paused.set(pending)
    try:
        yield
    finally:
        _paused.reset(token)
    refresh(pending)


def rebuild() -> int:
    """Build the whole table anew from what is public; returns the number of entries."""
    with transaction.atomic():
        _next_version()
        PublishedEntry.objects.all().delete()
        FacetTotal.objects.all().delete()
        refresh(publicly_visible().values_list("pk", flat=True))
    return PublishedEntry.objects.count()


# -- when it changes ----------------------------------------------------------------------


def entries_about(record: Model) -> Q:
    """Which published entries show something of ``record``."""
    columns: dict[type[Model], str] = {
        Person: "people",
        Commodity: "commodities",
        Organisation: "organisations",
        Source: "sources",
    }
    if isinstance(record, Category):
        return Q(category=record)
    about = Q(**{f"{columns[type(record)]}__contains": [record.pk]})
    if isinstance(record, Organisation):
        about |= Q(publishers__contains=[record.pk])
    if isinstance(record, Source):
        derivatives = list(record.derivatives.values_list("pk", flat=True))
        about |= Q(sources__overlap=derivatives)
    return about


def _record_saved(sender: type, instance: Model, created: bool = False, **kwargs: Any) -> None:
    if not created:
        # After the commit: the rows below a record (names, positions) are written after it.
        transaction.on_commit(lambda: _refresh_about(instance))


def _refresh_about(record: Model) -> None:
    with transaction.atomic():
        _next_version()
        refresh(PublishedEntry.objects.filter(entries_about(record)).values_list("pk", flat=True))


def _chronology_published(sender: type, instance: ChronologyPage, **kwargs: Any) -> None:
    with transaction.atomic():
        _next_version()
        Edition.objects.filter(pk=1).update(title=instance.title, strapline=instance.strapline)


def _entry_published(sender: type, instance: EntryPage, **kwargs: Any) -> None:
    refresh([instance.pk])


def _entry_withdrawn(sender: type, instance: EntryPage, **kwargs: Any) -> None:
    """Unpublished or deleted: the row goes, a tombstone stays.

    Wagtail says "unpublished" before it deletes, while the page is still live in the
    database, so what is public cannot be asked here.
    """
    with transaction.atomic():
        _next_version()
        totals: Counter[tuple[str, int]] = Counter()
        for row in PublishedEntry.objects.filter(pk=instance.pk).defer("document", "vector"):
            totals.subtract(_facets(row))
            Withdrawal.objects.update_or_create(
                uid=row.uid,
                defaults={
                    "slug": row.slug,
                    "reason": instance.withdrawal_reason,
                    "withdrawn_at": timezone.now(),
                },
            )
            row.delete()
        _adjust(totals)


def _privacy_changed(sender: type, instance: PageViewRestriction, **kwargs: Any) -> None:
    entries = EntryPage.objects.descendant_of(instance.page, inclusive=True).live().values_list("pk", flat=True)
    transaction.on_commit(lambda: refresh(entries))


def connect() -> None:
    """Listen to what changes the public chronology; called once, when Django starts."""
    page_published.connect(_chronology_published, sender=ChronologyPage, dispatch_uid="timeline.search")
    page_published.connect(_entry_published, sender=EntryPage, dispatch_uid="timeline.search")
    page_unpublished.connect(_entry_withdrawn, sender=EntryPage, dispatch_uid="timeline.search")
    post_page_move.connect(_entry_published, sender=EntryPage, dispatch_uid="timeline.search")
    pre_delete.connect(_entry_withdrawn, sender=EntryPage, dispatch_uid="timeline.search")
    for signal in (post_save, post_delete):
        signal.connect(_privacy_changed, sender=PageViewRestriction, dispatch_uid="timeline.search")
    for record in (Person, Commodity, Organisation, Source, Category):
        post_save.connect(_record_saved, sender=record, dispatch_uid="timeline.search")

"""Drafts: what editors wrote and readers cannot see, and the words of it that the desk searches.

A draft saves itself twice a second while somebody types, and an import makes thousands, so nothing is written when
they are saved: whoever searches has the words made of the drafts that are new since the last search.
DECISIONS 146 says why.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value, prefetch_related_objects
from django.db.models.functions import Coalesce
from wagtail.models import PageViewRestriction

from timeline import search
from timeline.models import Commodity, DraftWords, EntryPage
from timeline.models.link import records_at_hand
from timeline.public.document import build, with_public_relations

NAMES = [
    "entry_organisations__organisation__names",
    "entry_commodities__commodity__names",
    "category__names",
    "terms__term__names",
]
SOURCE_PARTS = ["publisher", "derived_from"]

BATCH = 100
"""Drafts read at a time: bounds the memory."""

MOST = 200
"""Drafts that one search reads, in two seconds or three. After an import of more, the next searches read on."""


def hidden() -> Q:
    """Entries that are not public: drafts, withdrawn ones, and those under a page privacy setting."""
    found = Q(live=False)
    for path in PageViewRestriction.objects.values_list("page__path", flat=True):
        found |= Q(path__startswith=path)
    return found


def drafts() -> QuerySet[EntryPage]:
    """Entries whose newest version readers cannot see."""
    return EntryPage.objects.filter(hidden() | Q(has_unpublished_changes=True))


def unread() -> QuerySet[EntryPage]:
    """Drafts whose words are not known, or of an older version."""
    known = DraftWords.objects.filter(entry=OuterRef("pk"), revision=OuterRef("version"))
    return drafts().annotate(version=Coalesce("latest_revision", Value(0))).filter(~Exists(known)).order_by()


def read_new(*, all_of_them: bool = False) -> None:
    """Make the words of drafts that are new, of ``MOST`` at most."""
    number = 0
    while (all_of_them or number < MOST) and (ids := list(unread().values_list("pk", flat=True)[:BATCH])):
        read(ids)
        number += len(ids)


def read(ids: Iterable[int]) -> None:
    """Make the words of these drafts anew: of what their forms show."""
    tops = dict(Commodity.objects.filter(parent=None).values_list("pk", "slug"))
    entries = EntryPage.objects.filter(pk__in=ids)
    with records_at_hand():
        stored = with_public_relations(entries.filter(has_unpublished_changes=False), *NAMES)
        newer = entries.filter(has_unpublished_changes=True).select_related("latest_revision", "locale")
        versions = [entry.get_latest_revision_as_object() for entry in newer]
        _fetch_around(versions)
        rows = [
            DraftWords(
                entry_id=entry.pk,
                revision=entry.latest_revision_id or 0,
                vector=search.vector(search.texts(entry, build(entry, tops))),
            )
            for entry in (*stored, *versions)
        ]
    DraftWords.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["entry"], update_fields=["revision", "vector"]
    )


def _fetch_around(entries: list[EntryPage]) -> None:
    """Fetch what the words of entries need of the records that their rows name: a fixed number of queries."""
    rows = {
        "person": [row for entry in entries for row in entry.entry_people.all()],
        "organisation": [row for entry in entries for row in entry.entry_organisations.all()],
        "commodity": [row for entry in entries for row in entry.entry_commodities.all()],
        "source": [
            row
            for entry in entries
            for parent in (*entry.statements.all(), *entry.figures.all())
            for row in parent.citations.all()
        ]
        + [row for entry in entries for item in entry.disagreements.all() for row in item.accounts.all()]
        + [row for entry in entries for row in (*entry.source_notes.all(), *entry.attachments.all())],
    }
    needed = {
        "person": ["names", "positions"],
        "organisation": ["names"],
        "commodity": ["names", "hs_codes"],
        "source": SOURCE_PARTS,
    }
    for name, parts in needed.items():
        records = {id(record): record for row in rows[name] if (record := getattr(row, name))}
        prefetch_related_objects(list(records.values()), *parts)
    prefetch_related_objects([entry.category for entry in entries if entry.category], "names")


def matching(question: search.Question) -> QuerySet[Any]:
    """The ids of drafts that a question finds, among those that are known."""
    rows = DraftWords.objects.order_by().filter(vector=question, entry__in=drafts().order_by().values("pk"))
    return rows.values("pk")


def rebuild() -> None:
    """Forget all words, and make them anew."""
    DraftWords.objects.all().delete()
    read_new(all_of_them=True)

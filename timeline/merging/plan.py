"""The plan of a merge: what stands against it, and what it will change, asked before anything is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ForeignKey, Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from timeline.models import Account, Commodity, EntryPage, LaneCommodity, Source
from timeline.models.record import Record

from .pointers import MERGEABLE, Pointers, entry_of, pointers
from .revisions import naming

MOST = 50
"""Rows of one sort that a preview names; it counts the rest."""

NEVER_FILLED = {"key", "slug", "parent", "derived_from"}
"""Fields that say what a record is, or where it stands among others."""


class RefusedError(Exception):
    """A merge, or the way back, that cannot be; ``sentences`` say why."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Item:
    """One thing that a merge changes; ``entry`` is the id of the entry it stands in, if any."""

    text: str
    entry: int | None = None


@dataclass(frozen=True)
class MergeSection:
    """Things of one sort that change; ``total`` counts them all, ``items`` names some."""

    heading: str
    items: list[Item]
    total: int

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.total - len(self.items)


@dataclass(frozen=True)
class Plan:
    """Everything that merging ``removed`` into ``kept`` changes."""

    kept: Record
    removed: Record
    refusals: list[str]
    sections: list[MergeSection]
    fillable: list[tuple[str, str, str]]
    """Blank fields of the kept record that the other one could fill: name, label, value."""


def kind_of(record: Record) -> str:
    """The name under which rows point to records of this kind: ``person``, ``source``, ``commodity``."""
    return next(name for name, model in MERGEABLE.items() if isinstance(record, model))


def plan(kept: Record, removed: Record) -> Plan:
    """What merging would do: a fixed number of queries, however much points to the record."""
    against = refusals(kept, removed)
    if kept.pk == removed.pk or type(kept) is not type(removed):
        return Plan(kept, removed, against, [], [])
    fields = [(name, str(capfirst(label)), str(value)) for name, label, value in fillable(kept, removed)]
    return Plan(kept, removed, against, list(_sections(kept, removed)), fields)


def fillable(kept: Record, removed: Record) -> Iterator[tuple[str, Any, Any]]:
    """Blank fields of ``kept`` that ``removed`` has a value for: name, label, value."""
    for field in kept._meta.concrete_fields:
        if not (field.blank and field.editable) or field.name in NEVER_FILLED or isinstance(field, BooleanField):
            continue
        value = getattr(removed, field.name)
        if value not in ("", None) and getattr(kept, field.attname) in ("", None):
            yield field.name, field.verbose_name, value


def _sections(kept: Record, removed: Record) -> Iterator[MergeSection]:
    public: dict[int, str] = {}
    drafts: dict[int, str] = {}
    others = []
    doubles = []
    for found in pointers(kept, removed):
        for row in [*found.moving, *found.gone]:
            if entry := entry_of(row):
                (public if entry.live else drafts)[entry.pk] = entry.title
        doubles += [_double(double) for double, _twin in found.doubles]
        if found.moving and not entry_of(found.moving[0]):
            others.append(_rows(found))
    revisions = naming(kind_of(removed), removed.pk)
    newer = EntryPage.objects.filter(latest_revision__in=revisions.values("pk"))
    drafts |= {pk: title for pk, title in newer.values_list("pk", "draft_title") if pk not in public}
    yield from _entries(_("Public entries that will name the kept record"), public)
    yield from _entries(_("Drafts that will name the kept record"), drafts)
    if doubles:
        yield MergeSection(_("Named twice from then on, so one of the two rows goes"), doubles[:MOST], len(doubles))
    yield from others
    if count := revisions.count():
        text = _("They are rewritten, so that going back to one of them loses nothing.")
        yield MergeSection(_("Drafts and old versions that name it"), [Item(text)], count)
    yield MergeSection(_("Names and addresses that go on finding it"), *_counted(_kept_names(kept, removed)))


def _entries(heading: str, titles: dict[int, str]) -> Iterator[MergeSection]:
    if titles:
        yield MergeSection(heading, [Item(title, pk) for pk, title in list(titles.items())[:MOST]], len(titles))


def _counted(items: list[Item]) -> tuple[list[Item], int]:
    return items[:MOST], len(items)


def _double(row: Any) -> Item:
    entry = entry_of(row)
    if entry is None:
        return Item(f"{capfirst(str(row._meta.verbose_name))}: {row}")
    return Item(entry.title, entry.pk)


def _rows(found: Pointers) -> MergeSection:
    label = str(capfirst(found.model._meta.verbose_name_plural))
    return MergeSection(
        _("%(rows)s that move") % {"rows": label}, *_counted([Item(_words(row)) for row in found.moving])
    )


def _words(row: Any) -> str:
    """A row as its owner calls it: a lane, a term, a series, a name."""
    if isinstance(row, LaneCommodity):
        return str(row.lane)
    return str(getattr(row, "term", row))


def _kept_names(kept: Record, removed: Record) -> list[Item]:
    named = [str(removed.title if isinstance(removed, Source) else removed)]
    if isinstance(removed, Source):
        named = [removed.url] if removed.url else []
    words = {"old": removed.get_absolute_url(), "new": kept.get_absolute_url()}
    return [*(Item(name) for name in named), Item(_("%(old)s leads to %(new)s") % words)]


def refusals(kept: Record, removed: Record) -> list[str]:
    """Why the two cannot be merged, in sentences; empty when they can."""
    if type(kept) is not type(removed) or not isinstance(kept, tuple(MERGEABLE.values())):
        return [_("These are records of different kinds. Only two people, two sources or two goods can be one.")]
    if kept.pk == removed.pk:
        return [_("This is the same record. Choose another one to keep.")]
    found: list[str] = []
    if isinstance(kept, Commodity) and isinstance(removed, Commodity):
        found += _against_commodities(kept, removed)
    if isinstance(kept, Source) and isinstance(removed, Source):
        found += _against_sources(kept, removed)
    return found


def _against_commodities(kept: Commodity, removed: Commodity) -> Iterator[str]:
    words = {"kept": kept, "removed": removed}
    if removed.pk in kept.lineage:
        yield _("“%(kept)s” is part of “%(removed)s”. Merge the part into the whole instead.") % words
    if kept.parent_id and (lanes := [str(row.lane) for row in removed.lanes.select_related("lane")]):
        sentence = _(
            "“%(removed)s” colours %(lanes)s in the overview, and only goods at the top of the tree can. "
            "Keep one of those, or change the subject first."
        )
        yield sentence % {**words, "lanes": ", ".join(lanes)}


def _against_sources(kept: Source, removed: Source) -> Iterator[str]:
    words = {"kept": kept, "removed": removed}
    if removed.pk in _rests_on(kept):
        yield (
            _("“%(kept)s” is based on “%(removed)s”, so it would be based on itself. Merge it the other way round.")
            % words
        )
    if kept.use != removed.use:
        yield _("One of them is evidence, the other is kept as an example of an error. They are not one source.")
    both = Account._default_manager.filter(source=removed, disagreement__accounts__source=kept)
    rows = both.select_related("disagreement__entry").distinct()
    places = {row.disagreement.entry.title: row.disagreement.question for row in rows}
    drafts = EntryPage.objects.filter(latest_revision__in=naming("source", removed.pk).values("pk"))
    for draft in drafts.select_related("latest_revision"):
        content = draft.latest_revision.content
        for item in content.get("disagreements", ()):
            if {kept.pk, removed.pk} <= {account.get("source") for account in item.get("accounts", ())}:
                places[content["title"]] = item.get("question", "")
    for title, question in places.items():
        sentence = _(
            "Both give an account of “%(question)s” in “%(title)s”, and one would be lost. "
            "Settle that in the entry first."
        )
        yield sentence % {"question": question, "title": title}


def _rests_on(source: Source) -> set[int]:
    """The ids of all that a source rests on, one query a step of the chain."""
    met: set[int] = set()
    above = source.derived_from_id
    while above and above not in met:
        met.add(above)
        above = Source.objects.values_list("derived_from", flat=True).get(pk=above)
    return met


def foreign_keys(record: Model) -> list[ForeignKey]:
    """The foreign keys of a row."""
    return [field for field in record._meta.concrete_fields if isinstance(field, ForeignKey)]

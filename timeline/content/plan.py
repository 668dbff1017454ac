"""What a load is to do: each record of a pack beside what stands on the site and what was loaded there last."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import ModelLogEntry, Page, Revision

from timeline.models import ChronologyPage, LoadedRecord, Merge

from .kinds import CHRONOLOGY, ENTRIES, KINDS, STORYLINES, TERMS, Kind
from .pack import META_FILE, Pack
from .parts import KnownRecords, Record, rewritten
from .problems import ContentProblem, Place
from .threeway import Conflict, Side, ThreeWay

SITE = Kind("chronology", gettext_lazy("chronology"), CHRONOLOGY)
"""What pack.json says of the chronology, as a record without an id."""

MERGED_KINDS = {"person": "people", "source": "sources", "commodity": "commodities"}
"""The kinds of records that can be merged, by what a merge calls them."""


@dataclass
class Outcome:
    """What a load did."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    """Records of each kind that the database has and the pack has not."""
    left_alone: dict[str, str] = field(default_factory=dict)
    """Entries that are not as the pack says and were not touched, with the reason."""
    kept: dict[str, list[str]] = field(default_factory=dict)
    """What editors changed and the pack did not: the paths of fields, by the record."""
    conflicts: dict[str, list[Conflict]] = field(default_factory=dict)
    """What both changed, by the record."""
    dropped: list[str] = field(default_factory=list)
    """Records that were loaded once and are not in the pack any more."""

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated)


@dataclass
class Step:
    """What is to become of a record of the pack: ``wanted`` is the record as it is to stand, or None to leave it."""

    kind: Kind
    key: str
    wanted: Record | None
    loaded: Record | None
    """What counts as loaded from now on; None if that stays."""
    is_merged: bool = False
    """Made of what the pack and an editor say, so not checked as one yet."""
    is_deleted: bool = False
    """Was loaded once and deleted here."""


class Plan:
    """The steps of a load. Everything is read and compared before anything is written."""

    def __init__(self, pack: Pack, prefer: Side | None, outcome: Outcome) -> None:
        self.pack, self.prefer, self.outcome = pack, prefer, outcome
        self.known = KnownRecords()
        self.positions = {kind.name: _positions(kind, pack.records[kind.name]) for kind in KINDS}
        self.stored: dict[str, dict[str, Any]] = {}
        self.merged_into: dict[tuple[str, str], str] = {}
        self.as_loaded: dict[str, set[Any]] = {}

    def steps(self, chronology: ChronologyPage) -> dict[str, list[Step]]:
        """What is to become of each record of the pack, by kind."""
        self._fetch(chronology)
        steps = {kind.name: [self._step(kind, record) for record in self.pack.records[kind.name]] for kind in KINDS}
        self._revive([step for of_kind in steps.values() for step in of_kind])
        return steps

    def clashes(self) -> list[ContentProblem]:
        """Values of the pack that other records in the database already have."""
        return [problem for kind in KINDS for problem in self._clashes(kind)]

    def step_of_the_page(self, page: ChronologyPage) -> Step:
        """What is to become of the page above the entries, once the records it points to are there."""
        said = self.pack.chronology
        site = CHRONOLOGY.dump(page, self.known)
        if site == said:
            return Step(SITE, "", None, said)
        if page.latest_revision_id is None:
            return Step(SITE, "", said, said)
        if reason := editors_work(page):
            self.outcome.left_alone[META_FILE] = reason
            return Step(SITE, "", None, None)
        return self._compared(SITE, "", site, said, lambda: _is_loads(page))

    # -- what there is --------------------------------------------------------------------

    def _clashes(self, kind: Kind) -> Iterable[ContentProblem]:
        records = self.pack.records[kind.name]
        others = kind.model._default_manager.exclude(key__in=[record["id"] for record in records])
        for name, column in kind.unique_columns.items():
            if column == "key":
                continue
            values = {record[name]: record["id"] for record in records if record.get(name)}
            taken = others.filter(**{f"{column}__in": values}).values_list(column, "key")
            for value, key in taken:
                sentence = _("“%(value)s” is already used in the database by “%(other)s”")
                words = {"value": value, "other": key}
                file = self.pack.file_of(kind, values[value])
                yield ContentProblem(file, values[value], name, sentence % words)

    def _fetch(self, chronology: ChronologyPage) -> None:
        """The records of the pack that are stored, all that they may point to, and what was loaded the last time."""
        for kind in KINDS:
            keys = [record["id"] for record in self.pack.records[kind.name]]
            everything = kind.model._default_manager.all()
            rows = everything.filter(key__in=keys).prefetch_related(*kind.shape.relations())
            stored = self.stored[kind.name] = {row.key: row for row in rows}
            others = [] if kind is ENTRIES else list(everything.exclude(key__in=keys))
            number = everything.count() - len(stored) if kind is ENTRIES else len(others)
            if number:
                self.outcome.others[kind.name] = number
            for instance in (*stored.values(), *others):
                self.known.add(kind.name, instance)
        self._know_other_entries(chronology)
        self.bases = {(row.kind, row.key): row.record for row in LoadedRecord.objects.all()}
        for merge in Merge.objects.filter(undone_at=None).order_by("merged_at", "pk"):
            name = MERGED_KINDS[merge.kind]
            self.merged_into[name, merge.removed_key] = merge.kept_key
        self.outcome.dropped = sorted(self._dropped())

    def _dropped(self) -> Iterator[str]:
        """Records that were loaded once, are not in the pack any more, and still stand."""
        for kind in KINDS:
            there = {record["id"] for record in self.pack.records[kind.name]}
            if gone := {key for name, key in self.bases if name == kind.name} - there:
                rows = kind.model._default_manager.filter(key__in=gone).values_list("key", flat=True)
                yield from (name_of(kind.name, key) for key in rows)

    def _know_other_entries(self, chronology: ChronologyPage) -> None:
        """Entries of editors that records of the pack point to."""
        entries, terms = self.stored[ENTRIES.name], self.stored[TERMS.name]
        pointed = {row.earlier_id for entry in entries.values() for row in entry.follows.all()}
        pointed |= {row.entry_id for term in terms.values() for row in term.entries.all()}
        pointed |= {row.entry_id for row in chronology.open_questions.all()}
        for storyline in self.stored[STORYLINES.name].values():
            rows = [*storyline.summary.all(), *storyline.steps.all(), *storyline.open_questions.all()]
            pointed |= {row.entry_id for row in storyline.steps.all()}
            pointed |= {support.entry_id for row in rows for support in row.rests_on.all()}
        if missing := {pk for pk in pointed if pk and self.known.key(ENTRIES.name, pk) is None}:
            for entry in ENTRIES.model._default_manager.filter(pk__in=missing):
                self.known.add(ENTRIES.name, entry)

    # -- what is to be done ---------------------------------------------------------------

    def _step(self, kind: Kind, record: Record) -> Step:
        """What is to become of a record, told by what stands, what is loaded now and what was loaded last."""
        key, said = record["id"], self._said(kind, record)
        instance = self.stored[kind.name].get(key)
        if instance is None:
            return self._missing(kind, key, said)
        if kind is ENTRIES and not instance.live:
            self.outcome.left_alone[key] = editors_work(instance)
            return Step(kind, key, None, None)
        site = kind.shape.dump(instance, self.known)
        if kind.has_position:
            site["position"] = instance.position
        if site == said:
            self.outcome.unchanged[kind.name] += 1
            return Step(kind, key, None, said)
        if kind is ENTRIES and (reason := editors_work(instance)):
            self.outcome.left_alone[key] = reason
            return Step(kind, key, None, None)
        step = self._compared(kind, key, site, said, lambda: instance.pk in self._as_loaded(kind))
        if step.wanted is None:
            self.outcome.unchanged[kind.name] += 1
        return step

    def _missing(self, kind: Kind, key: str, said: Record) -> Step:
        """A record that is not there: new, or merged into another one, or deleted since it was loaded."""
        name = name_of(kind.name, key)
        if (into := self._key(kind.name, key)) != key:
            self.outcome.kept[name] = [_("merged into %(other)s here") % {"other": into}]
            return Step(kind, key, None, said)
        base = self._base(kind, key)
        if base is None or (base != said and self.prefer is Side.THEIRS):
            return Step(kind, key, said, said)
        if base == said:
            self.outcome.kept[name] = [_("deleted here")]
            return Step(kind, key, None, said, is_deleted=True)
        self.outcome.conflicts[name] = [Conflict("", _("changed in the pack"), _("deleted here"))]
        return Step(kind, key, None, said if self.prefer is Side.OURS else None, is_deleted=True)

    def _compared(self, kind: Kind, key: str, site: Record, said: Record, is_as_loaded: Callable[[], bool]) -> Step:
        """The step for a record that stands and is not as the pack says."""
        base, sides = self._base(kind, key), ThreeWay(self.prefer)
        if base is not None:
            wanted, loaded = sides.records(base, site, said)
        elif is_as_loaded():
            wanted, loaded = said, said
        else:
            wanted = sides.without_base(site, said)
            loaded = said if self.prefer else None
        if sides.kept:
            self.outcome.kept[name_of(kind.name, key)] = sides.kept
        if sides.conflicts:
            self.outcome.conflicts[name_of(kind.name, key)] = sides.conflicts
        return Step(kind, key, wanted if wanted != site else None, loaded, is_merged=wanted != said)

    def _revive(self, steps: list[Step]) -> None:
        """Let what was deleted here be made again if a record that is written points to it."""
        deleted = {(step.kind.name, step.key): step for step in steps if step.is_deleted}
        said = {key: self._said(step.kind, self._record(step)) for key, step in deleted.items()} if deleted else {}
        waiting = [step for step in steps if step.wanted is not None] if deleted else []
        while waiting:
            step = waiting.pop()
            for _path, kind, key in step.kind.shape.references(step.wanted or {}):
                if needed := deleted.pop((kind, key), None):
                    needed.wanted = needed.loaded = said[kind, key]
                    self.outcome.kept.pop(name_of(kind, key), None)
                    self.outcome.conflicts.pop(name_of(kind, key), None)
                    waiting.append(needed)

    def _record(self, step: Step) -> Record:
        return next(record for record in self.pack.records[step.kind.name] if record["id"] == step.key)

    def _said(self, kind: Kind, record: Record) -> Record:
        """A record of the pack as it compares: with its place, and with the records that others were merged into."""
        said = rewritten(kind.shape, record, self._resolve) if self.merged_into else dict(record)
        if kind.has_position:
            said["position"] = self.positions[kind.name][record["id"]]
        return said

    def _base(self, kind: Kind, key: str) -> Record | None:
        """A record as it was loaded, in the form that this code gives it, or None."""
        found = self.bases.get((kind.name, key))
        if found is None:
            return None
        place = {name: found[name] for name in ("position",) if name in found}
        plain = kind.shape.read({name: value for name, value in found.items() if name not in place}, Place([], ""))
        return (rewritten(kind.shape, plain, self._resolve) if self.merged_into else plain) | place

    def _resolve(self, path: str, kind: str, key: str) -> str:
        return self._key(kind, key)

    def _key(self, kind: str, key: str) -> str:
        """The key of the record, or of the one that it was merged into."""
        met = set()
        while key not in self.stored[kind] and (kind, key) in self.merged_into and key not in met:
            met.add(key)
            key = self.merged_into[kind, key]
        return key

    def _as_loaded(self, kind: Kind) -> set[Any]:
        """The stored records that nobody has changed since a load; asked where it is not known what that load said."""
        if kind.name not in self.as_loaded:
            stored = list(self.stored[kind.name].values())
            self.as_loaded[kind.name] = _last_loaded(kind, stored)
        return self.as_loaded[kind.name]


def name_of(kind: str, key: str) -> str:
    """What reports call a record: "entries e-2019", or the file of what the pack says of itself."""
    return f"{kind} {key}" if key else META_FILE


def _last_loaded(kind: Kind, stored: list[Any]) -> set[Any]:
    """The ids of those whose last change nobody made by hand."""
    if kind is ENTRIES:
        revisions = Revision.objects.filter(pk__in=[entry.live_revision_id for entry in stored], user=None)
        by_nobody = set(revisions.values_list("pk", flat=True))
        return {entry.pk for entry in stored if entry.live_revision_id in by_nobody}
    lines = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(kind.model), object_id__in=[str(row.pk) for row in stored]
    )
    last = lines.order_by("object_id", "-timestamp", "-pk").distinct("object_id")
    return {int(pk) for pk, user in last.values_list("object_id", "user") if user is None}


def _is_loads(page: Page) -> bool:
    """Whether a load made what is public of a page."""
    return bool(page.live_revision and page.live_revision.user_id is None)


def editors_work(page: Page) -> str:
    """Why a page must not be published over, or nothing."""
    if not page.live:
        return _("is not public: it was withdrawn, or never published")
    if page.has_unpublished_changes:
        return _("has a draft newer than what is public")
    if page.locked:
        return _("is locked by an editor")
    return ""


def _positions(kind: Kind, records: Iterable[Record]) -> dict[str, int]:
    """The place of each record among its siblings."""
    if not kind.has_position:
        return {}
    counted: Counter[Any] = Counter()
    positions = {}
    for record in records:
        siblings = record.get(kind.within)
        positions[record["id"]] = counted[siblings]
        counted[siblings] += 1
    return positions

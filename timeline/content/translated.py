"""Brings the translations of the database to what a pack says; what translators changed since the last load stays."""

from collections.abc import Mapping

from timeline import edition
from timeline.models import LoadedRecord, Translation

from .pack import Pack
from .plan import Outcome
from .saving import BATCH
from .threeway import Side, ThreeWay
from .translations import FOLDER, Identity, Translated

Segments = Mapping[str, Translated]


def load_translations(pack: Pack, prefer: Side | None, outcome: Outcome) -> None:
    """Create, change and delete what differs from the pack, and let readers see it. A few queries a language."""
    changed: set[Identity] = set()
    for language, said in pack.translations.items():
        changed |= _Language(language, outcome).load(said, prefer)
    if changed:
        edition.refresh_translations(changed)


class _Language:
    """What is stored of one language, and what is to become of it."""

    def __init__(self, language: str, outcome: Outcome) -> None:
        self.language, self.outcome = language, outcome
        self.stored: dict[Identity, dict[str, Translation]] = {}
        for row in Translation.objects.filter(language=language):
            self.stored.setdefault((row.kind, row.record), {})[row.segment] = row
        loaded = LoadedRecord.objects.filter(kind__startswith=f"{language}/")
        self.bases = {
            (one.kind.partition("/")[2], one.key): {key: Translated(*row) for key, row in one.record.items()}
            for one in loaded
        }
        self.new: list[Translation] = []
        self.other: list[Translation] = []
        self.gone: list[int] = []

    def load(self, said: Mapping[Identity, Segments], prefer: Side | None) -> set[Identity]:
        """Compare what the pack says with what is stored and was loaded; returns the records that changed."""
        changed, notes = set(), []
        for identity in dict.fromkeys([*said, *self.bases]):
            way = ThreeWay(prefer)
            rows = self.stored.get(identity, {})
            base = self.bases.get(identity, {})
            site = {key: Translated(row.of, row.state, row.words) for key, row in rows.items()}
            stands, loaded = way.records(base, site, dict(said.get(identity, {})))
            name = f"{FOLDER}/{self.language}/{identity[0]} {identity[1]}"
            if way.kept:
                self.outcome.kept[name] = way.kept
            if way.conflicts:
                self.outcome.conflicts[name] = way.conflicts
            if stands != site:
                changed.add(identity)
                self._plan(identity, rows, site, stands)
            if loaded != base:
                notes.append(LoadedRecord(kind=f"{self.language}/{identity[0]}", key=identity[1], record=loaded))
        self._save(notes)
        return changed

    def _plan(self, identity: Identity, rows: Mapping[str, Translation], site: Segments, stands: Segments) -> None:
        self.gone += [rows[key].pk for key in site.keys() - stands.keys()]
        for key, said in stands.items():
            if said == site.get(key):
                continue
            row = rows.get(key) or Translation(
                language=self.language, kind=identity[0], record=identity[1], segment=key
            )
            row.of, row.state, row.words = said
            row.translator = row.reviewer = None
            (self.other if key in rows else self.new).append(row)

    def _save(self, notes: list[LoadedRecord]) -> None:
        number = sum(map(len, self.stored.values()))
        Translation.objects.filter(pk__in=self.gone).delete()
        Translation.objects.bulk_create(self.new, BATCH)
        fields = ["of", "state", "words", "translator", "reviewer"]
        Translation.objects.bulk_update(self.other, fields, BATCH)
        LoadedRecord.objects.bulk_create(
            notes, BATCH, update_conflicts=True, unique_fields=["kind", "key"], update_fields=["record"]
        )
        self.outcome.created[FOLDER] += len(self.new)
        self.outcome.updated[FOLDER] += len(self.other) + len(self.gone)
        self.outcome.unchanged[FOLDER] += number - len(self.other) - len(self.gone)

"""Keeps the names of records as searches look them up equal to what the records say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from timeline import search
from timeline.choices import NameKind
from timeline.models import Category, Commodity, Organisation, Person, SearchName, Term, Translation
from timeline.models.record import Record
from timeline.names import fold
from timeline.public.language import KINDS
from timeline.segments import READING, digest

from .translations import translated

NAMED: tuple[type[Any], ...] = (Person, Organisation, Commodity, Category, Term)
"""The kinds of records that have further names."""

BATCH = 500
"""Records whose names are written at a time."""

Identity = tuple[type[Any], int]
"""A record by its model and its primary key, which outlasts it."""

waiting: ContextVar[set[Identity] | None] = ContextVar("records to be named", default=None)
"""Records that changed while a load lasts; None outside of one."""


def note_names(records: Iterable[Record]) -> None:
    """Let searches know what records that were saved or deleted are called: when the load or the transaction ends."""
    changed = [(type(record), record.pk) for record in records if isinstance(record, NAMED)]
    pending = waiting.get()
    if pending is not None:
        pending.update(changed)
    elif changed:  # after the commit: the names are written after the record
        transaction.on_commit(lambda: refresh_names(changed))


def note_translated(keys: Mapping[str, Iterable[str]]) -> None:
    """The same of records whose translations changed, by their kinds and keys."""
    for model in NAMED:
        if changed := keys.get(KINDS[model]):
            note_names(model.objects.filter(key__in=changed).only("pk"))


def refresh_names(records: Iterable[Identity]) -> None:
    """Let searches know what these records are called now, or that they are gone: four queries a kind and batch."""
    by_kind: defaultdict[type[Any], list[int]] = defaultdict(list)
    for model, pk in records:
        by_kind[model].append(pk)
    for model, ids in by_kind.items():
        for start in range(0, len(ids), BATCH):
            _write(model, ids[start : start + BATCH])


def rebuild_names() -> None:
    """Write all names anew."""
    with transaction.atomic():  # the site goes on with the old ones
        SearchName.objects.all().delete()
        for model in NAMED:
            last = 0
            while ids := list(model.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
                _write(model, ids)
                last = ids[-1]


def _write(model: type[Any], ids: list[int]) -> None:
    kind = model._meta.model_name
    found = list(model.objects.filter(pk__in=ids).prefetch_related("names"))
    called = [(record, "", _names(record)) for record in found]
    plural = KINDS[model]
    for language, of in translated((plural, record.key) for record in found).items():
        called += ((record, language, _translated_names(record, of.get((plural, record.key), {}))) for record in found)
    rows = [
        SearchName(
            kind=kind,
            record=record.pk,
            language=language,
            name=name,
            key=search.name_key(name),
            stands=stands,
            folded=fold(name)[:200],
        )
        for record, language, names in called
        for name, stands in names.items()
    ]
    with transaction.atomic():
        SearchName.objects.filter(kind=kind, record__in=ids).delete()
        SearchName.objects.bulk_create(rows, ignore_conflicts=True)  # somebody may save the same record


def _translated_names(record: Any, translations: Mapping[str, Translation]) -> dict[str, bool]:
    """What a record is called in a language, and the kana that lead to it; nothing that was made of another name."""
    now = digest(record.name)
    rows = ((translations.get(key), key == "name") for key in (READING, "name"))
    return {row.words[:200]: stands for row, stands in rows if row and row.of == now}


def _names(record: Any) -> dict[str, bool]:
    """What a record is called, its own name first, and whether each stands for it; half a reading leads to it too."""
    shown = NameKind.shown()
    rows = list(record.names.all())
    names = {record.name: True}
    names |= {row.name: row.kind in shown for row in rows if row.name != record.name}
    parts = (part for row in rows if row.kind == NameKind.READING for part in row.name.split())
    return names | {part: False for part in parts if part not in names}

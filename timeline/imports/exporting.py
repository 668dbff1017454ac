"""Writes the records of one kind, for a spreadsheet or as a file of the pack; ``checking`` reads both again."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import batched, chain
from typing import Any

from django.db.models import F

from timeline.content.kinds import ENTRIES, FIGURES, KINDS, Kind
from timeline.content.parts import KnownRecords, Record

from .finding import pointed
from .tables import lines

BATCH = 200
"""Records in memory at a time."""


def records(kind: Kind) -> Iterator[Record]:
    """The records of a kind as they are now, entries as readers see them; a fixed number of queries a batch."""
    if kind is FIGURES:
        for entry in records(ENTRIES):
            for figure in entry["figures"]:
                yield {"entry": entry["id"], **figure}
        return
    stored = kind.model._default_manager.prefetch_related(*kind.shape.relations())
    if kind is ENTRIES:
        stored = stored.filter(live=True).order_by(F("date_period").asc(nulls_last=True), "pk")
    for batch in batched(stored.iterator(chunk_size=BATCH), BATCH):
        known = known_to(kind, batch)
        yield from (kind.shape.dump(instance, known) for instance in batch)


def known_to(kind: Kind, instances: Iterable[Any]) -> KnownRecords:
    """The records that some (prefetched) instances point to, themselves among them."""
    known = KnownRecords()
    wanted = defaultdict(set)
    for instance in instances:
        known.add(kind.name, instance)
        for target, pk in pointed(kind.shape, instance):
            wanted[target].add(pk)
    for other in KINDS:
        if wanted[other.name]:
            for instance in other.model._default_manager.filter(pk__in=wanted[other.name]):
                known.add(other.name, instance)
    return known


def as_csv(kind: Kind, *, bom: bool = False) -> Iterator[str]:
    """The kind as a table, record by record."""
    return lines(kind, records(kind), bom=bom)


def as_json(kind: Kind) -> Iterator[str]:
    """The kind as a file of the pack, record by record."""
    texts = (json.dumps(record, ensure_ascii=False, indent=1) for record in records(kind))
    first = next(texts, None)
    if first is None:
        yield "[]\n"
        return
    yield f"[\n{first}"
    yield from chain((f",\n{text}" for text in texts), ["\n]\n"])

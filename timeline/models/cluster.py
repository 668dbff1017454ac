"""Cluster: a record or entry with the rows below it, of which only those are read that exist and written that changed.

DECISIONS 150.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.postgres.fields import RangeField
from django.db import connection, models, transaction
from modelcluster.models import ClusterableModel, get_all_child_relations

Held = list[tuple[Any, list[Any]]]
"""What has rows, and the rows that it is to have."""

Taken = list[tuple[Any, Any, list[Any]]]
"""What had rows in memory, by which relation, and the rows."""


class Cluster(ClusterableModel):
    """Saves the rows below it as ``ClusterableModel`` does, but leaves those alone that are stored as they are.

    One query tells which relations have rows at all, one each of these what is stored, of all rows that have rows
    themselves together; modelcluster asks for each alone, and writes them all.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> Any:
        is_new, named = self._state.adding, kwargs.get("update_fields")
        held = list(_taken(self, named))
        if not held:
            return super().save(*args, **kwargs)
        taken: Taken = [(self, relation, rows) for relation, rows in held]
        try:
            with transaction.atomic():
                result = super().save(*args, **kwargs)
                stored = set() if is_new else filled([relation for relation, _rows in held], [self.pk])
                for relation, rows in held:
                    _write(relation, [(self, rows)], {self.pk} if relation in stored else set(), taken)
        except BaseException:
            for parent, relation, rows in taken:  # whoever catches it finds them, to try again
                getattr(parent, relation.get_accessor_name()).set(rows)
            raise
        for relation, _rows in held:
            # What was fetched before is not what is stored now: a revision would be made of it.
            vars(self).get("_prefetched_objects_cache", {}).pop(relation.get_accessor_name(), None)
        return result


def filled(relations: Sequence[Any], ids: Iterable[int]) -> set[Any]:
    """Those of some relations to rows in which any of these parents has one: one query."""
    quoted = connection.ops.quote_name
    asked = [
        f"EXISTS (SELECT FROM {quoted(one.related_model._meta.db_table)} WHERE {quoted(one.field.column)} = ANY(%s))"
        for one in relations
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(asked)}", [list(ids)] * len(asked))
        return {relation for relation, is_filled in zip(relations, cursor.fetchone(), strict=True) if is_filled}


def fetch_rows(instances: Sequence[Any], lookups: Iterable[str | models.Prefetch]) -> None:
    """Fetch what Django's ``prefetch_related_objects`` does, but ask no relation that has no rows: one query tells."""
    if not instances:
        return
    wanted = [(lookup, _first(lookup)) for lookup in lookups]
    begins = {name for _lookup, name in wanted}
    relations = [one for one in instances[0]._meta.related_objects if one.get_accessor_name() in begins]
    empty = set(relations) - filled(relations, [instance.pk for instance in instances])
    none = {one.get_accessor_name(): one.related_model._default_manager.none() for one in empty}
    for instance in instances:
        vars(instance).setdefault("_prefetched_objects_cache", {}).update(none)
    models.prefetch_related_objects(instances, *(lookup for lookup, name in wanted if name not in none))


def hold_stored_rows(instance: Any, names: Iterable[str]) -> None:
    """Let a stored instance hold the rows of these relations, and theirs, as one made of a draft does: one query."""
    relations = [one for one in get_all_child_relations(instance) if one.get_accessor_name() in names]
    asked = ", ".join(_rows_as_json(relation, "%s") for relation in relations)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT json_build_array({asked})::text", [instance.pk] * len(relations))
        found = json.loads(cursor.fetchone()[0], parse_float=str)
    for relation, rows in zip(relations, found, strict=True):
        _hold(instance, relation, rows)


def _rows_as_json(relation: Any, parent: str) -> str:
    """SQL of the rows of a relation, in their order: what their fields hold, and the same of the rows below each."""
    meta, quoted = relation.related_model._meta, connection.ops.quote_name
    table = quoted(meta.db_table)
    pk = f"{table}.{quoted(meta.pk.column)}"
    held = [_as_json(field, f"{table}.{quoted(field.column)}") for field in meta.concrete_fields]
    held += [_rows_as_json(below, pk) for below in get_all_child_relations(relation.related_model)]
    order = [f"{table}.{quoted(meta.get_field(name).column)}" for name in meta.ordering]
    rows = f"json_agg(json_build_array({', '.join(held)}) ORDER BY {', '.join([*order, pk])})"
    of_parent = f"{table}.{quoted(relation.field.column)} = {parent}"
    return f"(SELECT coalesce({rows}, '[]') FROM {table} WHERE {of_parent})"  # noqa: S608 - names of ours


def _as_json(field: models.Field, column: str) -> str:
    """SQL of a column in the form that its field reads from text: a range is read from the JSON of its ends."""
    if not isinstance(field, RangeField):
        return column
    ends = f"json_build_object('lower', lower({column}), 'upper', upper({column}), 'bounds', '[)')"
    return f"CASE WHEN {column} IS NOT NULL THEN {ends}::text END"


def _hold(parent: Any, relation: Any, values: list[list[Any]]) -> None:
    model = relation.related_model
    fields, below = model._meta.concrete_fields, get_all_child_relations(model)
    rows = []
    for held in values:
        read = [field.to_python(value) for field, value in zip(fields, held, strict=False)]
        row = model.from_db(connection.alias, [field.attname for field in fields], read)
        for deeper, children in zip(below, held[len(fields) :], strict=True):
            _hold(row, deeper, children)
        rows.append(row)
    getattr(parent, relation.get_accessor_name()).set(rows)


def _first(lookup: str | models.Prefetch) -> str:
    """The relation of the instances themselves with which a lookup begins."""
    return (lookup if isinstance(lookup, str) else lookup.prefetch_to).split("__")[0]


def _taken(instance: Any, named: Iterable[str] | None = None) -> Iterator[tuple[Any, list[Any]]]:
    """Take the rows that are in memory from an instance, so that modelcluster finds none to write."""
    held = vars(instance).get("_cluster_related_objects") or {}
    for relation in get_all_child_relations(instance):
        name, model = relation.get_accessor_name(), relation.related_model
        if name not in held or (named is not None and name not in named):
            continue
        if issubclass(model, Cluster) or not issubclass(model, ClusterableModel):  # it saves its own rows otherwise
            yield relation, held.pop(name)


def _write(relation: Any, held: Held, stored_parents: set[Any], taken: Taken) -> None:
    """Bring the rows of one relation to what is held; of parents that are not stored there are none to look for."""
    field, model = relation.field, relation.related_model
    stored: dict[Any, Any] = {}
    if stored_parents:
        rows = model._default_manager.filter(**{f"{field.name}__in": stored_parents})
        stored = {row.pk: row for row in rows}
    kept = {row.pk for _parent, rows in held for row in rows}
    for pk, row in stored.items():
        if pk not in kept:
            row.delete()
    below: defaultdict[Any, Held] = defaultdict(list)
    for parent, rows in held:
        for row in rows:
            setattr(row, field.name, parent)
            for deeper, children in list(_taken(row)):
                below[deeper].append((row, children))
                taken.append((row, deeper, children))
            if row.pk not in stored or _differ(row, stored[row.pk]):
                row.save()
    for deeper, pairs in below.items():
        _write(deeper, pairs, {row.pk for row, _children in pairs} & stored.keys(), taken)


def _differ(row: models.Model, stored: models.Model) -> bool:
    """Whether saving a row would change what is stored."""
    if hasattr(row, "derive"):
        row.derive()
    fields = row._meta.concrete_fields
    return any(field.pre_save(row, add=False) != getattr(stored, field.attname) for field in fields)

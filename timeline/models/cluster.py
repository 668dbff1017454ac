"""Cluster: a record or entry with the rows below it, of which only those are written that changed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models, transaction
from modelcluster.models import ClusterableModel, get_all_child_relations

Held = list[tuple[Any, list[Any]]]
"""What has rows, and the rows that it is to have."""

Taken = list[tuple[Any, Any, list[Any]]]
"""What had rows in memory, by which relation, and the rows."""


class Cluster(ClusterableModel):
    """Saves the rows below it as ``ClusterableModel`` does, but leaves those alone that are stored as they are.

    One query a relation asks what is stored, of all rows that have rows themselves together; modelcluster asks for
    each alone, and writes them all.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> Any:
        is_new, named = self._state.adding, kwargs.get("update_fields")
        held = list(_taken(self, named))
        taken: Taken = [(self, relation, rows) for relation, rows in held]
        try:
            with transaction.atomic():
                result = super().save(*args, **kwargs)
                for relation, rows in held:
                    _write(relation, [(self, rows)], set() if is_new else {self.pk}, taken)
        except BaseException:
            for parent, relation, rows in taken:  # whoever catches it finds them, to try again
                getattr(parent, relation.get_accessor_name()).set(rows)
            raise
        for relation, _rows in held:
            # What was fetched before is not what is stored now: a revision would be made of it.
            vars(self).get("_prefetched_objects_cache", {}).pop(relation.get_accessor_name(), None)
        return result


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

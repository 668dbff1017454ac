"""The constraints of the models, asked of instances in memory.

The database enforces them too; asking here reports every breach of a pack at once,
with the sentences editors see, before anything is written and without a database.
"""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from modelcluster.fields import ParentalKey

LOOKUPS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
    "isempty": lambda value, expected: value.isempty is expected,
    "regex": lambda value, pattern: re.search(pattern, value) is not None,
}


def holds(condition: Q, instance: models.Model) -> bool | None:
    """Whether ``condition`` is true of ``instance``; None is SQL's unknown, which passes a check."""
    answers = [
        holds(child, instance) if isinstance(child, Q) else _compare(child, instance) for child in condition.children
    ]
    decisive = condition.connector == Q.OR  # one true decides an OR, one false an AND
    if decisive in answers:
        answer: bool | None = decisive
    else:
        answer = None if None in answers else not decisive
    return answer if answer is None or not condition.negated else not answer


def _compare(comparison: Any, instance: models.Model) -> bool | None:
    path, expected = comparison
    name, _, lookup = path.partition("__")
    value = _value(instance, name)
    if lookup == "isnull":
        return (value is None) is expected
    if isinstance(expected, F):
        expected = _value(instance, expected.name)  # type: ignore[attr-defined]
    if value is None or expected is None:
        return None
    return LOOKUPS[lookup or "exact"](value, expected)


def _value(instance: models.Model, name: str) -> Any:
    column: Any = instance._meta.get_field(name)
    return getattr(instance, column.attname)


def broken(instance: models.Model) -> list[str]:
    """The message of each check constraint that ``instance`` breaks."""
    return [
        str(constraint.get_violation_error_message())
        for constraint in instance._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
        and isinstance(constraint.condition, Q)
        and holds(constraint.condition, instance) is False
    ]


def unique_together(model: type[models.Model]) -> Iterator[tuple[tuple[str, ...], Q | None, str]]:
    """Fields that must differ among siblings, on which condition, and the message.

    The key of the parent is left out: siblings share it.
    """
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            fields = constraint.fields
        elif isinstance(constraint, ExclusionConstraint):  # ours all compare with "="
            fields = tuple(str(expression) for expression, _operator in constraint.expressions)
        else:
            continue
        names = tuple(name for name in fields if not _is_parent(model, name))
        yield names, constraint.condition, str(constraint.get_violation_error_message())


def _is_parent(model: type[models.Model], name: str) -> bool:
    return isinstance(model._meta.get_field(name), ParentalKey)


def repeated(instances: Sequence[models.Model]) -> Iterator[tuple[int, int, tuple[str, ...], str]]:
    """Pairs of instances (by number) that a unique constraint does not allow beside each other."""
    if not instances:
        return
    for names, condition, message in unique_together(type(instances[0])):
        first: dict[tuple[Any, ...], int] = {}
        for number, instance in enumerate(instances):
            values = tuple(_value(instance, name) for name in names)
            if None in values or (condition and holds(condition, instance) is not True):
                continue
            if first.setdefault(values, number) != number:
                yield first[values], number, names, message

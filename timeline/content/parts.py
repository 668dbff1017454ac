"""Parts of a record, as they travel between JSON and the models.

Each part is named once, in ``kinds``; reading it with every check, dumping it and
filling it in follow from the model's own field. ``read`` gives the canonical form,
the very value ``dump`` gives, so that two records can be compared as dictionaries.
"""

import datetime
import re
import uuid
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timeline.models.fields import printable

from .problems import Place

DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
WANTED: dict[type, Promise] = {
    str: gettext_lazy("write text in quotation marks"),
    bool: gettext_lazy("write true or false"),
    int: gettext_lazy("write a whole number"),
    list: gettext_lazy("write a list in [brackets]"),
    dict: gettext_lazy("write an object in {braces}"),
}

LISTED = 30
"""As many values as a sentence or a table can list; a field with more, of countries, has a sentence of its own."""

Record = dict[str, Any]


class KnownRecords:
    """Records that can be pointed to, found by key or by primary key."""

    def __init__(self) -> None:
        self._by_key: dict[str, dict[str, Any]] = defaultdict(dict)
        self._keys: dict[str, dict[Any, str]] = defaultdict(dict)

    def add(self, kind: str, instance: Any) -> None:
        """Make a record of this kind (sources, people …) findable."""
        self._by_key[kind][instance.key] = instance
        self._keys[kind][instance.pk] = instance.key

    def find(self, kind: str, key: str | None) -> Any:
        """The record with this key, or None."""
        return self._by_key[kind].get(key) if key else None

    def key(self, kind: str, pk: Any) -> str | None:
        """The key of the record with this primary key, or None."""
        return self._keys[kind].get(pk)


class Part(ABC):
    """One field of a record."""

    blank: Any = ""
    """What stands in for a value that could not be read."""

    required = False
    sparse = False
    """Left out of the pack when blank."""

    def __init__(self, name: str) -> None:
        self.name = name

    def bind(self, model: type[models.Model]) -> None:  # noqa: B027 - most parts, not all, need it
        """Learn from the model what the field may hold."""

    def default(self) -> Any:
        """The value of a field that a record leaves out."""
        return self.blank

    @abstractmethod
    def read(self, raw: Any, place: Place) -> Any:
        """The canonical form of what stands in the pack; every problem is reported."""

    @abstractmethod
    def dump(self, instance: Any, known: KnownRecords) -> Any:
        """The canonical form of what ``instance`` holds."""

    @abstractmethod
    def fill(self, instance: Any, value: Any, known: KnownRecords) -> None:
        """Give ``instance`` the value, without saving it."""


def is_a(raw: Any, wanted: type, place: Place) -> bool:
    """Whether a JSON value has this type; if not, say what to write."""
    if type(raw) is wanted:
        return True
    place.report(WANTED[wanted])
    return False


class Value(Part):
    """A plain column: text, choice, date, number or switch, checked as the model checks it."""

    def __init__(
        self,
        name: str,
        column: str = "",
        *,
        required: bool = False,
    ) -> None:
        super().__init__(name)
        self.column_name = column or name
        self.required = required

    def bind(self, model: type[models.Model]) -> None:
        column: Any = model._meta.get_field(self.column_name)
        self.json_type: type = str
        if isinstance(column, models.BooleanField):
            self.json_type = bool
        elif isinstance(column, models.IntegerField):
            self.json_type = int
        self.is_decimal = isinstance(column, models.DecimalField)
        self.column: Any = column
        self.blank = None if self.is_decimal else self.json_type()
        self.required = self.required or not (self.column.blank or self.column.has_default())

    def default(self) -> Any:
        """What stands where nothing is said; blank where the model makes something new each time, such as an id."""
        default = self.column.default if self.column.has_default() else None
        value = self.blank if default is None or callable(default) else self._json(default)
        return str(value) if isinstance(value, str) else value  # the value of a choice, not the choice

    def read(self, raw: Any, place: Place) -> Any:
        if raw is None and self.is_decimal:
            return None
        if not is_a(raw, self.json_type, place):
            return self.blank
        try:
            return self._json(self._checked(raw))
        except ValidationError as error:
            for sentence in error.messages:
                place.report(sentence)
            return self.blank

    def values(self) -> list[str]:
        """The values that it may have, where they are few enough to be listed."""
        values = [str(value) for value, _label in self.column.choices or ()]
        return values if len(values) <= LISTED else []

    def _checked(self, raw: Any) -> Any:
        if raw == "" and self.column.blank and not self.required:
            return None if self.column.null else ""
        if isinstance(raw, str):
            printable(raw)
        if (values := self.values()) and raw not in values:
            raise ValidationError(
                _("“%(value)s” is not one of %(values)s") % {"value": raw, "values": ", ".join(values)}
            )
        if self.is_decimal and not DECIMAL.fullmatch(raw):
            raise ValidationError(_("“%(value)s” is not a number such as 15 or 67.6") % {"value": raw})
        return self.column.clean(raw, None)

    def _json(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        if isinstance(value, datetime.date):
            return value.isoformat()
        if isinstance(value, uuid.UUID):
            return str(value)
        return self.blank if value is None else value

    def dump(self, instance: Any, known: KnownRecords) -> Any:
        return self._json(getattr(instance, self.column.attname))

    def fill(self, instance: Any, value: Any, known: KnownRecords) -> None:
        empty = value in ("", None)
        setattr(
            instance,
            self.column.attname,
            None if empty and self.column.null else self.column.to_python(value),
        )


class Reference(Part):
    """A pointer to a record of some kind, written as its id; null where there may be none."""

    blank = None

    def __init__(self, name: str, kind: str, column: str = "", *, required: bool = False) -> None:
        super().__init__(name)
        self.kind, self.column_name, self.required = kind, column or name, required

    def bind(self, model: type[models.Model]) -> None:
        self.column: Any = model._meta.get_field(self.column_name)

    def read(self, raw: Any, place: Place) -> str | None:
        if raw is None and not self.required:
            return None
        if not is_a(raw, str, place):
            return None
        return raw

    def dump(self, instance: Any, known: KnownRecords) -> str | None:
        return known.key(self.kind, getattr(instance, self.column.attname))

    def fill(self, instance: Any, value: Any, known: KnownRecords) -> None:
        setattr(instance, self.column.name, known.find(self.kind, value))


class Group(Part):
    """Fields of the same instance that stand together in an object."""

    def __init__(self, name: str, *parts: Part) -> None:
        super().__init__(name)
        self.parts = parts

    def bind(self, model: type[models.Model]) -> None:
        self.shape = Shape(model, *self.parts)
        self.required = any(part.required for part in self.parts)

    @property
    def blank(self) -> Record:
        return self.shape.blank()

    def read(self, raw: Any, place: Place) -> Record:
        return self.shape.read(raw, place)

    def dump(self, instance: Any, known: KnownRecords) -> Record:
        return self.shape.dump(instance, known)

    def fill(self, instance: Any, value: Any, known: KnownRecords) -> None:
        self.shape.fill(instance, value, known)


class Rows(Part):
    """Ordered child rows of an instance, each an object."""

    def __init__(self, name: str, shape: "Shape", relation: str = "", *, sparse: bool = False) -> None:
        super().__init__(name)
        self.shape, self.relation, self.sparse = shape, relation or name, sparse

    @property
    def blank(self) -> list[Any]:
        return []

    def read(self, raw: Any, place: Place) -> list[Any]:
        if not is_a(raw, list, place):
            return []
        return [self._read_row(row, place.at(number)) for number, row in enumerate(raw)]

    def dump(self, instance: Any, known: KnownRecords) -> list[Any]:
        return [self._dump_row(row, known) for row in getattr(instance, self.relation).all()]

    def fill(self, instance: Any, value: Any, known: KnownRecords) -> None:
        manager = getattr(instance, self.relation)
        old = list(manager.all()) if instance.pk else []
        rows = []
        for number, record in enumerate(value):
            row: Any = self._same(old, record, known) or self.shape.model()
            self._fill_row(row, record, known)
            row.sort_order = number
            rows.append(row)
        if (
            rows or instance.pk
        ):  # a new instance has none anyway, and each relation touched is looked up when it is saved
            manager.set(rows)

    def _same(self, old: list[Any], record: Any, known: KnownRecords) -> Any:
        """The stored row that ``record`` continues, so that a revision shows it as changed.

        A row is recognised by its first field: its id, the source it cites, the name.
        """
        first = self.shape.parts[0]
        for row in old:
            if first.dump(row, known) == self._value(record, first):
                old.remove(row)
                return row
        return None

    def _value(self, record: Any, part: Part) -> Any:
        return record[part.name]

    def _read_row(self, raw: Any, place: Place) -> Any:
        return self.shape.read(raw, place)

    def _dump_row(self, row: Any, known: KnownRecords) -> Any:
        return self.shape.dump(row, known)

    def _fill_row(self, row: Any, record: Any, known: KnownRecords) -> None:
        self.shape.fill(row, record, known)


class Plain(Rows):
    """Child rows of one field, written as a list of bare values."""

    def __init__(self, name: str, model: type[models.Model], part: Part, relation: str = "") -> None:
        super().__init__(name, Shape(model, part), relation)
        self.part = part

    def _value(self, record: Any, part: Part) -> Any:
        return record

    def _read_row(self, raw: Any, place: Place) -> Any:
        return self.part.read(raw, place)

    def _dump_row(self, row: Any, known: KnownRecords) -> Any:
        return self.part.dump(row, known)

    def _fill_row(self, row: Any, record: Any, known: KnownRecords) -> None:
        self.part.fill(row, record, known)


class Shape:
    """The fields of a model that a pack carries, in the order they are written."""

    def __init__(self, model: type[models.Model], *parts: Part) -> None:
        self.model, self.parts = model, parts
        for part in parts:
            part.bind(model)

    def blank(self) -> Record:
        return {part.name: part.blank for part in self.parts}

    def read(self, raw: Any, place: Place) -> Record:
        """The record in canonical form. Unknown and missing fields are reported."""
        if not is_a(raw, dict, place):
            return self.blank()
        known = {part.name for part in self.parts}
        for name in raw.keys() - known:
            place.at(name).report(_("there is no such field"))
        return {part.name: value for part, value in self._read_parts(raw, place) if value or not part.sparse}

    def _read_parts(self, raw: Record, place: Place) -> Iterator[tuple[Part, Any]]:
        for part in self.parts:
            if part.name in raw:
                yield part, part.read(raw[part.name], place.at(part.name))
            elif part.required:
                place.at(part.name).report(_("is missing"))
                yield part, part.blank
            else:
                yield part, part.default()

    def dump(self, instance: Any, known: KnownRecords) -> Record:
        """What ``instance`` holds, in canonical form."""
        values = ((part, part.dump(instance, known)) for part in self.parts)
        return {part.name: value for part, value in values if value or not part.sparse}

    def fill(self, instance: Any, record: Record, known: KnownRecords) -> None:
        """Give ``instance`` what the record says, without saving anything."""
        for part in self.parts:
            part.fill(instance, record.get(part.name, part.blank), known)

    def relations(self, prefix: str = "") -> Iterator[str]:
        """The lookups to prefetch before :meth:`dump`."""
        for part in self.parts:
            if isinstance(part, Rows):
                yield prefix + part.relation
                yield from part.shape.relations(f"{prefix}{part.relation}__")

    def references(self, record: Record) -> Iterator[tuple[str, str, str]]:
        """Where (path), to which kind and to which id the record points."""
        for part in self.parts:
            value = record.get(part.name)
            if isinstance(part, Reference) and value is not None:
                yield part.name, part.kind, value
            elif isinstance(part, Plain) and isinstance(part.part, Reference):
                for number, row in enumerate(value or ()):
                    if row is not None:
                        yield f"{part.name}[{number}]", part.part.kind, row
            elif isinstance(part, Rows) and not isinstance(part, Plain):
                for number, row in enumerate(value or ()):
                    for path, kind, key in part.shape.references(row):
                        yield f"{part.name}[{number}].{path}", kind, key


def rewritten(shape: Shape, record: Record, resolve: Callable[[str, str, str], str | None], path: str = "") -> Record:
    """The record with every pointer put through ``resolve`` (path, kind, what is written)."""
    return {
        part.name: _rewritten(part, record[part.name], resolve, path) for part in shape.parts if part.name in record
    }


def _rewritten(part: Part, value: Any, resolve: Callable[[str, str, str], str | None], path: str) -> Any:
    here = f"{path}.{part.name}" if path else part.name
    if isinstance(part, Reference):
        return resolve(here, part.kind, value) if value else value
    if isinstance(part, Plain) and isinstance(part.part, Reference):
        kind = part.part.kind
        keys = [resolve(f"{here}[{number}]", kind, one) if one else one for number, one in enumerate(value)]
        return list(dict.fromkeys(key for key in keys if key))
    if isinstance(part, Rows) and not isinstance(part, Plain):
        return [rewritten(part.shape, row, resolve, f"{here}[{number}]") for number, row in enumerate(value)]
    return value

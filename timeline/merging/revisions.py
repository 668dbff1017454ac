"""Pointers to a record in drafts and old versions of pages.

A revision is JSON that no foreign key protects: a row in it whose record has gone is
dropped when the revision is opened (see ``models.link``), so a merge must reach it.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.expressions import RawSQL
from wagtail.models import Revision

from timeline.models import ChronologyPage, EntryPage

BATCH = 100
"""Revisions in memory at a time."""

Row = dict[str, Any]
Path = list[str | int]


@dataclass
class Rewritten:
    """What was done to one revision: the rows that point elsewhere now, and those that were left out.

    ``dropped`` holds ``[path of the list, place in it, row]``; paths in ``moved`` are
    those after the dropping.
    """

    revision: int
    moved: list[Path] = field(default_factory=list)
    dropped: list[tuple[Path, int, Row]] = field(default_factory=list)


def naming(name: str, *pks: int) -> QuerySet[Revision]:
    """Revisions of pages with a row whose field ``name`` holds one of ``pks``."""
    asked = " || ".join(f"@ == {int(pk)}" for pk in pks)
    path = RawSQL("%s::jsonpath", [f"$.**.{name} ? ({asked})"])
    condition = Func(F("content"), path, template="(%(expressions)s)", arg_joiner=" @? ", output_field=BooleanField())
    kinds = ContentType.objects.get_for_models(EntryPage, ChronologyPage).values()
    return Revision.objects.filter(condition, content_type__in=list(kinds))


def rewrite(name: str, old: int, new: int) -> list[dict[str, Any]]:
    """Let every revision that names ``old`` name ``new``; what was done, as plain data for :func:`restore`."""
    done = []
    for batch in _batches(naming(name, old)):
        for revision in batch:
            change = Rewritten(revision.pk)
            for path, rows in _lists(revision.content):
                _rewrite_list(rows, path, name, old, new, change)
            done.append(asdict(change))
        Revision.objects.bulk_update(batch, ["content"])
    return done


def _rewrite_list(rows: list[Row], path: Path, name: str, old: int, new: int, change: Rewritten) -> None:
    left: list[Row] = []
    for place, row in enumerate(rows):
        if row.get(name) != old:
            left.append(row)
        elif any(_same(row, other, name, new) for other in rows):
            change.dropped.append((path, place, row))
        else:
            row = {**row, name: new}
            change.moved.append([*path, len(left)])
            left.append(row)
    rows[:] = left


def _same(row: Row, other: Row, name: str, new: int) -> bool:
    """Whether ``other`` already says of ``new`` what ``row`` says; two accounts never say the same."""
    alike = all(row.get(key) == other.get(key) for key in ("locator", "text"))
    return other.get(name) == new and alike and "says" not in row


def restore(done: list[dict[str, Any]], name: str, old: int, new: int) -> int:
    """Take back what :func:`rewrite` did, where it still stands; the number of rows that could not be."""
    changes = {change["revision"]: change for change in done}
    lost = sum(len(change["moved"]) + len(change["dropped"]) for change in done)
    for batch in _batches(Revision.objects.filter(pk__in=changes)):
        for revision in batch:
            change = changes[revision.pk]
            for path in change["moved"]:
                row = _at(revision.content, path)
                if isinstance(row, dict) and row.get(name) == new:
                    row[name] = old
                    lost -= 1
            for path, place, row in change["dropped"]:
                rows = _at(revision.content, path)
                if isinstance(rows, list):
                    rows.insert(place, row)
                    lost -= 1
        Revision.objects.bulk_update(batch, ["content"])
    return lost


def give_back(revisions: QuerySet[Revision], name: str, old: int, new: int, pks: Callable[[Path], set[int]]) -> None:
    """In revisions made since a merge, let rows that are moved back point back as well.

    ``pks`` gives the ids of those rows for the list at a path.
    """
    for batch in _batches(revisions):
        for revision in batch:
            for path, rows in _lists(revision.content):
                for row in rows:
                    if row.get(name) == new and row.get("pk") in pks(path):
                        row[name] = old
        Revision.objects.bulk_update(batch, ["content"])


def _batches(revisions: QuerySet[Revision]) -> Iterator[list[Revision]]:
    ids = list(revisions.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        yield list(Revision.objects.filter(pk__in=ids[start : start + BATCH]))


def _lists(value: Any, path: Path | None = None) -> Iterator[tuple[Path, list[Row]]]:
    """Every list of rows in a revision with its path, inner ones first."""
    here = path or []
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _lists(item, [*here, key])
    elif isinstance(value, list) and all(isinstance(row, dict) for row in value):
        for place, row in enumerate(value):
            yield from _lists(row, [*here, place])
        yield here, value


def _at(content: Any, path: Path) -> Any:
    """What stands at a path, or None."""
    try:
        for step in path:
            content = content[step]
    except (KeyError, IndexError, TypeError):
        return None
    return content

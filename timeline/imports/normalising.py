"""Normalised records: what is the same in a file and in the database, although it is not written the same."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from timeline.content.parts import Record
from timeline.models.statement import new_row_id


def number_rows(rows: Any, before: Iterable[Record], words: str) -> None:
    """Rows without an id take that of the stored row with the same words, else a new one."""
    known = defaultdict(list)
    for row in before:
        known[row[words]].append(row["id"])
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and not row.get("id"):
            same = known.get(row.get(words)) if isinstance(row.get(words), str) else None
            row["id"] = same.pop(0) if same else new_row_id()


def normalised(before: Any, after: Any) -> Any:
    """``after``, with what differs only in line ends and outer spaces as it was ``before``."""
    if isinstance(before, dict) and isinstance(after, dict):
        return {key: normalised(before.get(key), value) for key, value in after.items()}
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [normalised(one, other) for one, other in zip(before, after, strict=True)]
    if isinstance(before, str) and isinstance(after, str) and _bare(before) == _bare(after):
        return before
    return after


def _bare(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def is_said(value: Any) -> bool:
    """Whether a field of a record, or a date in it, has something in it."""
    return bool(value.get("edtf")) if isinstance(value, dict) else bool(value)

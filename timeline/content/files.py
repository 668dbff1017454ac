"""Files of a pack as JSON: how they are read and written, and what problems call the records in them."""

import json
import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from .problems import Place


def decode(content: bytes, place: Place) -> Any:
    """The JSON value of some bytes; None, with the reason reported, when there is none."""

    def unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            names = [name for name, _value in pairs]
            twice = sorted({name for name in names if names.count(name) > 1})
            place.report(
                _("an object (%(id)s) has a field twice: %(names)s")
                % {"id": values.get("id", "…"), "names": ", ".join(twice)}
            )
        return values

    def refused(constant: str) -> None:
        place.report(_("%(value)s is not allowed in JSON") % {"value": constant})

    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=unrepeated,
            parse_constant=refused,
        )
    except UnicodeDecodeError as error:
        place.report(_("is not UTF-8 text, at byte %(byte)d") % {"byte": error.start})
    except json.JSONDecodeError as error:
        place.report(
            _("is not JSON, at line %(line)d, column %(column)d: %(why)s")
            % {"line": error.lineno, "column": error.colno, "why": error.msg}
        )
    except (ValueError, RecursionError) as error:
        place.report(_("is not JSON that can be read: %(why)s") % {"why": error})
    else:
        if value is None:
            place.report(_("holds nothing"))
        return value
    return None


def name_of(record: Any, number: int) -> str:
    """How problems call a record: its id, or its number in the file when it has none."""
    key = record.get("id") if isinstance(record, dict) else None
    return key if key and isinstance(key, str) else _("record %(number)d") % {"number": number}


def to_text(value: Any) -> str:
    """JSON as a pack has it."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def replace(path: Path, text: str) -> bool:
    """Write a file whole or not at all; False when it already says so."""
    if text_of(path) == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
    return True

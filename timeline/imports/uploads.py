"""What editors upload: one table, one JSON file, or a ZIP of several; and which kind of record each file holds."""

import base64
import io
import json
import lzma
import zipfile
import zlib
from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from timeline.content.files import decode, name_of
from timeline.content.kinds import FIGURES, KINDS, Kind
from timeline.content.pack import META_FILE
from timeline.content.problems import ContentProblem, Place

from . import foreign
from .encodings import Encoded, UnreadableError
from .encodings import read as read_text
from .foreign.known import settle
from .layout import folded, headings_of
from .sheet import Finding, Sheet
from .sheets import read
from .tables import columns

WANTED = (".csv", ".json", ".tsv", ".txt", ".ris", ".bib")
"""What is read of a ZIP."""

MAX_BYTES = 5 * 1024 * 1024

MAX_FILES = 100
"""Of a ZIP; there are not so many kinds of records."""

MAX_DRAFTS = 200
MAX_RECORDS = 1_000
"""What one import writes: as much as somebody looks through, and as a request has time for (some 10 ms a draft)."""

Files = dict[str, str | Encoded]
"""The files of an upload by name; those that do not say their encoding keep their bytes."""

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in (*KINDS, FIGURES)}


class UploadError(Exception):
    """A file that cannot be read at all; the message says what to do."""


def unpack(name: str, content: bytes) -> Files:
    """The files of an upload. Raises :class:`UploadError` with a sentence."""
    if len(content) > MAX_BYTES:
        raise UploadError(_("The file is larger than 5 MB. Divide it into several imports."))
    if not content.strip():
        raise UploadError(_("The file is empty."))
    if not content.startswith(b"PK\x03\x04"):
        return {name: _text(name, content)}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if _is_wanted(member)]
            if any(member.filename.startswith("xl/") for member in archive.infolist()):
                raise UploadError(
                    _(
                        "This is an Excel workbook. Save each sheet as “CSV UTF-8 (comma delimited)” "
                        "and choose that file."
                    )
                )
            if any(
                member.filename == "content.xml" or member.filename.endswith(".iwa") for member in archive.infolist()
            ):
                raise UploadError(_("This is a workbook. Save or export each sheet as CSV and choose that file."))
            if len(members) > MAX_FILES:
                words = {"number": f"{len(members):,}", "limit": MAX_FILES}
                sentence = _("The ZIP file holds %(number)s files; an import takes %(limit)d. Divide them.")
                raise UploadError(sentence % words)
            if sum(member.file_size for member in members) > MAX_BYTES:
                raise UploadError(_("Unpacked, the files are larger than 5 MB. Divide them into several imports."))
            files: Files = {}
            for member in members:
                with archive.open(member) as opened:
                    inside = opened.read(MAX_BYTES + 1)  # what the archive says of its size need not be true
                if len(inside) > MAX_BYTES:
                    raise UploadError(_("Unpacked, the files are larger than 5 MB. Divide them into several imports."))
                short = member.filename.rpartition("/")[2]
                if short in files:
                    sentence = _("The ZIP file holds two files called %s. Give one of them another name.")
                    raise UploadError(sentence % short)
                files[short] = _text(short, inside)
    except _DAMAGED as error:
        raise UploadError(_("The ZIP file cannot be opened. Is it damaged, or protected by a password?")) from error
    if not files:
        raise UploadError(_("The ZIP file holds no CSV and no JSON file."))
    return files


# What Python says of damaged archives, each method of compression in its own way; ValueError is of places before 0.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(RuntimeError, NotImplementedError, EOFError, OSError, ValueError),
)


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    short = member.filename.rpartition("/")[2]
    return short.lower().endswith(WANTED) and not short.startswith((".", "_"))


def _text(name: str, content: bytes) -> str | Encoded:
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG")):
        raise UploadError(_("%s is neither CSV nor JSON.") % name)
    try:
        return read_text(content)
    except UnreadableError as error:
        words = {"name": name, "row": error.line}
        sentence = _(
            "%(name)s: line %(row)d has a character that belongs to no encoding in which the rest can be read. "
            "Save it as “CSV UTF-8”."
        )
        raise UploadError(sentence % words) from error


def text_of(file: str | Encoded) -> str:
    """What stands in a file of an upload."""
    return file.text if isinstance(file, Encoded) else file


def read_as(files: Files, name: str, encoding: str) -> Files:
    """The files with one of them read in another encoding, if it can be."""
    file = files.get(name)
    if isinstance(file, Encoded) and encoding in dict(file.choices):
        return files | {name: Encoded(file.content, encoding)}
    return files


def sheets(files: Files, asked: str = "") -> tuple[list[Sheet], list[Finding]]:
    """The contents of the files, in the order of ``KINDS``, and what cannot be told of them.

    ``asked`` is the kind an editor chose for a single file; empty: it is worked out from
    the file's name and its headings.
    """
    found: list[Sheet] = []
    findings: list[Finding] = []
    for name, file in files.items():
        text = text_of(file)
        if text.removeprefix("\ufeff").lstrip()[:1] in ("{", "["):
            found += _from_json(name, text, asked, findings)
        elif read_by_another := foreign.from_text(name, text) or foreign.from_table(name, text, headings_of(text)):
            found += read_by_another
        elif kind := BY_NAME.get(asked) or _kind_of(name, headings_of(text)):
            found.append(read(name, text, kind))
        else:
            findings.append(
                Finding(name, _("It does not show what the file holds. Choose it in the form and try again."))
            )
    found = [one for sheet in found for one in _settled(sheet)]
    order = list(BY_NAME)
    found.sort(key=lambda sheet: order.index(sheet.kind.name))
    return found, findings


def _settled(sheet: Sheet) -> list[Sheet]:
    """The sheet, with what is known put in where another program wrote it; one that is too long is only counted."""
    return settle(sheet) if sheet.is_foreign and not sheet.is_too_long else [sheet]


def _kind_of(name: str, headings: list[str]) -> Kind | None:
    """The kind that a file is named for; else the one whose headings it has most of."""
    stem = name.lower().rpartition(".")[0] or name.lower()
    for kind in BY_NAME.values():
        if stem.startswith(kind.name):
            return kind
    scores: Counter[str] = Counter()
    words = {folded(heading) for heading in headings}
    for kind in BY_NAME.values():
        own = {folded(column.heading) for column in columns(kind)}
        scores[kind.name] = 100 * len(words & own) - len(own - words)
    ranked = scores.most_common(2)
    clear = ranked[0][1] > ranked[1][1] and ranked[0][1] > 0
    return BY_NAME[ranked[0][0]] if clear else None


def _from_json(name: str, text: str, asked: str, findings: list[Finding]) -> list[Sheet]:
    problems: list[ContentProblem] = []
    value = decode(text.removeprefix("\ufeff").encode("utf-8", "surrogatepass"), Place(problems, name))
    findings += [Finding(name, problem.sentence) for problem in problems]
    if value is None or name == META_FILE:
        return []
    if of_another := foreign.from_json(name, value):
        return of_another
    if isinstance(value, dict):
        lists = {key.removesuffix(".json"): rows for key, rows in value.items()}
        unknown = lists.keys() - BY_NAME.keys()
        if unknown:
            words = {"names": ", ".join(sorted(unknown)[:5]), "known": ", ".join(BY_NAME)}
            findings.append(Finding(name, _("There are no records called %(names)s. Known: %(known)s.") % words))
        return [
            _sheet(f"{name}: {key}", BY_NAME[key], rows, findings) for key, rows in lists.items() if key in BY_NAME
        ]
    fields = [key for record in value[:1] if isinstance(record, dict) for key in record]
    kind = BY_NAME.get(asked) or _kind_of(name, fields)
    if kind is None:
        findings.append(Finding(name, _("It does not show what the file holds. Choose it in the form and try again.")))
        return []
    return [_sheet(name, kind, value, findings)]


def _sheet(name: str, kind: Kind, rows: Any, findings: list[Finding]) -> Sheet:
    sheet = Sheet(name, kind, is_table=False)
    if not isinstance(rows, list):
        findings.append(Finding(name, _("A file of records is a list in [brackets].")))
        return sheet
    for number, record in enumerate(rows, 1):
        label = name_of(record, number)
        if isinstance(record, dict):
            sheet.records.append(record)
            sheet.rows += 1
            sheet.labels.append(label)
        else:
            findings.append(Finding(name, _("write an object in {braces}"), record=label))
    return sheet


def stored_as(files: Files) -> str:
    """The files as one text that the database can hold, whatever characters or bytes are in them."""
    return json.dumps({name: file if isinstance(file, str) else _packed(file) for name, file in files.items()})


def _packed(file: Encoded) -> dict[str, str]:
    return {"encoding": file.encoding, "base64": base64.b64encode(file.content).decode()}


def restored(text: str) -> Files:
    """What :func:`stored_as` was given."""
    stored = json.loads(text)
    return {
        name: file if isinstance(file, str) else Encoded(base64.b64decode(file["base64"]), file["encoding"])
        for name, file in stored.items()
    }

"""What editors upload: one table, one JSON file, or a ZIP of several; and which kind of record each file holds."""

import io
import json
import zipfile
from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from timeline.content.kinds import FIGURES, KINDS, Kind
from timeline.content.pack import META_FILE, decode, name_of
from timeline.content.problems import ContentProblem, Place

from .sheets import Finding, Sheet, folded, headings_of, read
from .tables import columns

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 5_000
"""What one import takes: what a person can still look over."""

MAX_DRAFTS = 200
MAX_RECORDS = 1_000
"""What one import writes: a draft takes some 60 statements of SQL, and a server ends requests that take long."""

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in (*KINDS, FIGURES)}


class UploadError(Exception):
    """A file that cannot be read at all; the message says what to do."""


def unpack(name: str, content: bytes) -> dict[str, str]:
    """The texts of an upload by file name. Raises :class:`UploadError` with a sentence."""
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
            if sum(member.file_size for member in members) > MAX_BYTES:
                raise UploadError(_("Unpacked, the files are larger than 5 MB. Divide them into several imports."))
            files = {}
            for member in members:
                with archive.open(member) as opened:
                    inside = opened.read(MAX_BYTES + 1)  # what the archive says of its size need not be true
                if len(inside) > MAX_BYTES:
                    raise UploadError(_("Unpacked, the files are larger than 5 MB. Divide them into several imports."))
                short = member.filename.rpartition("/")[2]
                files[short] = _text(short, inside)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise UploadError(_("The ZIP file cannot be opened. Is it damaged, or protected by a password?")) from error
    if not files:
        raise UploadError(_("The ZIP file holds no CSV and no JSON file."))
    return files


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    short = member.filename.rpartition("/")[2]
    return short.lower().endswith((".csv", ".json", ".tsv", ".txt")) and not short.startswith((".", "_"))


def _text(name: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        sentence = _("%s is UTF-16. Save it as “CSV UTF-8 (comma delimited)”.")
        raise UploadError(sentence % name)
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG")):
        raise UploadError(_("%s is neither CSV nor JSON.") % name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        words = {"name": name, "row": row}
        sentence = _(
            "%(name)s is not UTF-8: line %(row)d has a character in another encoding. Save it as “CSV UTF-8”."
        )
        raise UploadError(sentence % words) from error


def sheets(files: dict[str, str], asked: str = "") -> tuple[list[Sheet], list[Finding]]:
    """The contents of the files, in the order of ``KINDS``, and what cannot be told of them.

    ``asked`` is the kind an editor chose for a single file; empty: it is worked out from
    the file's name and its headings.
    """
    found: list[Sheet] = []
    findings: list[Finding] = []
    for name, text in files.items():
        if text.removeprefix("\ufeff").lstrip()[:1] in ("{", "["):
            found += _from_json(name, text, asked, findings)
        elif kind := BY_NAME.get(asked) or _kind_of(name, headings_of(text)):
            found.append(read(name, text, kind))
        else:
            findings.append(
                Finding(name, _("It does not show what the file holds. Choose it in the form and try again."))
            )
    order = list(BY_NAME)
    found.sort(key=lambda sheet: order.index(sheet.kind.name))
    return found, findings


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


def stored_as(files: dict[str, str]) -> str:
    """The files as one text that the database can hold, whatever characters are in them."""
    return json.dumps(files)


def restored(text: str) -> dict[str, str]:
    """What :func:`stored_as` was given."""
    return dict(json.loads(text))

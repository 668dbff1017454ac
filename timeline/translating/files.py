"""Translations as a PO file, which all programs of translators read, and back: nothing is lost on the way.

An entry of the file is a segment. Its ``msgctxt`` is ``kind/record/segment``, its ``msgid`` the original. What nobody
has read a second time is *fuzzy*; what is stale has the words that it was made from as its previous ``msgid``. A
comment has the token of the translation, so that what somebody changes at the desk meanwhile is not overwritten.

XLIFF 2 was weighed: DECISIONS 182.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import polib
from django.utils.translation import gettext as _

from timeline import edition
from timeline.choices import SegmentState, TranslationState
from timeline.edition import Identity
from timeline.models import PublishedEntry, Translation
from timeline.segments import FIELDS, digest

from .reading import label, quotations, row_of
from .saving import Typed

MOST_BYTES = 5 * 1024 * 1024
MOST_RECORDS = 500
"""In one file."""

NONE = "-"
"""The token of what is not translated yet."""

_TOKEN = re.compile(r"^over: (\S+)$", re.MULTILINE)


# -- out ----------------------------------------------------------------------------------


def write(language: str, identities: Iterable[Identity]) -> str:
    """The file of these records: a few queries a kind."""
    asked = list(identities)[:MOST_RECORDS]
    originals = edition.originals(asked)
    stored = edition.stored(asked).get(language, {})
    ids = [one.entry for one in originals.values() if one.entry]
    documents = dict(PublishedEntry.objects.filter(pk__in=ids).values_list("pk", "document"))
    file = polib.POFile()
    file.metadata = {
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
    }
    for identity in asked:
        if original := originals.get(identity):
            rows = stored.get(identity, {})
            quotes = quotations(documents[original.entry]) if original.entry in documents else {}
            states = dict(edition.states(original, rows))
            for key, text in original.words.items():
                state = states.get(key, SegmentState.MISSING)
                comment = "\n".join([f"{original.title} · {label(key)}", *map(_quoted, quotes.get(row_of(key), ()))])
                file.append(_entry(identity, key, text, rows.get(key), state, comment))
    return str(file)


def _entry(
    identity: Identity, key: str, text: str, row: Translation | None, state: SegmentState, comment: str
) -> polib.POEntry:
    entry = polib.POEntry(msgctxt="/".join([*identity, key]), msgid=text, msgstr=row.words if row else "")
    entry.comment = f"{comment}\nover: {row.token if row else NONE}"
    if state in (SegmentState.STALE, SegmentState.DRAFT):
        entry.flags = ["fuzzy"]
    if row and state == SegmentState.STALE and row.original:
        entry.previous_msgid = row.original
    return entry


def _quoted(citation: dict[str, Any]) -> str:
    said = " ".join(citation["quotation"].split())
    return f"[{citation['number']}] {citation['title']}" + (f": “{said}”" if said else "")


# -- in -----------------------------------------------------------------------------------


class FileError(Exception):
    """A file that cannot be read, with the reason as a sentence."""


@dataclass
class Filled:
    """What a file says: what was typed, by record, and the originals of what cannot be used, each with the reason."""

    typed: dict[Identity, list[Typed]] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)


def read(content: bytes, language: str) -> Filled:
    """What is to be saved of a file. Raises :class:`FileError`."""
    if len(content) > MOST_BYTES:
        raise FileError(_("The file is larger than 5 MB. Divide it."))
    try:
        # The comment in front: a text that is the path of a file would be taken for that file.
        file = polib.pofile("# \n" + content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileError(_("The file is not in UTF-8.")) from error
    except (OSError, ValueError, IndexError) as error:
        line = re.search(r"line (\d+)", str(error))
        where = _("line %s") % (int(line[1]) - 1) if line else ""
        raise FileError(" ".join([_("This is not a PO file that can be read."), where]).strip()) from error
    said = file.metadata.get("Language", language)
    if said.replace("_", "-").split("-")[0] != language.split("-")[0]:
        words = {"other": said, "language": language}
        raise FileError(_("The file is in the language “%(other)s”, not in “%(language)s”.") % words)
    filled = Filled()
    entries: defaultdict[Identity, list[tuple[str, polib.POEntry]]] = defaultdict(list)
    for entry in file:
        parts = (entry.msgctxt or "").split("/", 2)
        if entry.obsolete or not entry.msgstr.strip():
            continue
        if len(parts) < 3 or parts[0] not in FIELDS:
            filled.problems.append((entry.msgid[:80], _("says of no words of the chronology what it translates")))
            continue
        entries[parts[0], parts[1]].append((parts[2], entry))
    if len(entries) > MOST_RECORDS:
        raise FileError(_("The file has more than %d records. Divide it.") % MOST_RECORDS)
    stored = edition.stored(entries).get(language, {})
    for identity, of_record in entries.items():
        rows = stored.get(identity, {})
        filled.typed[identity] = list(_typed(of_record, rows))
    return filled


def _typed(entries: Iterable[tuple[str, polib.POEntry]], rows: dict[str, Translation]) -> Iterator[Typed]:
    for key, entry in entries:
        row = rows.get(key)
        token = _TOKEN.search(entry.comment or "")
        over = token[1].removeprefix(NONE) if token else row.token if row else ""
        of = digest(entry.msgid)
        is_fuzzy = entry.fuzzy
        is_same = bool(over) and digest(entry.msgstr) == over.rpartition(".")[2]
        was_stale = bool(over) and over.partition(".")[0] != of
        if is_fuzzy and entry.previous_msgid:
            of = digest(entry.previous_msgid)
        yield Typed(
            key,
            of,
            over,
            entry.msgstr,
            is_right=is_same and was_stale and not is_fuzzy,
            review=not is_fuzzy and not (is_same and over.split(".")[1] == TranslationState.REVIEWED),
        )

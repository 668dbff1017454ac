"""Writes the dataset of the present edition: a few rows in memory at a time, the same bytes each time."""

import csv
import datetime
import hashlib
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any, TextIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.db.models import Max, Min
from django.utils import timezone

from timeline.api import documents
from timeline.formats import tables
from timeline.formats.entry_schema import entry_json
from timeline.formats.tables import Record, Table
from timeline.models import Dataset, Edition, FacetTotal, PublishedEntry
from timeline.public.site import about_site, current_edition
from timeline.public.standing import states_of
from timeline.public.state import one_state
from timeline.public.storylines import entries_of, with_rows

from . import storage, whole, words
from .words import ENTRIES, About, Written

CHUNK = 200
"""Rows fetched at a time."""

FEW = 20
"""Storylines read at a time, with the documents of their entries."""

UNFINISHED = "unfinished-"


def is_due() -> bool:
    """Whether the present edition has no file here yet, or none of an answer: two queries."""
    edition = current_edition()
    is_kept = any(dataset.version == edition.version and storage.is_kept(dataset) for dataset in storage.known())
    return not is_kept or not whole.is_made(edition)


def build() -> Dataset:
    """Build the dataset of the present edition and put it into the store.

    Raises ``storage.BusyError`` when another process is at it, and ``storage.WithdrawnMeanwhileError``.
    """
    with storage.alone() as folder:
        for leftover in folder.glob(f"{UNFINISHED}*"):  # of a build that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=folder) as scratch:
            here = Path(scratch)
            with one_state():
                edition = current_edition()
                about = _about(edition)
                redacted = storage.redactions()
                written, held = _write_tables(here)
                answers = whole.make(edition, here)
            archive = here / "dataset.zip"
            written |= _write_papers(here, about, written)
            _pack(here, archive, [*sorted(written)], about)
            archive.chmod(0o644)
            found = Dataset(
                version=about.version,
                changed_at=about.changed_at,
                entries=about.entries,
                first=about.first,
                last=about.last,
                size=archive.stat().st_size,
                digest=_digest(archive),
                built_at=timezone.now(),
                files={name: [file.rows, file.size] for name, file in written.items()},
                versions=held.versions,
                storylines=held.storylines,
                rests_on=sorted(held.rests_on),
            )
            return storage.put(found, archive, answers, redacted)


def _about(state: Edition) -> About:
    days = PublishedEntry.objects.aggregate(first=Min("period__startswith"), after=Max("period__endswith"))
    site = about_site(state)
    last = days["after"] - datetime.timedelta(days=1) if days["after"] else None
    return About(
        name=site["name"],
        description=site["strapline"] or site["headline"],
        version=state.version,
        changed_at=state.changed_at,
        entries=FacetTotal.objects.filter(facet="all").values_list("total", flat=True).first() or 0,
        first=days["first"].isoformat() if days["first"] else "",
        last=last.isoformat() if last else "",
        licence=site["licence"],
    )


# -- files --------------------------------------------------------------------------------


class _File:
    """A text file that counts its rows."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self.path = path
        self.rows = 0
        self.text: TextIO = stack.enter_context(path.open("w", encoding="utf-8", newline=""))

    def written(self) -> Written:
        return Written(self.rows, self.path.stat().st_size, _digest(self.path))


@dataclass
class _Held:
    """What is in a dataset, as its row has it."""

    versions: dict[str, int] = field(default_factory=dict)
    storylines: list[int] = field(default_factory=list)
    rests_on: set[str] = field(default_factory=set)


def _write_tables(here: Path) -> tuple[dict[str, Written], _Held]:
    """The files of data, and what is in them."""
    files: dict[str, _File] = {}
    held, uids, answering = _Held(), dict[str, str](), defaultdict[str, set[str]](set)
    with ExitStack() as stack:
        files[ENTRIES] = _File(here / ENTRIES, stack)
        writers = {}
        for table in tables.TABLES:
            file = files[f"{table.name}.csv"] = _File(here / f"{table.name}.csv", stack)
            writers[table.name] = csv.writer(file.text, lineterminator="\r\n")
            writers[table.name].writerow(table.header)

        def write[Document](kinds: list[Table[Document, Any]], document: Document) -> None:
            for table in kinds:
                for cells in table.cells(document):
                    writers[table.name].writerow(cells)
                    files[f"{table.name}.csv"].rows += 1

        entries = PublishedEntry.objects.chronological().values_list("document", flat=True)
        for document in entries.iterator(chunk_size=CHUNK):
            files[ENTRIES].text.write(entry_json(document) + "\n")
            files[ENTRIES].rows += 1
            write(tables.OF_ENTRIES, document)
            uid = uids[document["slug"]] = document["uid"]
            held.versions[uid] = document["version"]
            for state in states_of(document):
                answering[state["line"]].add(uid)
        for rows, describe, kinds in _records():
            for record in rows.iterator(chunk_size=CHUNK):
                write(kinds, describe(record))
        for line in map(documents.line, documents.lines().iterator(chunk_size=CHUNK)):
            write([tables.LINES], line)
            if line["by_hand"]:
                held.rests_on |= answering[line["slug"]]
        for few in batched(with_rows(documents.storylines()).iterator(chunk_size=CHUNK), FEW):
            steps = entries_of(few)
            for one in few:
                told = documents.whole_storyline(one, steps)
                write([tables.STORYLINES, tables.STEPS, tables.SENTENCES], told)
                held.storylines.append(one.pk)
                sentences = (*told["summary"], *told["steps"], *told["open_questions"])
                held.rests_on |= {uids[support["entry"]] for row in sentences for support in row["rests_on"]}
    return {name: file.written() for name, file in files.items()}, held


def _records() -> list[tuple[Any, Callable[[Any], Record], list[Table[Record, Any]]]]:
    """Which records there are, how each is described, and the tables that take their rows from that."""
    return [
        (documents.people().order_by("slug"), documents.person, [tables.PEOPLE, tables.POSITIONS]),
        (documents.organisations().order_by("slug"), documents.organisation, [tables.ORGANISATIONS]),
        (documents.commodities(), documents.commodity, [tables.COMMODITIES]),
        (documents.categories(), documents.category, [tables.CATEGORIES]),
        (documents.sources(), documents.source, [tables.SOURCES]),
    ]


def _write_papers(here: Path, about: About, written: dict[str, Written]) -> dict[str, Written]:
    papers = {
        "README.txt": words.readme(about),
        "LICENCE": words.licence(about),
        "VERSION": words.version(about),
        "datapackage.json": words.datapackage(about, written),
    }
    made = {}
    for name, text in papers.items():
        (here / name).write_text(text, encoding="utf-8", newline="")
        made[name] = Written(0, (here / name).stat().st_size, _digest(here / name))
    sums = words.checksums((name, file.digest) for name, file in sorted({**written, **made}.items()))
    (here / "SHA256SUMS").write_text(sums, encoding="utf-8", newline="")
    return made | {"SHA256SUMS": Written(0, len(sums), "")}


def _pack(here: Path, archive: Path, names: list[str], about: About) -> None:
    """One zip file; nothing in it tells one build of an edition from another."""
    moment = about.changed_at.timetuple()[:6]
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=6) as packed:
        for name in names:
            info = ZipInfo(name, date_time=moment)
            info.compress_type = ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            with (here / name).open("rb") as source, packed.open(info, "w") as target:
                shutil.copyfileobj(source, target)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

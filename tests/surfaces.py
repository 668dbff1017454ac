"""What each surface says of an entry, found by changing one value of its document after another.

A field is *shown* on a surface when another value there makes another answer. ``tests/test_surfaces.py``
has the table of what is shown where, and why what is not.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from typing import Any, get_args

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from pydantic import BaseModel, WithJsonSchema

from timeline import search
from timeline.choices import Redaction
from timeline.content.kinds import KINDS
from timeline.content.parts import Group, KnownRecords, Part, Plain, Record, Reference, Rows, Value
from timeline.content.summary import Summary
from timeline.formats import FORMATS, atom, json_feed, latest, references, rss, structured, tables
from timeline.formats.answer import Answer
from timeline.formats.entry_schema import Entry
from timeline.imports.examples import EXAMPLES
from timeline.imports.tables import write
from timeline.models import Edition, EntryPage, Withdrawal
from timeline.models.document import EntryDocument
from timeline.public import comparison
from timeline.public.document import build
from timeline.public.site import about_site
from timeline.views import entries

SITE = "https://example.org"


# -- one value changed ------------------------------------------------------------------------


def places(holder: Any, key: Any, steps: list[str]) -> Iterator[tuple[Any, Any]]:
    """Where below ``holder[key]`` something stands at the end of ``steps``: what holds it, and its key there."""
    if not isinstance(holder, dict | list):
        return
    value = holder[key] if isinstance(holder, list) else holder.get(key)
    if isinstance(value, list):
        for number in range(len(value)):
            yield from places(value, number, steps)
    elif steps and value is not None:
        yield from places(value, steps[0], steps[1:])
    elif not steps and value not in ("", None):
        yield holder, key


def found(data: Any, path: str) -> list[tuple[Any, Any]]:
    """The :func:`places` of ``path``, as "statements.citations.locator", in a document or a record."""
    return list(places({"": data}, "", path.split(".")))


def another(value: Any, terms: Iterable[str] = ()) -> Any:
    """A value of the same kind that is not ``value``; one of ``terms``, if only they can be."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 100
    if terms:
        return next(term for term in terms if term not in ("", value))
    if re.match(r"\d{4}(?!\d)", value):  # a year, and what follows it; an interval has two
        return re.sub(r"(?<!\d)\d{4}(?!\d)", lambda year: str(int(year[0]) + 5), value)
    if value.isdecimal():
        return str(int(value) + 1)
    if re.fullmatch(r"[0-9a-f-]{36}", value):
        return f"{value[:-1]}{'1' if value.endswith('0') else '0'}"
    return f"{value}x"


def terms_at(path: str) -> list[str]:
    """The terms that may stand at ``path`` of a document, as the API has them; none where any text may."""
    if path == "changes.redaction":
        return Redaction.values
    node: Any = Entry
    for step in path.split("."):
        node = node.model_fields.get(step)
        if node is None:
            return []
        kinds = (node.annotation, *get_args(node.annotation))
        node = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), node)
    said = (one.json_schema for one in node.metadata if isinstance(one, WithJsonSchema))
    return [term for schema in said for term in schema.get("enum", ())]


def changed(document: EntryDocument, path: str, value: Any = None) -> EntryDocument:
    """``document`` with another value (or ``value``) at ``path``, where one stands first; it still fits together."""
    new = deepcopy(document)
    holder, key = found(new, path)[0]
    before = holder[key]
    if value is not None:
        holder[key] = value
    elif path == "sources.number":  # whatever cites it goes with it
        for part in ("sources", "sources.derived_from", "statements.citations", "figures.citations"):
            _renumber(new, f"{part}.number", before)
        for path in ("disagreements.accounts", "source_notes", "attachments"):
            _renumber(new, f"{path}.number", before)
    elif path.endswith(("citations.number", "accounts.number", "source_notes.number", "attachments.number")):
        holder[key] = next(source["number"] for source in new["sources"] if source["number"] != before)
    elif path == "uid":  # another from the first character on: an id within a page begins with it
        holder[key] = str(uuid.UUID(int=uuid.UUID(before).int ^ (2**128 - 1)))
    else:
        holder[key] = another(before, terms_at(path))
    if path in ("statements.id", "figures.id", "disagreements.id"):
        for rests, place in found(new, "sentences.rests_on"):
            rests[place] = holder[key] if rests[place] == before else rests[place]
    return new


def _renumber(document: EntryDocument, path: str, before: int) -> None:
    for holder, key in found(document, path):
        holder[key] = before + 100 if holder[key] == before else holder[key]


# -- what is made from the document -----------------------------------------------------------


class TheseEntries:
    """Stands for the entries of an answer: documents that no table holds."""

    def __init__(self, documents: list[EntryDocument]) -> None:
        self.documents = documents
        self.with_words = False  # whether each comes with what is translated of it, which is nothing

    def chronological(self, *_order: Any, **_more: Any) -> "TheseEntries":
        return self

    def values_list(self, *_names: Any, flat: bool = False) -> "TheseEntries":
        these = TheseEntries(self.documents)
        these.with_words = not flat
        return these

    def exclude(self, **_more: Any) -> "TheseEntries":
        return self

    def order_by(self) -> "TheseEntries":
        return self

    def __getitem__(self, _part: slice) -> "TheseEntries":
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter([(document, None) for document in self.documents] if self.with_words else self.documents)

    def iterator(self, chunk_size: int) -> Iterator[Any]:
        return iter(self)

    def count(self) -> int:
        return len(self.documents)

    def capped_count(self, _limit: int) -> int:
        return len(self.documents)


Surface = Callable[[EntryDocument], Any]


def of_documents(entry: EntryPage, document: EntryDocument) -> dict[str, Surface]:
    """The surfaces that are made of the document of ``entry``, by the names of the table's columns."""
    names = ("entry_people__person", "entry_organisations__organisation", "entry_commodities__commodity")
    entry = EntryPage.objects.prefetch_related(*(f"{name}__names" for name in names)).get(pk=entry.pk)
    state = Edition.objects.get()
    site = about_site(state)
    terms = entries.context(document, state)["terms"]

    def answer(one: EntryDocument) -> Answer:
        return Answer(
            path="",
            query="",
            sentence="Entries",
            entries=TheseEntries([one]),
            size=lambda: 1,
            withdrawals=Withdrawal.objects.none(),
            newest_first=False,
            site="Site",
            strapline="",
            language="fr",
            base_url=SITE,
            licence=site["licence"],
            since=state.state,
            lanes=state.lanes,
        )

    def rendered(template: str, one: EntryDocument, **context: Any) -> str:
        fixed = {"site": site, "lanes": state.lanes, "base_url": SITE, "canonical": SITE, "title": "T"}
        return render_to_string(template, {**fixed, "entry": one, **context})

    def page(one: EntryDocument) -> str:
        context = entries.context(one, state) | {"terms": terms, "description": "D"}
        return rendered("timeline/entry.html", one, **context)

    def feed(syntax: Any) -> Surface:
        return lambda one: syntax.item(latest.item(one, SITE, "fr"))

    def answered(path: str) -> Surface:
        kind = next(kind for kind in FORMATS if kind.path == path)
        return lambda one: b"".join(made if not isinstance((made := kind.render(answer(one))), bytes) else [made])

    def cited(one: EntryDocument) -> list[str]:
        return ["".join(kind.render([references.entry_item(one, site)])) for kind in references.FORMATS]

    def bibliography(one: EntryDocument) -> list[str]:
        items = [references.source_item(source) for source in one["sources"]]
        return ["".join(kind.render(items)) for kind in references.FORMATS]

    return {
        "page": page,
        "card": lambda one: rendered("timeline/_entry.html", one),
        "feed.atom": feed(atom.SYNTAX),
        "feed.rss": feed(rss.SYNTAX),
        "feed.json": feed(json_feed.SYNTAX),
        "calendar.ics": answered("calendar.ics"),
        **{f"{table.name}.csv": lambda one, table=table: list(table.cells(one)) for table in tables.OF_ENTRIES},
        "entries.json": answered("entries.json"),
        "entries.ndjson": answered("entries.ndjson"),
        "timeline.json": answered("timeline.json"),
        "structured data": lambda one: structured.article(one, site),
        "print/": answered("print/"),
        "embed/": lambda one: rendered("timeline/_embed_row.html", one),
        "embedded entry": lambda one: rendered("timeline/embed_entry.html", one),
        "cite.bib": cited,
        "sources.bib": bibliography,
        "history": lambda one: comparison.compare(document, one),
        "search": lambda one: search.texts(entry, one),
    }


# -- what it is made from ---------------------------------------------------------------------


def leaves(parts: Iterable[Part], prefix: str = "") -> Iterator[tuple[str, Part]]:
    """The fields of a record of the pack, by their paths."""
    for part in parts:
        path = f"{prefix}{part.name}"
        if isinstance(part, Plain):
            yield path, part.part
        elif isinstance(part, Summary):
            yield from ((f"{path}.{name}", part) for name in ("id", "text", "rests_on"))
        elif isinstance(part, Rows | Group):
            inner = part.shape.parts if isinstance(part, Rows) else part.parts
            yield from leaves(inner, f"{path}.")
        else:
            yield path, part


def values(document: EntryDocument, path: str) -> list[Any]:
    return [holder[key] for holder, key in found(document, path)]


def from_records(entry: EntryPage, paths: Sequence[str]) -> dict[str, set[str]]:
    """Which fields of the document follow from what the pack, a table for import, and its example say.

    Each field of the records that the entry rests on is filled in with another value, and the document built anew.
    """
    known = KnownRecords()
    instances = {kind.name: list(kind.model._default_manager.order_by("pk")) for kind in KINDS}
    for name, rows in instances.items():
        for row in rows:
            known.add(name, row)
    entry = next(one for one in instances["entries"] if one.pk == entry.pk)
    instances["entries"] = [entry]
    aside = ("attachments__source", "attachments__image", "attachments__document", "storyline_steps__storyline")
    prefetch_related_objects([entry], *aside)  # what no record of the pack says stays as it is
    for kind in KINDS:
        for row in instances[kind.name]:
            kind.shape.fill(row, kind.shape.dump(row, known), known)  # now it points to what is known
    before = {path: values(build(entry), path) for path in paths}
    said: dict[str, set[str]] = {"pack": set(), "import and export": set(), "example": set()}
    for kind in (kind for kind in KINDS if kind.name != "terms"):  # which no document holds
        dumped = [(row, kind.shape.dump(row, known)) for row in instances[kind.name]]
        for path, part in leaves(kind.shape.parts):
            follow: set[str] = set()
            in_table = False
            for row, record in dumped:
                if not (new := _with_another(record, path, part, instances)):
                    continue
                kind.shape.fill(row, new, known)
                after = build(entry)
                assert kind.shape.dump(row, known) == new, f"{kind.name}: {path} is not dumped as it was loaded"
                follow |= {
                    name for name, value in before.items() if _is_another(value, values(after, name), name, part)
                }
                in_table = in_table or write(kind, [record]) != write(kind, [new])
                kind.shape.fill(row, record, known)
            said["pack"] |= follow
            said["import and export"] |= follow if in_table else set()
            typed = "summary" if path == "summary.text" else path  # which is one text to whoever types it
            said["example"] |= follow if any(found(one, typed) for one in EXAMPLES[kind.name]) else set()
    return said


def _is_another(before: list[Any], after: list[Any], path: str, part: Part) -> bool:
    """Whether ``part`` says what stands at ``path``; a pointer says which record it is, not what is known of it."""
    if isinstance(part, Reference) and not path.endswith(("slug", "number", "series")):
        return False
    return len(before) == len(after) and sorted(map(str, before)) != sorted(map(str, after))


def _with_another(record: Record, path: str, part: Part, instances: dict[str, list[Any]]) -> Record | None:
    new = deepcopy(record)
    stood = found(new, path)
    if not stood:
        return None
    holder, key = stood[0]
    if isinstance(part, Reference):
        holder[key] = next((one.key for one in instances[part.kind] if one.key != holder[key]), holder[key])
    elif path == "summary.rests_on":
        holder[key] = next(row["id"] for row in record["statements"] if row["id"] not in holder)
    else:
        before, holder[key] = holder[key], another(holder[key], part.values() if isinstance(part, Value) else ())
        for sentence in new.get("summary", ()) if path.endswith("s.id") else ():  # whatever rests on it goes with it
            sentence["rests_on"] = [holder[key] if one == before else one for one in sentence["rests_on"]]
    return new

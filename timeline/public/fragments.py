"""Fragments: rendered parts of entries, kept in the database while the entry stays as it is.

A card of the list is the same on every page that shows it, and rendering is most of what a page costs. So what lists
show of an entry is made when it is published, and other fragments when somebody is first shown them. All processes
share them and a restart keeps them. A fragment says the digest of the document it was made from and what made it, so
one that is out of date is never shown; where the document changes or goes it goes too, before the change is committed.

A *block* is a part of a page that is of no one entry, such as where things stand: it stays until something public
changes that it may say.

Nobody needs them: what is not kept is made from the document. While the primary is away nothing is kept.

DECISIONS 29, 142 and 194 say why.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple, Protocol, Self

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Exists, OuterRef
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from timeline import replicas
from timeline.kept.addresses import code_version
from timeline.models import Edition, Fragment, PublishedEntry
from timeline.models.document import EntryDocument
from timeline.public.lanes import Lane
from timeline.public.language import document_in, foreign, read_document
from timeline.public.wording import site_day

CACHE = "fragments"

BATCH = 200
"""Documents in memory at a time."""

REST = 60
"""Seconds in which nothing more is kept when something could not be."""


class _Rest:
    until = 0.0


_rest = _Rest()

Made = tuple[int, str, str, str]
"""The id of an entry, the digest of its document, and what was made of that: by what, and the text."""

FIND = f"""
SELECT p.entry_id, coalesce(t.digest, p.digest), f.text, CASE WHEN f.text IS NULL THEN {document_in("p", "t")} END
FROM timeline_publishedentry p
LEFT JOIN timeline_publishedtranslation t ON t.entry_id = p.entry_id AND t.language = %s
LEFT JOIN timeline_fragment f
    ON f.entry_id = p.entry_id AND f.kind = %s AND f.digest = coalesce(t.digest, p.digest) AND f.maker = ANY(%s)
WHERE p.entry_id = ANY(%s)
"""  # noqa: S608 - words of ours
"""The fragment of each entry or, where none is kept, the document that it is made from."""

KEEP = """
INSERT INTO timeline_fragment (entry_id, kind, digest, maker, text)
SELECT p.entry_id, %s, made.digest, made.maker, made.text
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) made (entry, digest, maker, text)
JOIN timeline_publishedentry p ON p.entry_id = made.entry
LEFT JOIN timeline_publishedtranslation t ON t.entry_id = p.entry_id AND t.language = %s
WHERE made.digest = coalesce(t.digest, p.digest)
ORDER BY p.entry_id FOR SHARE OF p SKIP LOCKED
ON CONFLICT (entry_id, kind) DO UPDATE SET digest = excluded.digest, maker = excluded.maker, text = excluded.text
"""
"""The lock sees to it that what was made of a document is not kept once that has changed: who changes one waits."""


class Row(Protocol):
    """What is asked of a published entry to find what was made of it."""

    @property
    def pk(self) -> int: ...


def rendered(
    kind: str,
    rows: Iterable[Row],
    make: Callable[[EntryDocument], str],
    shows: str = "",
    lasts: Callable[[EntryDocument], bool] = bool,
) -> dict[int, str]:
    """``{entry id: text}`` for each of ``rows``: kept fragments, or new ones made from the documents.

    ``kind`` names the rendering and ``shows`` what it shows beside the document. One query, and where something was
    not kept one to keep it; for the day alone where it does not last: what is said of such a document changes with the
    days. What has gone since the rows were read is left out.
    """
    made_by, made_today = maker(shows), maker(f"{shows} {site_day()}")
    texts: dict[int, str] = {}
    made: list[Made] = []
    with connection.cursor() as cursor:
        cursor.execute(FIND, [foreign(), _kind_here(kind), [made_by, made_today], [row.pk for row in rows]])
        for pk, digest, text, found in cursor.fetchall():
            if text is None:
                document = read_document(json.loads(found))
                text = make(document)
                made.append((pk, digest, made_by if lasts(document) else made_today, text))
            texts[pk] = text
    if made:
        _try(lambda: keep(kind, made))
    return texts


def _try(to_keep: Callable[[], None]) -> None:
    """Keep something, unless the primary is away or only reads: then nothing is for a while."""
    if time.monotonic() >= _rest.until:
        try:
            with replicas.primary():
                to_keep()
        except (DatabaseError, InterfaceError):
            _rest.until = time.monotonic() + REST


def keep(kind: str, made: Sequence[Made]) -> None:
    """Keep what was made of entries that are still as they were: one statement."""
    columns = [list(column) for column in zip(*made, strict=True)] or [[], [], [], []]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [_kind_here(kind), *columns, foreign()])


def _kind_here(kind: str) -> str:
    """The kind of a fragment in the language of the page."""
    language = foreign()
    return f"{kind}.{language}" if language else kind


@lru_cache
def _maker(shows: str, language: str) -> str:
    return hashlib.sha256(f"{code_version()} {language} {shows}".encode()).hexdigest()[:32]


def maker(shows: str) -> str:
    """What makes a fragment now: this code, in this language, of the document and what it ``shows`` beside it."""
    return _maker(shows, get_language() or "")


def kept(key: str, make: Callable[[], str]) -> str:
    """The text kept under ``key``, which must change whenever the text would; made when there is none."""
    return str(caches[CACHE].get_or_set(f"{key}.{get_language()}", make))


# -- what is of no one entry --------------------------------------------------------------


KEEP_BLOCK = """
INSERT INTO timeline_block (name, maker, text)
SELECT %s, %s, %s FROM timeline_edition WHERE id = 1 AND version = %s FOR SHARE SKIP LOCKED
ON CONFLICT (name) DO UPDATE SET maker = excluded.maker, text = excluded.text
"""
"""Nothing public has changed since the edition was read of which it was made, nor is about to."""


def block(name: str, edition: Edition, make: Callable[[], str], shows: str) -> SafeString:
    """The block of this name in the language of the page, kept or made anew; ``shows`` is what it depends on beside
    what entries answer to lines, and records. One query, and one to keep it."""
    key, made_by = _kind_here(name), maker(shows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM timeline_block WHERE name = %s AND maker = %s", [key, made_by])
        if found := cursor.fetchone():
            return SafeString(found[0])
    text = make()

    def keep_it() -> None:
        with connection.cursor() as cursor:
            cursor.execute(KEEP_BLOCK, [key, made_by, text, edition.version])

    _try(keep_it)
    return SafeString(text)


# -- what lists show ----------------------------------------------------------------------


FOUND = "<!-- found -->"
"""Where a card says why it is in an answer; most need not say it."""


class Card(NamedTuple):
    """An entry as lists show it, and the path of its page; :meth:`with_reason` finishes it for an answer."""

    path: str
    markup: str

    def with_reason(self, **reason: Any) -> Self:
        """The card as an answer shows it; ``reason`` is what ``timeline/_found.html`` takes, or nothing."""
        found = get_template("timeline/_found.html").render(reason) if reason else ""
        return self._replace(markup=SafeString(self.markup.replace(FOUND, found)))


def cards(rows: Iterable[PublishedEntry], lanes: list[Lane]) -> dict[int, Card]:
    """``{entry id: card}`` for each of ``rows``, in the colours of their lanes."""
    texts = rendered("card", rows, partial(_card, lanes=lanes), _painted(lanes))
    return {pk: Card(*text.split("\n", 1)) for pk, text in texts.items()}


def lines(rows: Iterable[PublishedEntry], lanes: list[Lane]) -> dict[int, SafeString]:
    """``{entry id: markup}`` of each of ``rows`` as a line of headlines."""
    texts = rendered("line", rows, partial(_line, lanes=lanes), _painted(lanes))
    return {pk: SafeString(text) for pk, text in texts.items()}


class Kind(NamedTuple):
    """A kind of fragments that is made when an entry is published: how, and what it shows beside the document."""

    name: str
    make: Callable[[EntryDocument, list[Lane]], str]
    shows: Callable[[list[Lane]], str]
    lasts: Callable[[EntryDocument], bool] = bool


def of_published(rows: Iterable[PublishedEntry], lanes: list[Lane], kinds: Iterable[Kind]) -> Iterator[Fragment]:
    """What is made of rows that are published, not saved."""
    with translation.override(settings.LANGUAGE_CODE):  # that of the site, not of who publishes
        makers = [(kind, maker(kind.shows(lanes))) for kind in kinds]
        for row in rows:
            for kind, made_by in makers:
                if kind.lasts(row.document):
                    text = kind.make(row.document, lanes)
                    yield Fragment(entry_id=row.pk, kind=kind.name, digest=row.digest, maker=made_by, text=text)


def replace(rows: Sequence[PublishedEntry], lanes: list[Lane], known: Sequence[int]) -> None:
    """The documents of these rows are new: nothing stays that was made of older ones, of those that were ``known``.

    What is made at once is made.
    """
    if known:
        Fragment.objects.filter(entry__in=known).delete()
    Fragment.objects.bulk_create(of_published(rows, lanes, AT_ONCE))


def make_missing(lanes: list[Lane]) -> int:
    """Make what is made at once of published entries and is not there, as after a new release; returns its number."""
    number = 0
    with translation.override(settings.LANGUAGE_CODE):
        for kind in AT_ONCE:
            made_by = maker(kind.shows(lanes))
            there = Fragment.objects.filter(
                entry=OuterRef("pk"), kind=kind.name, maker=made_by, digest=OuterRef("digest")
            )
            rows = PublishedEntry.objects.filter(~Exists(there)).only("digest", "document").order_by("pk")
            last = 0
            while batch := list(rows.filter(pk__gt=last)[:BATCH]):
                last = batch[-1].pk
                made = [
                    (row.pk, row.digest, made_by, kind.make(row.document, lanes))
                    for row in batch
                    if kind.lasts(row.document)
                ]
                keep(kind.name, made)
                number += len(made)
    return number


def _card(document: EntryDocument, lanes: list[Lane]) -> str:
    """A card: its path in the first line, then its markup."""
    shown = {"entry": document, "lanes": lanes, "found": SafeString(FOUND)}
    return f"{document['url']}\n{get_template('timeline/_entry.html').render(shown)}"


def _line(document: EntryDocument, lanes: list[Lane]) -> str:
    return get_template("timeline/_headline.html").render({"entry": document, "lanes": lanes})


def _painted(lanes: list[Lane]) -> str:
    return json.dumps(lanes, sort_keys=True)


LISTED = [Kind("card", _card, _painted), Kind("line", _line, _painted)]
"""What lists show."""

AT_ONCE = [*LISTED]
"""What is made when an entry is published; formats add what subscribers ask for first."""

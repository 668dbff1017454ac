"""The language of a page: the words that it adds to what is shown, and what stands in the original for want of them.

A document in another language is the public document with its words replaced. Each translation says which original
words it was made from; where the document says something else, the original stands, marked as what it is in. So
nothing, not even a row that is late, can show a translation of what was corrected. DECISIONS 167.

Records and rows of entries that are fetched with :func:`said_here` say what they say in the language of the page; in
the original that costs nothing, and in others no further query. DECISIONS 178.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Func, JSONField, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.query import ModelIterable
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from timeline.characters import CLEAR_AND_LARGE, VOICED_OR_SMALL
from timeline.choices import TranslationState
from timeline.models import (
    Category,
    Commodity,
    Edition,
    FigureSeries,
    Organisation,
    Person,
    PublishedEntry,
    Source,
    StateLine,
    Storyline,
    Term,
)
from timeline.models.commodity import reading_order
from timeline.models.document import EntryDocument, as_read
from timeline.segments import CHRONOLOGY, ENTRY, FIELDS, NAMED, READING, Fields, digest, segments
from timeline.text.sentences import joined

Words = Mapping[str, list[str]]
"""``[digest of the original words, translation]`` by the key of the segment."""


class Original(str):
    """A text that is shown in the original, on a page in another language. In markup it says in which."""

    __slots__ = ()

    def __html__(self) -> SafeString:
        return format_html('<span lang="{}">{}</span>', settings.LANGUAGE_CODE, str(self))


def original(text: str) -> str:
    """Words that are there in the original alone; on a page in another language they say in which."""
    return Original(text) if text and foreign() else text


def marked(text: str, escape: Callable[[str], str]) -> str:
    """A text in markup that is made without templates: escaped, and marked if it is the original."""
    made = escape(text)
    return f'<span lang="{settings.LANGUAGE_CODE}">{made}</span>' if isinstance(text, Original) else made


def foreign() -> str:
    """The language in which the page is, if that is not the one in which the chronology is written."""
    language = get_language() or settings.LANGUAGE_CODE
    return "" if language == settings.LANGUAGE_CODE else language


def others() -> list[str]:
    """The languages into which the chronology may be translated."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


_PAGES = (
    r"/(?!entries/[^/]+/attachments/)"
    r"(?:(?:people|commodities|categories|organisations|storylines|figures|glossary|sources|entries|updates)/[^?#\"]*"
    r"|(?:filters|headlines|overview|state|about|corrections|feeds|api|dataset|print|embed|report-an-error)/"
    r"|(?!status)[a-z]+\.(?:atom|rss|json|ndjson|ics|csv|bib|ris|csl\.json)|share\.png|opensearch\.xml)?(?:[?#][^\"]*)?"
)
PAGES = re.compile(_PAGES, re.ASCII)
"""The addresses of what there is in other languages, below the code of the language."""


def here(path: str) -> str:
    """The address of a page of ours in the language of this page; in the original where there is no other."""
    language = foreign()
    return f"/{language}{path}" if language and PAGES.fullmatch(path) else path


_LINK = re.compile(
    rf'="(?=/)(?:(?<=\shref=")|(?<=\saction=")|(?<=\sformaction="))(?={_PAGES}"(?! hreflang=))', re.ASCII
)
"""It begins with a mark that is soon found: a page is read from end to end for it."""


def linked(markup: str) -> str:
    """The markup of a page, whose links to pages of ours lead to those in its language.

    They are put right here, where none can be forgotten. What has ``hreflang`` behind it says itself where it leads.
    """
    return _LINK.sub(f'="/{foreign()}', markup) if foreign() else markup


def root() -> str:
    """What the addresses of this edition begin with, of those that there are in every language: "/ja" or nothing."""
    return f"/{foreign()}" if foreign() else ""


def in_original(path: str) -> str:
    """The address that a page has in the original."""
    return path.removeprefix(f"/{foreign()}") if foreign() else path


def offered(edition: Edition) -> list[str]:
    """The languages in which the site is: those into which the title of the chronology is translated."""
    return [language for language in others() if "title" in edition.words.get(language, {})]


class SamePage(NamedTuple):
    """A page in one of the languages that it is in: what the language calls itself, and its address."""

    language: str
    name: str
    path: str
    is_this: bool


def in_each(path: str, edition: Edition) -> list[SamePage]:
    """A page, by its address without a language, in each language that it is in; none where it is in one only."""
    codes = offered(edition) if PAGES.fullmatch(path) else []
    names, now = dict(settings.LANGUAGES), foreign()
    original = SamePage(settings.LANGUAGE_CODE, str(names[settings.LANGUAGE_CODE]), path, is_this=not now)
    same = [SamePage(code, str(names[code]), f"/{code}{path}", is_this=code == now) for code in codes]
    return [original, *same] if same else []


def in_language(document: EntryDocument, words: Words, language: str) -> EntryDocument:
    """``document`` in a language, as far as there are words for it. It is changed: to copy one takes longer."""
    replace(document, ENTRY + NAMED, words)
    for person in document["people"]:
        if person["native"] == person["name"]:  # it is said already
            person["native"] = person["native_language"] = ""
    if sentences := [sentence["text"] for sentence in document["sentences"]]:
        document["summary"] = joined(sentences)
    elif document["summary"]:
        document["summary"] = Original(document["summary"])
    for change in document["changes"]:
        for name in ("note", "wrong", "right"):
            change[name] = Original(change[name])
    document["language"] = language
    return document


def originals_of(document: EntryDocument) -> list[list[str | int]]:
    """Where a document in a language says what it says in the original: the keys that lead to each such text."""
    return [list(path) for path in _originals(document, ())]


def _originals(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, Original):
        yield path
    elif isinstance(value, dict | list):
        for key, within in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _originals(within, (*path, key))


# -- rows of the database -----------------------------------------------------------------

KINDS: dict[type[Any], str] = {
    Category: "categories",
    Commodity: "commodities",
    FigureSeries: "series",
    Organisation: "organisations",
    Person: "people",
    Source: "sources",
    StateLine: "state",
    Storyline: "storylines",
    Term: "terms",
}
"""The kinds of records, by which their translations are found."""


class _Said(ModelIterable):
    """Rows that say what they say in the language of the page, and so do the records that they were fetched with."""

    def __iter__(self) -> Iterator[Any]:
        names = [name for name in self.queryset.query.annotations if name.startswith(_FILED)]
        columns = [(name, name.removeprefix(_FILED)) for name in names]
        for row in super().__iter__():
            loaded = vars(row)
            for name, relation in columns:
                said = getattr(row, relation) if relation else row
                if said is not None:
                    say(said, loaded[name])
            yield row


_FILED = "filed_"
"""What the columns with translations are called, with the name of a relation behind it."""


def said_here[Rows: QuerySet[Any]](rows: Rows, *related: str, parts: bool = True) -> Rows:
    """Rows of published entries or of records that say what they say in the language of the page.

    So do those that are fetched with them, by the names of these relations. No query more. Without ``parts`` none of
    them knows what its own rows say (:func:`words_of`), such as the sentences of a storyline.
    """
    if not foreign():
        return rows
    if rows.model is PublishedEntry:
        rows, columns = _without_document(rows), {_FILED: document_here()}
    else:
        columns = {_FILED: filed_of(rows.model, parts=parts)} if rows.model in KINDS else {}
    for name in related:
        columns[f"{_FILED}{name}"] = filed_of(rows.model._meta.get_field(name).related_model, f"{name}__", parts=parts)
    said = rows.annotate(**columns)
    said._iterable_class = _Said  # noqa: SLF001 - how Django lets rows be made otherwise
    return said


def _without_document[Rows: QuerySet[Any]](rows: Rows) -> Rows:
    """The same columns but for the document. ``defer`` takes back an ``only`` of which nothing is left."""
    names, is_deferred = rows.query.deferred_loading
    return rows.only("pk", *names - {"document"}) if names and not is_deferred else rows.defer("document")


def filed_of(model: type[Any], prefix: str = "", *, parts: bool = True) -> Any:
    """The column with what is translated of a record, as :func:`read_words` reads it."""
    whose = [F(f"{prefix}key")]
    if model is Source:  # only that is ours to translate
        whose.append(F(f"{prefix}title_is_description"))
    which = _states("said")
    if not parts:
        which += f" AND said.segment = ANY('{{{','.join([*_own(KINDS[model]), READING])}}}')"
    return _FiledOf(*whose, kind=KINDS[model], language=foreign(), which=which)


def filed_of_group(model: type[Any], prefix: str) -> Any:
    """The same of all the records of a group, of rows that are counted in groups."""
    keys = Func(ArrayAgg(f"{prefix}key", distinct=True), function="ANY")
    return _FiledOf(keys, kind=KINDS[model], language=foreign(), which=_states("said"))


class _FiledOf(Func):
    """In SQL: pages have a dozen of them, and to put one together from expressions takes as long as to ask it."""

    template = (
        "(SELECT json_object_agg(said.segment, json_build_array(said.of, said.words)) FROM timeline_translation said"
        " WHERE said.language = '%(language)s' AND said.kind = '%(kind)s' AND said.record = %(expressions)s"
        "%(which)s)::text"
    )
    arg_joiner = " AND "
    output_field = TextField()

    def get_group_by_cols(self) -> list[Any]:
        """Not itself, which would ask for each of the rows that are counted."""
        return [column for one in self.get_source_expressions() for column in one.get_group_by_cols()]


def _states(said: str) -> str:
    """SQL for which translations readers may see, as ``TranslationQuerySet.shown``."""
    return f" AND {said}.state = 'reviewed'" if settings.TRANSLATIONS_SHOWN == TranslationState.REVIEWED else ""


@lru_cache(maxsize=2048)
def _parsed(text: str) -> Words:
    found: Words = json.loads(text)
    return found


def read_words(text: str | None) -> Words:
    """What :func:`filed_of` found: ``[digest, words]`` by segment. Many rows and pages name the same records."""
    return _parsed(text) if text else _NO_WORDS


_NO_WORDS: Words = {}


@cache
def _own(kind: str) -> list[str]:
    """The fields with words of a kind of records, without those of their rows."""
    return [name for name in FIELDS[kind] if isinstance(name, str)]


def say(row: Any, filed: Any) -> None:
    """Let a row that was just fetched say what it says in the language of the page. It is not to be saved."""
    if isinstance(row, PublishedEntry):
        row.document = read_document(filed)
        return
    loaded = vars(row)
    words = loaded["words_here"] = read_words(filed)
    if isinstance(row, Source) and not row.title_is_description:
        return
    for name in _own(KINDS[type(row)]):
        if text := loaded.get(name):
            loaded[name] = translated(text, words.get(name))


def words_of(record: Any) -> Words:
    """What is translated of a record that was fetched with :func:`said_here`."""
    return vars(record).get("words_here", {})


def title_held(position: Any, person: Any) -> str:
    """What an office is called that somebody held who was fetched with :func:`said_here`."""
    return office_title(position.title, words_of(person))


def office_title(title: str, words: Words) -> str:
    """What an office is called, by what is translated of who held it."""
    return translated_here(title, words.get(f"positions.{digest(title)}.title"))


def reading_of(record: Any) -> str:
    """The kana by which the name of a record is put in order; empty where it is in the original, or none is known."""
    filed = words_of(record).get(READING)
    return filed[1] if filed and not isinstance(record.name, Original) else ""


def by_reading(model: type[Any]) -> list[Any]:
    """For ``order_by``: that reading, on a page in another language. Where none is known is behind all others."""
    if not foreign():
        return []
    return [_ByReading(F("key"), kind=KINDS[model], language=foreign(), which=_states("said"))]


_READING = (
    f"(SELECT translate(said.words, '{VOICED_OR_SMALL}', '{CLEAR_AND_LARGE}') || ' ' || said.words"  # noqa: S608 - ours
    " FROM timeline_translation said WHERE said.language = '%(language)s' AND said.kind = '%(kind)s'"
    f" AND said.record = %(expressions)s AND said.segment = '{READING}'%(which)s)"
)


class _ByReading(Func):
    """In SQL, as :class:`_FiledOf`."""

    template = _READING
    output_field = TextField()


def by_place_in_tree() -> RawSQL:
    """For ``order_by``: where goods stand in their tree; those of one position by name or, elsewhere, by reading.

    Where no reading is known, they are behind the others.
    """
    if not foreign():
        return reading_order()
    asked = {"language": foreign(), "kind": KINDS[Commodity], "expressions": "above.key", "which": _states("said")}
    return reading_order(f"coalesce({_READING % asked}, '\uffee' || above.name)")


def name_here(model: type[Any], row: str, name: str = "name") -> str:
    """SQL for what is filed of the name of a record in a ``row``: digest, space, words; or NULL."""
    return named_here(*_name_of(model, row, name)) if foreign() else "NULL"


def whose_name(model: type[Any], row: str, name: str = "name") -> str:
    """SQL for where that is filed, for :func:`named_here` of rows of several kinds: planned once, not once a kind."""
    return f"ARRAY[{', '.join(_name_of(model, row, name))}]" if foreign() else "NULL::text[]"


def named_here(kind: str, record: str, segment: str) -> str:
    """SQL for what is filed there."""
    if not foreign():
        return "NULL"
    return (
        "(SELECT said.of || ' ' || said.words FROM timeline_translation said"  # noqa: S608 - words of ours
        f" WHERE said.language = '{foreign()}' AND said.kind = {kind} AND said.record = {record}"
        f" AND said.segment = {segment}{_states('said')})"
    )


def _name_of(model: type[Any], row: str, name: str) -> tuple[str, str, str]:
    if model not in KINDS:  # a lane, which the page of the chronology names
        return "'chronology'", "'chronology'", f"'lanes.' || {row}.slug || '.name'"
    record = f"CASE WHEN {row}.title_is_description THEN {row}.key END" if model is Source else f"{row}.key"
    return f"'{KINDS[model]}'", record, f"'{name}'"


def read_name(name: str, said: str | None) -> str:
    """The name of a record in the language of the page; ``said`` is what :func:`name_here` found."""
    return translated_here(name, said.split(" ", 1) if said else None)


def filed_here(column: str, entry: str = "pk") -> Any:
    """For a queryset of published entries: a column of what is filed of each in the language of the page, or None.

    Other rows say in ``entry`` which one they belong to.
    """
    if not foreign():
        return Value(None, JSONField())
    name, *keys = column.split("__")
    read = "".join([f"filed.{name}", *(f"->'{key}'" for key in keys)])
    return _FiledHere(F(entry), read=read, language=foreign())


class _FiledHere(Func):
    """In SQL, as :class:`_FiledOf`."""

    template = (
        "(SELECT %(read)s FROM timeline_publishedtranslation filed"
        " WHERE filed.entry_id = %(expressions)s AND filed.language = '%(language)s')"
    )
    output_field = JSONField()


_ENTRY = PublishedEntry._meta.db_table


def document_in(entry: str, filed: str) -> str:
    """SQL for what :func:`read_filed` reads of two rows: an ``entry``, and what is ``filed`` of it, or NULL.

    What is filed of the document of now comes whole; else that comes, with the words there are for it.
    """
    said = f"{filed}.reviewed, {filed}.corrections"
    return (
        f"(CASE WHEN {filed}.of = {entry}.digest"
        f" THEN json_build_array({filed}.document, {filed}.originals, {said}, NULL)"
        f" ELSE json_build_array({entry}.document, NULL, {said}, {filed}.words) END)::text"
    )


_DOCUMENT = (
    f"coalesce((SELECT {document_in(_ENTRY, 'filed')} FROM timeline_publishedtranslation filed"  # noqa: S608 - ours
    f" WHERE filed.entry_id = {_ENTRY}.entry_id AND filed.language = %s),"
    f" json_build_array({_ENTRY}.document, NULL, NULL, NULL, NULL)::text)"
)


def document_here() -> Any:
    """For a queryset of published entries: the column from which :func:`read_document` reads their documents."""
    return RawSQL(_DOCUMENT, [foreign()], JSONField()) if foreign() else F("document")  # noqa: S611 - words of ours


class Filed(NamedTuple):
    """A document in the language of the page, and how far its translation has come."""

    document: EntryDocument
    reviewed: bool
    corrections: list[Any]


def read_filed(found: Any) -> Filed:
    """What :func:`document_here` found."""
    if isinstance(found, dict):
        return Filed(cast(EntryDocument, found), reviewed=True, corrections=[])
    stored, originals, reviewed, corrections, words = found
    document = as_read(stored)
    if originals is None:
        return Filed(in_this_language(document, words), bool(reviewed), corrections or [])
    for *path, name in originals:
        holder: Any = document
        for step in path:
            holder = holder[step]
        holder[name] = Original(holder[name])
    return Filed(document, bool(reviewed), corrections)


def read_document(found: Any) -> EntryDocument:
    """The document that :func:`document_here` found."""
    return read_filed(found).document


def in_this_language(document: EntryDocument, words: Words | None) -> EntryDocument:
    """``document`` in the language of the page; the document itself where it is written in that."""
    language = foreign()
    return in_language(document, words or {}, language) if language else document


def spoken(edition: Edition) -> Edition:
    """What the page of the chronology says, in the language of the page."""
    language = foreign()
    if not language:
        return edition
    asked = said_by(edition), edition.words.get(language, {})
    before = _spoken.get(language)
    if before is None or before[0] != asked:
        said = copy.deepcopy(asked[0])
        replace(said, CHRONOLOGY, asked[1], str)  # it stands in titles and attributes
        before = _spoken[language] = asked, said
    edition = copy.copy(edition)
    for name, value in before[1].items():
        setattr(edition, name, value)
    return edition


_spoken: dict[str, tuple[tuple[dict[str, Any], Words], dict[str, Any]]] = {}
"""By language what the chronology said last, and what that is there: it is the same on nearly every page."""


def said_by(edition: Edition) -> dict[str, Any]:
    """The words of the edition as the record of a pack has them."""
    names = ("title", "headline", "strapline", "imprint", "lanes", "phases", "open_questions")
    return {name: getattr(edition, name) for name in names}


def replace(record: Any, fields: Fields, words: Words, original: type[str] = Original) -> None:
    """Give each segment of a record its translation, if that was made from what it says; else the ``original``."""
    for segment in list(segments(record, fields)):
        segment.holder[segment.name] = translated(segment.text, words.get(segment.key), original)


def translated(text: str, filed: list[str] | None, original: type[str] = Original) -> str:
    """What is filed of a text, if that was made from it; else the text as the ``original``."""
    return filed[1] if filed and filed[0] == digest(text) else original(text)


def translated_here(text: str, filed: list[str] | None) -> str:
    """The text in the language of the page, or as the original."""
    return translated(text, filed) if foreign() else text


def like(text: str, made: str) -> str:
    """What was made of a text, marked as the original if that is."""
    return Original(made) if isinstance(text, Original) else made

"""Marks in a page what a search found, and finds the passage that matched.

The text is cut as for the index (`words`), and what the question asks is looked for in it: words, and phrases as
phrases. What is marked is what matched: words that were left out are not.

DECISIONS 56 says why.
"""

import re
from collections.abc import Iterator
from functools import cache
from html import escape, unescape
from itertools import chain, takewhile
from typing import Any, NamedTuple

from django.db import connection
from django.utils.safestring import SafeString

from timeline.characters import CJK, PLAIN, has_cjk, written_as
from timeline.models.document import EntryDocument
from timeline.names import fold
from timeline.public.language import foreign
from timeline.text.words import CLUSTER, Words, fold_clusters

from .index import of_figure
from .query import Phrase, Reading, Terms, marked

AROUND = 90
"""Characters of a passage shown on either side of the first word that matched."""


class Passage(NamedTuple):
    """What a search found in an entry: the words, their address, and the ``place`` (see ``_parts``)."""

    place: str
    url: str
    words: SafeString


class Highlighter:
    """Marks what one reading of a search matches."""

    def __init__(self, reading: Reading) -> None:
        self.phrases = list(dict.fromkeys(marked(reading.tree))) if reading.tree else []
        self._beginnings, self._beginning, self._characters = _beginnings(self.phrases)
        asked = [terms for phrase in self.phrases for _distance, terms in phrase.steps]
        self._lexemes = {lexeme for terms in asked if not terms.is_beginning for lexeme in terms.lexemes}
        self._begun = tuple(lexeme for terms in asked if terms.is_beginning for lexeme in terms.lexemes)

    def mark(self, markup: str) -> str:
        """HTML with what matches in ``<mark>``; the same text when there is none."""
        if not (_has_letters(markup) or self._may_match(markup)):
            return markup
        parts, done = [], 0
        for start, end in self._found(markup):
            parts += [markup[done:start], f"<mark>{markup[start:end]}</mark>"]
            done = end
        return "".join([*parts, markup[done:]])

    def _found(self, markup: str) -> Iterator[tuple[int, int]]:
        """Where a mark goes: stretches without tags, in order, those that touch made one."""
        spans: list[tuple[int, int]] = []
        for start, end in _blocks(markup):
            if self._may_match(markup[start:end]):
                spans += self._found_in(markup, start, end)
        before: tuple[int, int] | None = None
        for span in sorted(set(spans)):
            if before and span[0] <= before[1]:
                before = before[0], max(before[1], span[1])
                continue
            if before:
                yield before
            before = span
        if before:
            yield before

    def _may_match(self, markup: str) -> bool:
        """Whether something may be found in a piece of markup: so that few pieces are cut into words."""
        if self._characters and self._characters.search(markup):
            return True
        if self._beginning is None:
            return False
        plain = joined = fold(markup) if _has_letters(markup) else markup.lower()
        for joint in _JOINTS:
            joined = joined.replace(joint, "")
        if not any(one in joined for one in self._beginnings):  # of hundreds of pieces a page most end here
            return False
        return bool(self._beginning.search(plain) or self._beginning.search(joined))

    def _found_in(self, markup: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        words = Words(fold_clusters(_clusters(markup, start, end)))
        atoms = words.places(self._lexemes, self._begun)
        for phrase in self.phrases if atoms else ():
            for atom, is_pair in _matches(phrase, atoms):
                for one in (atom, atom + 1) if is_pair else (atom,):
                    yield from _without_tags(markup, *words.span(one))

    def passage(self, document: EntryDocument) -> Passage | None:
        """Where in the entry the search matched, with its words, marked.

        Looked for where the search looks first (``index``); None when only another name of somebody matched.
        """
        for place, anchor, text in _parts(document):
            marked = self.mark(escape(text))
            if "<mark>" in marked:
                return Passage(place, f"{document['url']}{anchor}", SafeString(_shortened(marked)))
        return None


def _matches(phrase: Phrase, atoms: dict[str, set[int]]) -> Iterator[tuple[int, bool]]:
    """The atoms that a phrase is found at, each with whether it stands for the one after it too."""
    places = [_places(terms, atoms) for _distance, terms in phrase.steps]
    for start in places[0]:
        at, found = start, []
        for (distance, _terms), there in zip(phrase.steps, places, strict=True):
            at += distance
            if at not in there:
                break
            found.append((at, there[at]))
        else:
            yield from found


def _places(terms: Terms, atoms: dict[str, set[int]]) -> dict[int, bool]:
    if terms.is_beginning:
        return {atom: False for lexeme, found in atoms.items() if lexeme.startswith(terms.lexemes) for atom in found}
    return {atom: _is_pair(lexeme) for lexeme in terms.lexemes for atom in atoms.get(lexeme, ())}


_PAIR = re.compile(f"[{CJK}]{{2}}")


def _is_pair(lexeme: str) -> bool:
    return len(lexeme) == 2 and _PAIR.match(lexeme) is not None


NAMES = """
WITH asked AS (SELECT * FROM timeline_publishedentry WHERE entry_id = ANY(%(entries)s)), about AS (
    SELECT entry_id, 'person' kind, unnest(people) record FROM asked
    UNION ALL SELECT entry_id, 'organisation', unnest(organisations) FROM asked
    UNION ALL SELECT entry_id, 'commodity', unnest(commodities) FROM asked
    UNION ALL SELECT entry_id, 'category', category_id FROM asked
    UNION ALL SELECT entry_id, 'term', term_id FROM timeline_termentry WHERE entry_id = ANY(%(entries)s)
)
SELECT about.entry_id, kind, record, known.name FROM about JOIN timeline_searchname known USING (kind, record)
WHERE known.language IN ('', %(language)s)
ORDER BY about.entry_id, kind = 'term' DESC, kind, record, known.language DESC, known.stands DESC, known.id
"""


def naming(entries: list[int], highlighter: Highlighter) -> dict[int, dict[str, str]]:
    """``{entry id: {"term" or "named": what it is called}}`` for entries that a name found which they do not show.

    One query, or none.
    """
    if not entries:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(NAMES, {"entries": entries, "language": foreign()})
        rows = cursor.fetchall()
    found: dict[int, dict[str, str]] = {}
    is_named = cache(lambda name: "<mark>" in highlighter.mark(escape(name)))  # many are about the same
    shown = ""
    before: tuple[Any, ...] = ()
    for entry, kind, record, name in rows:
        if (entry, kind, record) != before:
            before, shown = (entry, kind, record), name  # the first is what it is called
        if entry not in found and is_named(name):
            found[entry] = {"term" if kind == "term" else "named": shown}
    return found


# -- what may match at all ------------------------------------------------------------------

# What may fold to a letter or digit: with accents, full width; not the punctuation of English, nor plain Japanese.
_LETTERS = re.compile(f"[\u00c0-\u1fff\u2c00-\U0003ffff](?<![、。「」{PLAIN}])")


def _has_letters(markup: str) -> bool:
    return not markup.isascii() and _LETTERS.search(markup) is not None


_JOINTS = ("-", ".", "'", "&#x27;", "&#39;", "&amp;")
"""What may stand inside of a word (e-mail, U.S.), as markup has it."""


SUM = "illion"
"""What stands in every sum that is written in words: one trillion, two million."""


NUMERALS = "〇零一二三四五六七八九十百千万億兆"
"""What a number begins with that is written in Japanese, as it is folded."""


def _beginnings(phrases: list[Phrase]) -> tuple[list[str], re.Pattern[str] | None, re.Pattern[str] | None]:
    """What stands where a phrase may begin: in a folded text, by itself and where; characters of Japanese in any.

    Letters begin a word, and those of a stem are the first of its words, but for the last ones, which may be another
    suffix's (skies, hoping); dying, lying and tying have the stems die, lie and tie.
    """
    beginnings: set[str] = set()
    written: set[str] = set()
    for lexeme in (lexeme for phrase in phrases for lexeme in phrase.steps[0][1].lexemes):
        letters = "".join(takewhile(str.isalpha, lexeme))
        if has_cjk(lexeme[:1]):
            written.add(_written(lexeme))
        elif not letters:
            beginnings.update("0123456789", [SUM] if lexeme.startswith("#") else [])
            written.add(_any(*NUMERALS))
        elif letters == lexeme:
            most = 1 if lexeme in ("die", "lie", "tie") else 3
            beginnings.add(letters[: min(most, max(2, len(letters) - letters.endswith(("e", "i", "y"))))])
        else:  # "g7", "hs8703": a space may stand before the digits
            beginnings.add(letters[:3])
    within = {*"0123456789", SUM}
    found = sorted(beginnings)
    listed = [one if one in within else rf"(?<![a-z]){re.escape(one)}" for one in found]
    japanese = re.compile("|".join(sorted(written)), re.DOTALL) if written else None
    return found, (re.compile("|".join(listed)) if listed else None), japanese


def _written(lexeme: str) -> str:
    """A pattern for how markup has the beginning of a lexeme of Japanese: of a pair both, with what parts nothing."""
    if not _is_pair(lexeme) or lexeme[1] == "ー":  # which may be a dash
        return _any(lexeme[0])
    in_one = written_as(lexeme[0]) & written_as(lexeme[1])
    return "|".join([f"{_any(lexeme[0])}{_BETWEEN}{_any(lexeme[1])}", *map(re.escape, sorted(in_one))])


def _any(*characters: str) -> str:
    """A pattern for one of these characters of Japanese, in whatever form."""
    return f"[{''.join(sorted({form for one in characters for form in written_as(one)}))}]"


# -- markup ---------------------------------------------------------------------------------

_NUMBERS = r"<sup\b[^<>]*>.*?</sup>"
"""The numbers of sources, which are no words of the text that they stand in."""

_BETWEEN = rf"(?:{_NUMBERS}|<[^<>]*>|&[^;\s]*;|[^\w<>&]|[ー\uff70\uff9e\uff9f])*"
"""What may stand between two characters of Japanese that touch, and more."""

_TAG = re.compile(rf"{_NUMBERS}|<(/?[a-zA-Z][a-zA-Z0-9]*)?[^<>]*>", re.DOTALL)
_INLINE_NAMES = "a abbr b bdi cite em i mark q ruby s small span strong sub time u wbr"
_INLINE = frozenset(_INLINE_NAMES.split())
"""Elements that part no words."""

_PIECES = re.compile(
    rf"(?P<tag>{_NUMBERS}|<[^<>]*>)|(?P<entity>&(?:#[0-9]+|#x[0-9a-fA-F]+|[a-zA-Z]+[0-9]*);)|{CLUSTER}",
    re.DOTALL,
)


def _blocks(markup: str) -> Iterator[tuple[int, int]]:
    """The stretches of markup between tags that part words."""
    start = 0
    for tag in _TAG.finditer(markup):
        if not tag[0].startswith("<sup") and (tag[1] or "").lstrip("/").lower() not in _INLINE:
            if tag.start() > start:
                yield start, tag.start()
            start = tag.end()
    if start < len(markup):
        yield start, len(markup)


def _clusters(markup: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """The text of markup, piece by piece, with where it stands."""
    for piece in _PIECES.finditer(markup, start, end):
        if piece["tag"]:
            continue
        yield unescape(piece[0]) if piece["entity"] else piece[0], *piece.span()


def _without_tags(markup: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for tag in _TAG.finditer(markup, start, end):
        if tag.start() > start:
            yield start, tag.start()
        start = tag.end()
    if start < end:
        yield start, end


# -- passages -------------------------------------------------------------------------------


def _parts(document: EntryDocument) -> Iterator[tuple[str, str, str]]:
    """What can be told of an entry, in the order of the zones of the index: the place, its anchor, the words."""
    for person in document["people"]:
        yield "name", "", ", ".join(filter(None, (person["name"], person["native"], *person["positions"])))
    for organisation in document["organisations"]:
        yield "name", "", organisation["name"]
    for commodity in document["commodities"]:
        yield "name", "", ", ".join((commodity["name"], *(f"HS {code}" for code in commodity["hs_codes"])))
    yield "name", "", document["place"]
    for statement in document["statements"]:
        yield "text", f"#s-{statement['id']}", statement["text"]
    for figure in document["figures"]:
        yield "text", f"#f-{figure['id']}", ". ".join([*of_figure(figure, document["language"]), figure["of"]])
    for item in document["disagreements"]:
        yield "text", f"#d-{item['id']}", item["question"]
    for row in chain(document["statements"], document["figures"]):
        for citation in row["citations"]:
            yield "quotation", f"#source-{citation['number']}", citation["quotation"]
            yield "translation", f"#source-{citation['number']}", citation["translation"]
    for item in document["disagreements"]:
        for account in item["accounts"]:
            yield "account", f"#d-{item['id']}", account["says"]
            yield "quotation", f"#source-{account['number']}", account["quotation"]
            yield "translation", f"#source-{account['number']}", account["translation"]
    for source in document["sources"]:
        publisher = source["publisher"]["name"] if source["publisher"] else ""
        yield "source", f"#source-{source['number']}", source["title"]
        yield "publisher", f"#source-{source['number']}", ". ".join(filter(None, (publisher, source["byline"])))
    for note in document["source_notes"]:
        yield "note", f"#source-{note['number']}", note["text"]
    for one in document["attachments"]:
        said = filter(None, (one["caption"], one["alt"], one["credit"]))
        yield "attachment", f"#a-{one['id']}", ". ".join(said)


_BREAK = re.compile(f"(?<= )|(?= )|(?<=[{CJK}、。」）])(?=[{CJK}「（])")
"""Where a passage may be cut: at a space and between characters of Japanese. Marks and entities hold neither."""


def _shortened(marked: str) -> str:
    """A marked passage cut to what stands around its first mark."""
    first = marked.index("<mark>")
    start = max((one.start() for one in _BREAK.finditer(marked, 0, max(0, first - AROUND + 1))), default=0)
    end = next((one.start() for one in _BREAK.finditer(marked, marked.index("</mark>", first) + AROUND)), len(marked))
    cut = marked[start:end].strip(" ")
    return f"{'… ' if start else ''}{cut}{' …' if end < len(marked) else ''}"

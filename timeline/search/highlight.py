"""Marks in a page what a search found, and finds the passage that matched.

The text is cut as for the index (`words`), and what the question asks is looked for in it: words, and phrases as
phrases. What is marked is what matched: words that were left out are not.

DECISIONS 56 says why.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from itertools import chain, takewhile

from django.utils.safestring import SafeString

from timeline.characters import CJK
from timeline.models.document import EntryDocument

from .query import Phrase, Reading, Terms, marked
from .words import CLUSTER, Words, fold_clusters

AROUND = 90
"""Characters of a passage shown on either side of the first word that matched."""


class Highlighter:
    """Marks what one reading of a search matches."""

    def __init__(self, reading: Reading) -> None:
        self.phrases = list(dict.fromkeys(marked(reading.tree))) if reading.tree else []
        self._beginnings = _beginnings(self.phrases)

    def mark(self, markup: str) -> str:
        """HTML with what matches in ``<mark>``; the same text when there is none."""
        if not self._may_match(markup):
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
        if self._beginnings and not markup.isascii() and _LETTERS.search(markup):
            return True
        plain = markup.lower()
        for joint in _JOINTS:
            plain = plain.replace(joint, "")
        return any(beginning in plain for beginning in self._beginnings)

    def _found_in(self, markup: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        words = Words(fold_clusters(_clusters(markup, start, end)))
        atoms: dict[str, set[int]] = {}
        for lexeme, atom in words.filed():
            atoms.setdefault(lexeme, set()).add(atom)
        for phrase in self.phrases:
            for atom, is_pair in _matches(phrase, atoms):
                for one in (atom, atom + 1) if is_pair else (atom,):
                    yield from _without_tags(markup, *words.span(one))

    def passage(self, document: EntryDocument) -> tuple[str, SafeString] | None:
        """Where in the entry the search matched: the address of the part, and its words, marked.

        Looked for in statements, quotations, figures, accounts, sources and names in the
        original script, in this order; None when only another name of somebody matched.
        """
        for anchor, text in _parts(document):
            marked = self.mark(escape(text))
            if "<mark>" in marked:
                return f"{document['url']}{anchor}", SafeString(_shortened(marked))
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


# -- what may match at all ------------------------------------------------------------------

# What may fold to anything: letters with accents, full width, kana and kanji; not the punctuation of English.
_LETTERS = re.compile("[\u00c0-\u1fff\u2c00-\U0003ffff]")
_JOINTS = ("-", ".", "'", "&#x27;", "&#39;", "&amp;")
"""What may stand inside of a word (e-mail, U.S.), as markup has it."""


def _beginnings(phrases: list[Phrase]) -> set[str]:
    """What stands where a phrase may begin, whatever else folds to it. What is not ASCII may begin with anything.

    Letters of a stem are the first of its words, except that dying, lying and tying have the stems die, lie and tie.
    """
    beginnings: set[str] = set()
    for lexeme in (lexeme for phrase in phrases for lexeme in phrase.steps[0][1].lexemes):
        letters = "".join(takewhile(str.isalpha, lexeme))
        if not letters:
            beginnings.update("0123456789")
        elif letters == lexeme:
            most = 1 if lexeme in ("die", "lie", "tie") else 3
            beginnings.add(letters[: min(most, max(2, len(letters) - 1))])
        else:  # "g7", "hs8703": a space may stand before the digits
            beginnings.add(letters[:3])
    return beginnings


# -- markup ---------------------------------------------------------------------------------

_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*)?[^<>]*>")
_INLINE_NAMES = "a abbr b bdi cite em i mark q ruby s small span strong sub sup time u wbr"
_INLINE = frozenset(_INLINE_NAMES.split())
"""Elements that part no words."""

_PIECES = re.compile(
    rf"(?P<tag><[^<>]*>)|(?P<entity>&(?:#[0-9]+|#x[0-9a-fA-F]+|[a-zA-Z]+[0-9]*);)|{CLUSTER}",
)


def _blocks(markup: str) -> Iterator[tuple[int, int]]:
    """The stretches of markup between tags that part words."""
    start = 0
    for tag in _TAG.finditer(markup):
        if (tag[1] or "").lstrip("/").lower() not in _INLINE:
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


def _parts(document: EntryDocument) -> list[tuple[str, str]]:
    parts = [(f"#s-{row['id']}", row["text"]) for row in document["statements"]]
    citations = [
        citation for row in chain(document["statements"], document["figures"]) for citation in row["citations"]
    ]
    citations += [account for item in document["disagreements"] for account in item["accounts"]]
    parts += [(f"#source-{citation['number']}", citation["quotation"]) for citation in citations]
    parts += [(f"#f-{row['id']}", f"{row['label']}. {row['of']}") for row in document["figures"]]
    parts += [
        (f"#d-{item['id']}", f"{item['question']} {account['says']}")
        for item in document["disagreements"]
        for account in item["accounts"]
    ]
    parts += [(f"#source-{source['number']}", source["title"]) for source in document["sources"]]
    parts += [("", f"{person['name']}, {person['native']}") for person in document["people"] if person["native"]]
    parts += [
        ("", f"{commodity['name']}, HS {', '.join(commodity['hs_codes'])}") for commodity in document["commodities"]
    ]
    return parts


def _shortened(marked: str) -> str:
    """A marked passage cut at spaces to what stands around its first mark. Marks and entities hold no space."""
    first = marked.index("<mark>")
    start = 0 if first <= AROUND else marked.rfind(" ", 0, first - AROUND) + 1
    end = marked.find(" ", marked.index("</mark>", first) + AROUND)
    cut = marked[start : end if end >= 0 else len(marked)]
    return f"{'… ' if start else ''}{cut}{' …' if end >= 0 else ''}"

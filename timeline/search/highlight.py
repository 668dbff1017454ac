"""Marks in a page what a search found, and finds the passage that matched.

A word is marked when PostgreSQL's English dictionary gives it the stem of a word of the
search; a run of kanji or kana when it stands in the text, variants of characters
folded. What is marked is what matched: negated words are not.

DECISIONS 56 says why.
"""

import re
from functools import lru_cache
from html import escape

import snowballstemmer
from django.db import connection
from django.utils.safestring import SafeString

from timeline.models.document import EntryDocument
from timeline.names import fold
from timeline.search import CJK, read_words

AROUND = 90
"""Characters of a passage shown on either side of the first word that matched."""

_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem under which PostgreSQL's ``english`` dictionary files a word."""
    return str(_stemmer.stemWord(fold(word)))


# Letters with the plain one they fold to: a stem that starts with o may stand for Ōsaka.
_ACCENTED: dict[str, str] = {}
for _letter in map(chr, range(0xC0, 0x250)):
    if len(_plain := fold(_letter)) == 1:
        _ACCENTED[_plain] = _ACCENTED.get(_plain, "") + _letter


class Highlighter:
    """Marks the words of one search. One query, for the stems that PostgreSQL searches for."""

    def __init__(self, text: str) -> None:
        words, self.runs = read_words(text)
        self.stems = _searched(words)
        self._words = re.compile(_candidates(self.stems, bool(self.runs)), re.IGNORECASE)

    def mark(self, markup: str) -> str:
        """HTML with the words that match in ``<mark>``; the same text when there is none."""
        return self._words.sub(self._word, markup)

    def _word(self, match: re.Match[str]) -> str:
        word = match[0]
        if stem(word) in self.stems:
            return f"<mark>{word}</mark>"
        if self.runs and re.search(CJK, word):
            return self._mark_runs(word)
        return word

    def _mark_runs(self, token: str) -> str:
        folded = "".join(fold(char) or char for char in token)
        if len(folded) != len(token):
            return token
        found = re.finditer("|".join(re.escape(run) for run in self.runs), folded)
        parts, done = [], 0
        for match in found:
            parts += [token[done : match.start()], f"<mark>{token[match.start() : match.end()]}</mark>"]
            done = match.end()
        return "".join([*parts, token[done:]])

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


def _searched(words: str) -> set[str]:
    """The stems a search looks for, as PostgreSQL reads it: without negated and stop words."""
    if not words:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT querytree(websearch_to_tsquery('english', %s))", [words])
        [tree] = cursor.fetchone()
    return set(re.findall(r"'((?:[^']|'')+)'", tree))


def _candidates(stems: set[str], japanese: bool) -> str:
    """A pattern of the words in markup that may match: not in a tag, not an entity.

    Few words begin as a stem does, so few are looked at. Only the first letter is
    compared, because some stems (die for dying) differ in the second.
    """
    first = {stem[0] for stem in stems}
    letters = "".join(re.escape(letter + _ACCENTED.get(letter, "")) for letter in sorted(first))
    begins = [f"[{letters}]"] * bool(letters) + [rf"[^\W_]*{CJK}"] * japanese
    return rf"(?<![\w&#])(?:{'|'.join(begins)})[^\W_]*(?![^<>]*>)" if begins else r"(?!)"


def _parts(document: EntryDocument) -> list[tuple[str, str]]:
    parts = [(f"#s-{row['id']}", row["text"]) for row in document["statements"]]
    parts += [
        (f"#source-{citation['number']}", citation["quotation"])
        for row in document["statements"]
        for citation in row["citations"]
        if citation["quotation"]
    ]
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

"""A text cut into words, the one way it is done: for the index, for what a reader typed, and for marks.

PostgreSQL gets ready lexemes and cuts nothing itself: its parser takes ``beef/pork`` for a file and ``10-15`` for a
negative number, and what is a letter to it hangs on the locale of the database.

An atom is one word, one number or one character of Japanese; it has a position, and atoms that touch have positions
that follow each other, whatever their script. It is filed under *lexemes*:

- a word in letters under its stem (Snowball's English), if it is no stop word; ``U.S.`` is the word ``us``;
- a number under its digits without commas (``5,500`` is ``5500``);
- a kanji or kana together with the one after it, as a pair, and alone at the end of a run. So what is copied from
  within a run is a row of pairs, and a single character the beginning of some.

What several atoms say together is a `Compound`. Its lexemes stand at each of its positions, so that a phrase can
come upon it from either side however it was written: words that a hyphen or nothing joins (``g7`` for G-7), amounts of
money, percentages, HS codes (`figures`).

DECISIONS 128 says why.
"""

import re
from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from itertools import count
from operator import add
from threading import Lock
from typing import NamedTuple

import snowballstemmer

from timeline.characters import CJK, PLAIN, long_vowels, plain_kana, plain_letters

from .figures import Figure, figures_in

# The list of PostgreSQL's (and Snowball's) English: too frequent to say anything.
_STOP_WORDS = """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it
    its itself they them their theirs themselves what which who whom this that these those am is are was were be been
    being have has had having do does did doing a an the and but if or because as until while of at by for with about
    against between into through during before after above below to from up down in out on off over under again further
    then once here there when where why how all any both each few more most other some such no nor not only own same so
    than too very s t can will just don should now
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

LONGEST = 200
"""Characters of a lexeme; PostgreSQL takes 2,046 bytes."""

_stemmer = snowballstemmer.stemmer("english")
_stemming = Lock()  # the stemmer keeps the word it works on


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a folded word; empty for a stop word."""
    if word in STOP_WORDS:
        return ""
    with _stemming:
        return str(_stemmer.stemWord(word))[:LONGEST]


def is_japanese(lexeme: str) -> bool:
    """Whether a lexeme is Japanese: its first character says so."""
    return bool(lexeme) and _CJK.match(lexeme) is not None


_CJK = re.compile(f"[{CJK}]")


class Compound(NamedTuple):
    """Atoms ``first`` to ``last`` as one: what they are ``filed`` under, and what is ``asked`` for them.

    ``is_whole``: a question for it is no question for its atoms one by one, as a sum of money is not. ``heading`` is
    the HS heading that is asked beside a subheading.
    """

    first: int
    last: int
    filed: tuple[str, ...]
    asked: tuple[str, ...]
    is_whole: bool = True
    heading: str = ""


class Words:
    """A text with its atoms, in order; ``typed`` when a reader's, whose spaces part words in Japanese too.

    ``spans``     where each stands in the text, in characters of the text as it was given
    ``lexemes``   what each is filed under by itself; empty for a stop word
    ``glued``     whether nothing but a joint parts it from the atom before it
    ``runs_on``   whether it is a character of a run of Japanese that goes on
    """

    def __init__(self, text: "str | Folded", *, typed: bool = False) -> None:
        self.folded = fold_with_places(text) if isinstance(text, str) else text
        self.lexemes: list[str] = []
        self.glued: list[bool] = []
        self.runs_on: list[bool] = []
        self._starts: list[int] = []  # in the folded text
        self._ends: list[int] = []
        self._is_number: list[bool | None] = []  # None: Japanese
        self._cut(_ATOM_TYPED if typed else _ATOM)
        self.compounds = self._compounds()

    def __len__(self) -> int:
        return len(self.lexemes)

    def span(self, atom: int) -> tuple[int, int]:
        """Where an atom stands in the text that was given."""
        return self.folded.place(self._starts[atom], self._ends[atom])

    def filed(self) -> Iterator[tuple[str, int]]:
        """Each lexeme with each of the atoms it stands at."""
        yield from ((lexeme, atom) for atom, lexeme in enumerate(self.lexemes) if lexeme)
        for compound in self.compounds:
            for atom in range(compound.first, compound.last + 1):
                yield from ((lexeme, atom) for lexeme in compound.filed)

    def places(self, lexemes: Container[str], beginnings: tuple[str, ...]) -> dict[str, set[int]]:
        """Of these lexemes, and of those with one of these ``beginnings``, the atoms that each stands at."""
        found: dict[str, set[int]] = {}
        for atom, lexeme in enumerate(self.lexemes):
            if lexeme and (lexeme in lexemes or (beginnings and lexeme.startswith(beginnings))):
                found.setdefault(lexeme, set()).add(atom)
        for compound in self.compounds:
            for lexeme in compound.filed:
                if lexeme in lexemes or (beginnings and lexeme.startswith(beginnings)):
                    found.setdefault(lexeme, set()).update(range(compound.first, compound.last + 1))
        return found

    # -- cutting ------------------------------------------------------------------------

    def _cut(self, pattern: re.Pattern[str]) -> None:
        text = self.folded.text
        if not _INTRICATE.search(text):
            self._cut_words(text)
            return
        starts, ends, lexemes = self._starts, self._ends, self.lexemes
        done = 0
        for found in pattern.finditer(text):  # the innermost loop of every index: no more of it than must be
            start, kind = found.start(), found.lastgroup
            glued = start == done or (start == done + 1 and text[done] in _JOINTS)
            done = found.end()
            if kind == "run":
                self._cut_run(found, glued)
                continue
            word = found[kind or 0]
            if kind == "word":
                lexemes.append(stem(word))
            elif kind == "number":
                lexemes.append(_plain_number(word)[:LONGEST])
            else:
                lexemes.append(stem(word.replace(".", "")))
            starts.append(start)
            ends.append(start + len(word))
            self.glued.append(glued)
            self._is_number.append(kind == "number")
            self.runs_on.append(False)
        if self.glued:
            self.glued[0] = False

    def _cut_words(self, text: str) -> None:
        """Cut a text of nothing but words, as most sentences are: in a sixth of the time."""
        found = list(_WORD.finditer(text))
        self.lexemes = [stem(word[0]) for word in found]
        self._starts = [word.start() for word in found]
        self._ends = [word.end() for word in found]
        for nothing in (self.glued, self._is_number, self.runs_on):
            nothing += [False] * len(found)

    def _cut_run(self, found: re.Match[str], glued: bool) -> None:
        start, run = found.start(), found[0]
        places: Sequence[int] = range(start, found.end())
        if not run.isalnum():  # something stands in it that parts nothing
            places = [place for place, char in zip(places, run, strict=True) if not (char in _GAPS or char.isspace())]
            run = "".join(char for char in run if not (char in _GAPS or char.isspace()))
        last = len(run) - 1
        self._starts += places
        self._ends += [place + 1 for place in places]
        self.lexemes += map(add, run, run[1:])
        self.lexemes.append(run[-1])
        self.glued += [glued, *[True] * last]
        self._is_number += [None] * (last + 1)
        self.runs_on += [*[True] * last, False]

    # -- what they say together ---------------------------------------------------------

    def _compounds(self) -> list[Compound]:
        compounds = [self._compound(figure) for figure in figures_in(self.folded.text)]
        return [*(one for one in compounds if one.first <= one.last), *self._joined()]

    def _compound(self, figure: Figure) -> Compound:
        first = bisect_left(self._starts, figure.start)
        last = bisect_left(self._starts, figure.end) - 1
        filed, asked = (tuple(lexeme[:LONGEST] for lexeme in one) for one in (figure.filed, figure.asked))
        return Compound(first, last, filed, asked, heading=figure.heading)

    def _joined(self) -> Iterator[Compound]:
        """Words and numbers that a hyphen, an apostrophe, an ampersand or nothing joins, written as one."""
        kinds = self._is_number
        joined = {
            atom for atom, glued in enumerate(self.glued) if glued and kinds[atom] is not None and self._joins(atom)
        }
        for first in sorted(atom - 1 for atom in joined if atom - 1 not in joined):
            after = next(atom for atom in count(first + 1) if atom not in joined)
            if after - 1 - first < _MOST_JOINED:
                text = self.folded.text
                parts = [text[self._starts[one] : self._ends[one]] for one in range(first, after)]
                whole = "".join(parts).replace(".", "").replace(",", "")
                # Stop words that are joined are none: "follow-up", "on-line", "AT&T".
                lexeme = str(stem(whole) or whole) if whole.isalpha() else whole
                yield Compound(first, after - 1, (lexeme[:LONGEST],), (lexeme[:LONGEST],), is_whole=False)

    def _joins(self, atom: int) -> bool:
        """Whether an atom is of one word with the one before it. Two numbers never are: 5-6 June, 232/301."""
        one, other = self._is_number[atom - 1], self._is_number[atom]
        if one is None or other is None or (one and other):
            return False
        start, end = self._ends[atom - 1], self._starts[atom]
        return start == end or (end == start + 1 and self.folded.text[start] in "-'&")


_MOST_JOINED = 5
_GAPS = "・·="
"""What parts nothing in Japanese: the middle dot, and what NFKC makes of ＝ in names. Nor do spaces, in a text."""

_LETTER = f"[^\\W0-9_{CJK}]"


def _atom(gaps: str) -> re.Pattern[str]:
    """What is an atom; of Japanese a whole run, in which ``gaps`` part nothing."""
    return re.compile(
        # "japan's" is the word japan. A number is whole or has one point: 2025.4.16 has three numbers.
        rf"(?P<short>(?<![a-z0-9.])[a-z](?:\.[a-z])+(?![a-z0-9]))\.?(?:'s(?![a-z0-9]))?"
        rf"|(?P<word>{_LETTER}+)(?:'s(?![a-z0-9]))?"
        r"|(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9]|,[0-9])(?:\.[0-9]+)?"
        r"|(?<![0-9]\.)[0-9]+\.[0-9]+(?![0-9]|\.[0-9])|[0-9]+)"
        rf"|(?P<run>[{CJK}]+(?:[{gaps}]+[{CJK}]+)*)"
    )


_WORD = re.compile("[a-z]+")
_INTRICATE = re.compile(r"[^a-z ,;:!?().]|\.[a-z]")
"""What a folded text has in which other atoms may stand than English words that nothing joins."""

_ATOM = _atom(rf"{_GAPS}\s")
_ATOM_TYPED = _atom(_GAPS)
_JOINTS = "-'.&+・·="


def _plain_number(written: str) -> str:
    number = written.replace(",", "")
    return number.rstrip("0").rstrip(".") if "." in number else number


@lru_cache(maxsize=200)
def cut(text: str) -> Words:
    """The words of a stored text, for reading only: an entry that is made public asks for those of its texts twice."""
    return Words(text)


# -- folding, with the way back -------------------------------------------------------------


class Folded(NamedTuple):
    """A folded text, and where each of its characters begins and ends in the text it was made of."""

    text: str
    starts: "list[int] | range"
    ends: "list[int] | range"

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the text that the folded stretch was made of."""
        return self.starts[start], self.ends[end - 1]


# ASCII, but for the signs of markup, and plain Japanese at a time; letters of Hangul; else a character with its marks.
_MARKS = (
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\uff9e\uff9f\ufe00-\ufe0f\U000e0100-\U000e01ef"
)
_RUN = rf"[\x00-\x25\x27-\x3b\x3d-\x7f、。「」{PLAIN}]+"
CLUSTER = rf"{_RUN}(?![{_MARKS}])|[\u1100-\u11ff]+|[\s\S][{_MARKS}]*"
_CLUSTERS = re.compile(CLUSTER)
_IS_RUN = re.compile(_RUN).fullmatch


def fold_with_places(text: str) -> Folded:
    """A text folded as by ``names.fold``, except for its spaces."""
    if text.isascii():
        places = range(len(text))
        return Folded(text.lower().replace("`", "'"), places, range(1, len(text) + 1))
    return fold_clusters((found[0], *found.span()) for found in _CLUSTERS.finditer(text))


def fold_clusters(clusters: Iterator[tuple[str, int, int]]) -> Folded:
    """Pieces of a text, each with where it begins and ends, folded one by one and put together."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for cluster, start, end in clusters:
        if len(cluster) == end - start and (cluster.isascii() or _IS_RUN(cluster)):
            folded = cluster.lower().replace("`", "'")
            starts += range(start, end)
            ends += range(start + 1, end + 1)
        else:
            folded = _fold_cluster(cluster)
            starts += [start] * len(folded)
            ends += [end] * len(folded)
        parts.append(folded)
    text, cuts = long_vowels("".join(parts))
    for start, end in reversed(cuts):  # what is left out belongs to what stands before it
        ends[start - 1] = ends[end - 1]
        del starts[start:end], ends[start:end]
    return Folded(plain_kana(text), starts, ends)


@lru_cache(maxsize=20_000)
def _fold_cluster(cluster: str) -> str:
    return plain_letters(cluster)

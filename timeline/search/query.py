"""What a reader typed, as a question to the index: a small tree, its text for PostgreSQL, what it marks, what to say.

Words side by side are all wanted; ``OR`` between them (``or``, ＯＲ) parts alternatives; ``-`` before a word leaves
out; quotation marks of any kind keep words together. The same for letters, kanji and kana. Within one word that
nothing but joints parts (WTOの, rare-earth, 通商拡大法232条) the pieces follow each other as in a quotation.

A tree is made of `Terms`, `Phrase`, `All`, `Any`, `Not`; `render` gives it as the text of a ``tsquery``, and `ranked`
as one for each tier of relevance.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from django.contrib.postgres.search import SearchQuery
from django.utils.translation import gettext as _

from timeline.text.words import Compound, Words, is_japanese

from .index import MARKED

MAX_LENGTH = 200
MAX_WORDS = 25
"""Limits of a search. Longer ones are cut, and the reader is told."""


BEGINNING = 3
"""Letters of a half typed word that say something."""


class Terms(NamedTuple):
    """Any of these lexemes; ``is_beginning``: or whatever begins with one."""

    lexemes: tuple[str, ...]
    is_beginning: bool = False


class Phrase(NamedTuple):
    """Terms in this order, each so many positions after the one before it (the first: 0).

    ``is_loose``: the index is asked whether they are all there, and not where.
    """

    steps: tuple[tuple[int, Terms], ...]
    is_loose: bool = False


class All(NamedTuple):
    """All of these."""

    nodes: "tuple[Node, ...]"


class Any(NamedTuple):
    """One of these."""

    nodes: "tuple[Node, ...]"


class Not(NamedTuple):
    """Not this."""

    node: "Node"


Node = Terms | Phrase | All | Any | Not


class Segment(NamedTuple):
    """A name among the atoms that were typed, ``first`` to before ``after``, and the phrases that say the same."""

    first: int
    after: int
    phrases: tuple[str, ...]


Alternatives = Callable[[Words, list[tuple[int, int]]], list[Segment]]
"""The names in what was typed, in order and apart. Words are units of atoms; see ``synonyms.named``."""


class Question(SearchQuery):
    """A rendered tree as PostgreSQL wants it: ready lexemes, cast and not parsed."""

    template = "(%(expressions)s)::tsquery"

    def __init__(self, text: str) -> None:
        super().__init__(text, search_type="raw")


class Reading(NamedTuple):
    """What was read: the ``tree`` (None when nothing narrows the entries), and what to say about it.

    ``is_empty``: there was no word at all, not even one that is in nearly every entry. ``has_operators``: words are
    left out, or alternatives.
    """

    tree: Node | None
    notices: tuple[str, ...] = ()
    is_empty: bool = False
    has_operators: bool = False

    def question(self) -> Question | None:
        """For the index."""
        return Question(render(self.tree)) if self.tree else None

    @property
    def has_places(self) -> bool:
        """Whether something is asked for that stands somewhere: what is left out has no place, nor have no words."""
        return self.tree is not None and any(True for _phrase in marked(self.tree))

    def tiers(self) -> list[str]:
        """For the index, the best first; see :func:`ranked`."""
        return ranked(self.tree) if self.tree else []


def render(node: Node, zones: str = "") -> str:
    """A tree as the text of a ``tsquery``. Lexemes hold neither quotes nor backslashes."""
    if isinstance(node, Terms):
        suffix = f":{'*' * node.is_beginning}{zones}" if node.is_beginning or zones else ""
        each = " | ".join(f"'{lexeme}'{suffix}" for lexeme in node.lexemes)
        return f"({each})" if len(node.lexemes) > 1 else each
    if isinstance(node, Phrase) and node.is_loose:
        return f"({' & '.join(render(terms, zones) for _distance, terms in node.steps)})"
    if isinstance(node, Phrase):
        text = ""
        for distance, terms in node.steps:
            text = f"{text} <{distance}> {render(terms, zones)}" if text else render(terms, zones)
        return f"({text})"
    if isinstance(node, Not):
        return f"!{render(node.node, zones)}"
    sign = " & " if isinstance(node, All) else " | "
    return f"({sign.join(render(one, zones) for one in node.nodes)})"


def ranked(node: Node) -> list[str]:
    """A question taken apart by where all its words stand, the best first, each part as the text of a ``tsquery``.

    Entries whose headline has them, those that need names for it; then the summary, statements and figures, quotations
    and accounts, sources. Together they find what the question does.
    """
    headline, names, said, quoted = (_standing(node, zones) for zones in ("H", "HA", "HAB", "HABC"))
    return [
        headline,
        f"{names} & !{headline}",
        f"{said} & !{names}",
        f"{quoted} & !{said} & {_some(node, 'C')}",
        f"{render(node)} & !{quoted} & {_some(node, 'D')}",
    ]


def _some(node: Node, zone: str) -> str:
    """What is so wherever a question is answered in a zone and not before it, and leads an index to few entries."""
    if isinstance(node, Terms):
        suffix = ":*" if node.is_beginning else ""
        return f"({' | '.join(f"'{MARKED[zone]}{lexeme}'{suffix}" for lexeme in node.lexemes)})"
    if isinstance(node, Phrase) and not node.is_loose:  # its words may stand apart in a better zone
        return f"({' & '.join(render(terms) for _distance, terms in node.steps)})"
    if isinstance(node, Not):
        return render(node)
    nodes = [terms for _distance, terms in node.steps] if isinstance(node, Phrase) else node.nodes
    return f"({' | '.join(_some(one, zone) for one in nodes)})"


def _standing(node: Node, zones: str) -> str:
    """A tree as the text of a ``tsquery`` for what stands in these zones, by the marks of its lexemes if they will do.

    In which zone words follow each other no mark says, nor in which of the others one begins somehow. That is looked
    up in the row, which does not tell the headline from names.
    """
    weights = zones.replace("H", "") or "A"
    if isinstance(node, Terms):
        if node.is_beginning and "B" not in zones:
            return f"({' | '.join(f"'{MARKED[zone]}{lexeme}':*" for zone in zones for lexeme in node.lexemes)})"
        if node.is_beginning:
            return render(node, weights)
        return f"({' | '.join(_marked(lexeme, zones) for lexeme in node.lexemes)})"
    if isinstance(node, Phrase):
        each = (_standing(terms, zones) for _distance, terms in node.steps if not terms.is_beginning)
        if node.is_loose:
            return f"({' & '.join(each)})"
        return f"({' & '.join([*each, render(node, weights)])})"
    if isinstance(node, Not):
        return render(node)
    sign = " & " if isinstance(node, All) else " | "
    return f"({sign.join(_standing(one, zones) for one in node.nodes)})"


def _marked(lexeme: str, zones: str) -> str:
    """A lexeme whose best zone is one of these."""
    if "B" not in zones:
        found = " | ".join(f"'{MARKED[zone]}{lexeme}'" for zone in zones)
        return f"({found})"
    worse = "".join(f" & !'{mark}{lexeme}'" for zone, mark in MARKED.items() if zone not in zones)
    return f"('{lexeme}'{worse})"


def marked(node: Node) -> Iterator[Phrase]:
    """What a question marks where it is found: its terms and phrases, without what is left out."""
    if isinstance(node, Terms):
        yield Phrase(((0, node),))
    elif isinstance(node, Phrase):
        yield node
    elif not isinstance(node, Not):
        for one in node.nodes:
            yield from marked(one)


def all_of(nodes: Sequence[Node]) -> Node | None:
    """All of some nodes, as plainly as it can be said."""
    unique = tuple(dict.fromkeys(nodes))
    return unique[0] if len(unique) == 1 else All(unique) if unique else None


def any_of(nodes: Sequence[Node]) -> Node | None:
    """Any of some nodes, as plainly as it can be said: of cars and passenger cars, cars."""
    words = {lexeme for node in nodes if isinstance(node, Terms) and not node.is_beginning for lexeme in node.lexemes}
    phrases = {node.steps for node in nodes if isinstance(node, Phrase) and not node.is_loose}
    kept = (node for node in nodes if not (isinstance(node, Phrase) and node.is_loose and node.steps in phrases))
    unique = tuple(dict.fromkeys(node for node in kept if not _says_more(node, words)))
    return unique[0] if len(unique) == 1 else Any(unique) if unique else None


def _says_more(node: Node, words: set[str]) -> bool:
    """Whether a phrase is only found where one of some words is."""
    return isinstance(node, Phrase) and any(
        not terms.is_beginning and words.issuperset(terms.lexemes) for _distance, terms in node.steps
    )


# -- from atoms to a tree -------------------------------------------------------------------


class _Piece(NamedTuple):
    """Terms at a position; those of a compound stand at all from ``first`` to ``last``."""

    first: int
    last: int
    terms: Terms


def phrase(text: str) -> Node | None:
    """The words of a text in their order; None when there are none but stop words."""
    words = Words(text)
    return _phrase(words, 0, len(words))


def _phrase(words: Words, start: int, stop: int) -> Node | None:
    """Atoms ``start`` to before ``stop`` as they follow each other.

    Joined words are asked for as parts and as one word: e-mail is email, and rare-earth rare earth.
    """
    inside = [one for one in words.compounds if start <= one.first and one.last < stop]
    whole = _apart(one for one in inside if one.is_whole)
    joined = [one for one in inside if not one.is_whole and not any(_overlap(one, other) for other in whole)]
    readings = [_chain(list(_pieces(words, start, stop, whole)))]
    if joined:
        readings.append(_chain(list(_pieces(words, start, stop, [*whole, *joined]))))
    return any_of([reading for reading in readings if reading])


def _apart(compounds: Iterable[Compound]) -> list[Compound]:
    """Of compounds that overlap the longest, that is the one which says most."""
    chosen: list[Compound] = []
    for one in sorted(compounds, key=lambda one: one.first - one.last):
        if not any(_overlap(one, other) for other in chosen):
            chosen.append(one)
    return chosen


def _overlap(one: Compound, other: Compound) -> bool:
    return one.first <= other.last and other.first <= one.last


def _pieces(words: Words, start: int, stop: int, compounds: list[Compound]) -> Iterator[_Piece]:
    begins = {one.first: one for one in compounds}
    atom = start
    while atom < stop:
        compound = begins.get(atom)
        if compound:
            yield _Piece(atom, compound.last, Terms(compound.asked))
            atom = compound.last + 1
            continue
        lexeme = words.lexemes[atom]
        follows = words.runs_on[atom] and atom + 1 < stop and atom + 1 not in begins
        if not is_japanese(lexeme):
            if lexeme:
                yield _Piece(atom, atom, Terms((lexeme,)))
        elif follows:
            yield _Piece(atom, atom, Terms((lexeme,)))
        elif not (atom > start and words.runs_on[atom - 1] and _is_pair_before(atom, compounds)):
            # A character by itself is the first of a pair, or the last of its run. The last of several is in a pair.
            yield _Piece(atom, atom, Terms((lexeme[0],), is_beginning=True))
        atom += 1


def _is_pair_before(atom: int, compounds: list[Compound]) -> bool:
    return not any(one.first <= atom - 1 <= one.last for one in compounds)


def _chain(pieces: list[_Piece]) -> Node | None:
    """Pieces as phrases: a compound ends one and begins the next, because it stands at several positions."""
    phrases: list[Node] = []
    steps: list[tuple[int, Terms]] = []
    before = 0
    for number, piece in enumerate(pieces):
        steps.append((piece.first - before if steps else 0, piece.terms))
        before = piece.last
        if piece.first < piece.last and 0 < number < len(pieces) - 1:
            phrases.append(_short(steps))
            steps = [(0, piece.terms)]
    if steps:
        phrases.append(_short(steps))
    return all_of(phrases)


def _short(steps: list[tuple[int, Terms]]) -> Node:
    return Phrase(tuple(steps)) if len(steps) > 1 else steps[0][1]


# -- from what was typed to phrases ---------------------------------------------------------


class _Word(NamedTuple):
    """A word or a quotation as it was typed, without the signs before and around it."""

    text: str
    is_left_out: bool = False
    is_quoted: bool = False


_OR = None
"""Stands between words that are alternatives."""

QUOTES = dict.fromkeys('"“”„‟＂〝〞〟', '"”“„‟＂〝〞〟') | {"«": "»", "»": "«", "「": "」", "『": "』"}
MINUS = "-－−ー"  # as keyboards have it; other dashes come with copied text


def read(text: str, alternatives: Alternatives | None = None) -> Reading:
    """What a reader typed, of at most ``MAX_LENGTH`` characters and ``MAX_WORDS`` words; never raises."""
    text = " ".join(text[:MAX_LENGTH].split()[:MAX_WORDS])
    items, notices = _split(text)
    groups: list[list[_Word]] = [[]]
    for item in items:
        if item is _OR:
            groups.append([])
        else:
            groups[-1].append(item)
    if len(groups) > 1 and not all(groups):
        notices.append(_("“OR” needs words on both sides; one that has none was left out."))
    nodes = [_group(group, alternatives, notices) for group in groups if group]
    tree = any_of([node for node in nodes if node])
    words = Words(text) if tree is None else None
    if words:
        notices.append(_("“%s”: words as frequent as these are in nearly every entry.") % text)
    return Reading(
        tree,
        tuple(dict.fromkeys(notices)),
        is_empty=words is not None and not words,
        has_operators=any(item is _OR or item.is_left_out for item in items),
    )


def begun(text: str, alternatives: Alternatives | None = None) -> Reading:
    """As :func:`read`, of a search that goes on while it is typed: the last word may be the beginning of one."""
    reading = read(text, alternatives)
    rest, _space, last = text.rpartition(" ")
    words = Words(last)
    if len(last) < BEGINNING or not (last.isalpha() and last.isascii() and len(words) == 1) or last in ORS:
        return reading
    beginning = Terms((words.lexemes[0] or last.lower(),), is_beginning=True)
    before = read(rest, alternatives).tree
    tree = any_of([node for node in (reading.tree, all_of([node for node in (before, beginning) if node])) if node])
    return reading._replace(tree=tree)


def _split(text: str) -> tuple[list[_Word | None], list[str]]:
    """The words, quotations and ``OR`` of a text, and what to say about them."""
    items: list[_Word | None] = []
    notices: list[str] = []
    place = 0
    while place < len(text):
        char = text[place]
        if char == " ":
            place += 1
            continue
        before = text[place - 1] if place else " "
        is_left_out = char in MINUS and before in " 　(（" and place + 1 < len(text) and text[place + 1] != " "
        start = place + is_left_out
        if closing := QUOTES.get(text[start]):
            end = next((at for at in range(start + 1, len(text)) if text[at] in closing), -1)
            if end < 0:
                notices.append(_("A quotation mark is not closed; the words after it need not stand together."))
                place = start + 1
                continue
            items.append(_Word(text[start + 1 : end], is_left_out, is_quoted=True))
            place = end + 1
            continue
        end = start
        while end < len(text) and text[end] != " " and (text[end] not in QUOTES or end == start):
            end += 1
        word = text[start:end]
        if word in ORS:
            items.append(_OR)
        elif word in MINUS and end == len(text) and items:
            notices.append(_("“-” has no word after it that could be left out."))
        else:
            if word == "NOT":
                notices.append(_("“NOT” leaves nothing out; “-” before a word does."))
            items.append(_Word(word, is_left_out))
        place = end
    return items, notices


ORS = {"or", "OR", "Or", "ＯＲ", "ｏｒ", "|", "｜"}


def _group(group: list[_Word], alternatives: Alternatives | None, notices: list[str]) -> Node | None:
    """Words that are all wanted, but for those to be left out."""
    nodes: list[Node] = []
    plain: list[str] = []

    def read_plain() -> None:
        if plain:
            nodes.extend(_plain(list(plain), alternatives, notices))
            plain.clear()

    for word in group:
        if not word.is_left_out and not word.is_quoted:
            plain.append(word.text)
            continue
        read_plain()
        node = phrase(word.text) if word.is_quoted else all_of(list(_plain([word.text], None, notices)))
        if node:
            nodes.append(Not(node) if word.is_left_out else node)
        elif word.is_left_out:
            notices.append(_("“%s” is in nearly every entry, so it cannot be left out.") % word.text)
    read_plain()
    return all_of(nodes)


def _plain(typed: list[str], alternatives: Alternatives | None, notices: list[str]) -> Iterator[Node]:
    """Words side by side, each a phrase of its pieces; figures may take several."""
    words = Words(" ".join(typed), typed=True)
    whole = _apart(one for one in words.compounds if one.is_whole)
    headings = _("What is filed under the HS heading %s is found as well as its subheading.")
    notices += [headings % one.heading for one in whole if one.heading]
    units = _units(words, whole)
    said = [node for start, stop in units if (node := _phrase(words, start, stop))]
    if not alternatives:
        yield from said
        return
    yield from _with_alternatives(words, units, alternatives(words, units))


def _units(words: Words, whole: list[Compound]) -> list[tuple[int, int]]:
    """Where words begin and end: at what is no joint, but not within a figure."""
    within = {atom for one in whole for atom in range(one.first + 1, one.last + 1)}
    starts = [atom for atom in range(len(words)) if not words.glued[atom] and atom not in within]
    return list(pairwise([*starts, len(words)]))


def _with_alternatives(words: Words, units: list[tuple[int, int]], segments: list[Segment]) -> Iterator[Node]:
    """The same, where names may be said in other words: as it was typed, or name by name."""
    at = 0
    while at < len(units):
        start, stop = units[at]
        together = [units[at]]
        within = [one for one in segments if start <= one.first < stop]
        while at + 1 < len(units) and any(one.after > stop for one in within):  # a name of several words
            at += 1
            stop = units[at][1]
            together.append(units[at])
            within = [one for one in segments if start <= one.first < stop]
        at += 1
        own = all_of([node for unit in together if (node := _phrase(words, *unit))])
        if own and within:
            yield any_of([own, *_said(words, within)])  # type: ignore[misc] # own is one
        elif own:
            yield own


def _name(text: str) -> Node | None:
    """Another name of what was named. A Japanese one is found by its pairs, which hardly ever stand there otherwise.

    Where they stand, every row that has them would have to be unpacked for: twice the time of a count.
    """
    node = phrase(text)
    is_japanese_throughout = isinstance(node, Phrase) and all(
        not terms.is_beginning and is_japanese(terms.lexemes[0]) for _distance, terms in node.steps
    )
    return Phrase(node.steps, is_loose=True) if isinstance(node, Phrase) and is_japanese_throughout else node


def _said(words: Words, segments: list[Segment]) -> Iterator[Node]:
    """What names that were typed are called otherwise; each of several by itself or by another name."""
    each = [
        [node for node in (_phrase(words, one.first, one.after), *map(_name, one.phrases)) if node] for one in segments
    ]
    if len(each) == 1:
        yield from each[0]
    elif node := all_of([one for said in each if (one := any_of(said))]):
        yield node

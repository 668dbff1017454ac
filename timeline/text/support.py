"""Which of some texts a sentence condenses: those that share its figures and names, then its other words.

A guess, for a sentence whose support nobody has chosen. A word counts for less the more of the texts have it: in an
entry about Trump his name tells nothing. A text is taken as long as it says something of the sentence that those taken
before it do not.
"""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from .words import cut

FIGURE, NAME, WORD = 4.0, 2.0, 1.0
"""What a shared figure, name or other word weighs."""

FIRST, FURTHER = 0.12, 0.14
"""The part of a sentence that the best text must say, and a further one beside it."""

MOST = 4
"""As many texts as one sentence condenses."""


@lru_cache(maxsize=4_000)
def _weights(text: str) -> dict[str, float]:
    """What each lexeme of a text weighs."""
    words = cut(text)
    weights: dict[str, float] = {}
    for lexeme, atom in words.filed():
        start, _end = words.span(atom)
        if not lexeme.isalpha() and any(char.isdigit() for char in lexeme):
            weight = FIGURE
        elif text[start].isupper() and start and text[:start].rstrip()[-1:] not in ".!?“":
            weight = NAME
        else:
            weight = WORD
        weights[lexeme] = max(weight, weights.get(lexeme, 0))
    return weights


def support(sentence: str, texts: Mapping[str, str]) -> list[str]:
    """The keys of those of ``texts`` that ``sentence`` condenses, in their order; none if none does."""
    said = {key: _weights(text).keys() for key, text in texts.items()}
    common = Counter(lexeme for lexemes in said.values() for lexeme in lexemes)
    wanted = {lexeme: weight / max(common[lexeme], 1) ** 0.5 for lexeme, weight in _weights(sentence).items()}
    whole = sum(wanted.values())
    taken: list[str] = []
    while wanted and len(taken) < MOST:
        shares = {
            key: sum(wanted[lexeme] for lexeme in wanted.keys() & lexemes)
            for key, lexemes in said.items()
            if key not in taken
        }
        best = max(shares, key=lambda key: shares[key], default=None)
        if best is None or shares[best] < (FURTHER if taken else FIRST) * whole or not shares[best]:
            break
        taken.append(best)
        wanted = {lexeme: weight for lexeme, weight in wanted.items() if lexeme not in said[best]}
    return [key for key in texts if key in taken]


def alike(one: str, other: str) -> float:
    """How much of two sentences is the same, from 0 to 1: their lexemes in common."""
    first, second = _weights(one).keys(), _weights(other).keys()
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else float(one == other)

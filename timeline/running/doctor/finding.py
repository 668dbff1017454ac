"""A finding: what one look at a deployment showed."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How good it is."""

    OK = "ok"
    NOTE = "note"  # nothing has to be done, and somebody may want to know
    MISS = "MISS"


@dataclass(frozen=True)
class Finding:
    """A mark, a sentence, and what to do."""

    mark: Mark
    said: str
    advice: str = ""


def good(said: str) -> Finding:
    return Finding(Mark.OK, said)


def note(said: str, advice: str = "") -> Finding:
    return Finding(Mark.NOTE, said, advice)


def miss(said: str, advice: str) -> Finding:
    return Finding(Mark.MISS, said, advice)

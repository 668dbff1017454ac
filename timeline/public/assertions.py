"""Assertions: what readers point to in an entry, cite and find fault with: a statement, or a sentence of the summary.

Each has an id that outlives rewording, and a place on the page of the entry and of each of its versions.
"""

from typing import NamedTuple

from timeline.models.document import EntryDocument


class Assertion(NamedTuple):
    """A statement or sentence: its ``id``, its ``anchor`` on the page, and its words."""

    id: str
    anchor: str
    text: str


def assertions(entry: EntryDocument) -> dict[str, Assertion]:
    """Those of an entry by their ids, in the order of the page."""
    found = [Assertion(row["id"], f"l-{row['id']}", row["text"]) for row in entry["sentences"]]
    found += [Assertion(row["id"], f"s-{row['id']}", row["text"]) for row in entry["statements"]]
    return {assertion.id: assertion for assertion in found}

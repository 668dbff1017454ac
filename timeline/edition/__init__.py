"""The public edition: keeps the tables that readers see equal to what is published.

state         the number of the edition: each public change makes one
versions      what publishing an entry tells readers
rows          the row of a published entry, and what it was filed under when it leaves
totals        how many published entries there are, by facet and by month
chronology    what the page of the chronology says, and the lanes that follow from it
names         the names of records as searches look them up
originals     the words of records that other languages add to
translations  what readers see of entries in other languages
progress      how far each record is translated
refreshing    brings rows up to date, and takes them away
receivers     calls all that when Wagtail publishes or withdraws, and when a record changes

Everything public (pages, feeds, exports) reads the rows that are written here. Whoever
changes them counts a new edition first, in the same transaction: its lock lets only one do so.
"""

from .chronology import current_lanes, refresh_chronology
from .names import NAMED, note_names, refresh_names
from .originals import Identity, Original, originals
from .progress import first_progress, note_progress, states, stored
from .receivers import connect
from .refreshing import (
    entries_about,
    first_publication,
    paused,
    publicly_visible,
    rebuild,
    refresh,
    refresh_due,
    refresh_lines,
    refresh_outdated,
    refresh_sources,
    refresh_storylines,
    refresh_terms,
    refresh_translations,
)
from .state import next_edition
from .totals import Totals
from .versions import Publication

__all__ = [
    "NAMED",
    "Identity",
    "Original",
    "Publication",
    "Totals",
    "connect",
    "current_lanes",
    "entries_about",
    "first_progress",
    "first_publication",
    "next_edition",
    "note_names",
    "note_progress",
    "originals",
    "paused",
    "publicly_visible",
    "rebuild",
    "refresh",
    "refresh_chronology",
    "refresh_due",
    "refresh_lines",
    "refresh_names",
    "refresh_outdated",
    "refresh_sources",
    "refresh_storylines",
    "refresh_terms",
    "refresh_translations",
    "states",
    "stored",
]

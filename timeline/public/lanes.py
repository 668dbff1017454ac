"""Lanes: the rows of the overview, and the colours of entries and commodities.

A lane is plain data, as ``Edition.lanes`` holds it: ``{"id", "slug", "name", "colour",
"commodities": [slugs of top-level commodities], "categories": [slugs], "takes_rest"}``.
"""

from typing import Any

from timeline.models.document import CommodityDocument, EntryDocument

Lane = dict[str, Any]

NO_COLOUR = "slate"


def lanes_of(document: EntryDocument, lanes: list[Lane]) -> list[Lane]:
    """The lanes an entry runs in, that of its colour first.

    A lane of its category gives the colour before those of its commodities do; the
    lanes that take the rest have what no other has.
    """
    category = document["category"]["slug"] if document["category"] else ""
    found = [lane for lane in lanes if category in lane["categories"]]
    for commodity in document["commodities"]:
        found += [lane for lane in lanes if commodity["top"] in lane["commodities"] and lane not in found]
    return found or [lane for lane in lanes if lane["takes_rest"]]


def colour(document: EntryDocument, lanes: list[Lane]) -> str:
    """The colour of an entry."""
    return next((lane["colour"] for lane in lanes_of(document, lanes)), NO_COLOUR)


def commodity_colour(commodity: CommodityDocument, lanes: list[Lane]) -> str:
    """The colour of a commodity."""
    return colour_below(commodity["top"], lanes)


def colour_below(top: str, lanes: list[Lane]) -> str:
    """The colour of all below the commodity with the slug ``top``: of the lane that has it, or takes the rest."""
    found = [lane for lane in lanes if top in lane["commodities"]]
    found = found or [lane for lane in lanes if lane["takes_rest"]]
    return found[0]["colour"] if found else NO_COLOUR

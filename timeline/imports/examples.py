"""Made-up records that show how a table is filled in: one for the template of each kind."""

from collections import defaultdict
from typing import Any

from timeline.content.kinds import KINDS, Kind
from timeline.content.parts import Plain, Record, Reference, Rows, Shape, rewritten

_CITED: Record = {"source": "example-report", "quotation": "We have agreed.", "language": "en", "locator": "p. 2"}

_FIGURE: Record = {
    "label": "Duty on cars",
    "value": "15",
    "unit": "percent",
    "period": "2025",
    "status": "agreed",
    "citations": [{"source": "example-report", "locator": "p. 3"}],
}

EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "entries": [
        {
            "id": "e-example",
            "headline": "Ministers meet in Example City",
            "summary": "They speak about cars.",
            "weight": "normal",
            "category": "Talks",
            "date": {"edtf": "2025-04-16", "basis": "stated", "note": ""},
            "place": "Example City",
            "time_zone": "Asia/Tokyo",
            "statements": [
                {
                    "text": "The ministers met.",
                    "nature": "reported",
                    "citations": [_CITED, {"source": "another-report", "locator": "paragraph 4"}],
                },
                {"text": "They spoke about cars.", "nature": "reported", "citations": [{"source": "another-report"}]},
            ],
            "people": [{"person": "Hanako Example", "role": "negotiator"}],
            "organisations": ["Ministry of Examples"],
            "commodities": ["Cars", "Steel"],
        }
    ],
    "figures": [{"entry": "e-example", **_FIGURE}],
    "sources": [
        {
            "id": "example-report",
            "title": "Ministers agree",
            "publisher": "Example Times",
            "byline": "A. Reporter",
            "url": "https://example.org/ministers-agree",
            "url_shown": True,
            "published": "2025-04-17",
            "accessed": "2025-04-18",
            "language": "en",
            "kind": "news",
        }
    ],
    "people": [
        {
            "id": "hanako-example",
            "family_name": "Example",
            "given_name": "Hanako",
            "name_order": "given_first",
            "kind": "participant",
            "country": "JP",
            "names": [{"name": "見本花子", "script": "Jpan", "language": "ja", "kind": "native"}],
            "positions": [
                {"title": "Minister of Examples", "organisation": "Ministry of Examples", "start": "2024-10-01"},
                {"title": "Deputy minister", "start": "2022", "end": "2024-09"},
            ],
        }
    ],
    "organisations": [
        {
            "id": "ministry-of-examples",
            "name": "Ministry of Examples",
            "kind": "government",
            "country": "JP",
            "names": [{"name": "MoE", "language": "en", "kind": "alias"}],
        }
    ],
    "commodities": [
        {
            "id": "example-cars",
            "name": "Example cars",
            "kind": "goods",
            "parent": "Vehicles",
            "hs_codes": ["8703", "870323"],
        },
    ],
    "categories": [{"id": "example-talks", "name": "Example talks", "description": "Meetings of ministers."}],
    "series": [{"id": "example-duty", "name": "Example duty on cars", "commodity": "Cars"}],
    "storylines": [
        {
            "id": "example-storyline",
            "name": "Example tariff on cars",
            "colour": "red",
            "series": "Example duty on cars",
            "is_public": False,
        }
    ],
    "state": [
        {
            "id": "example-line",
            "name": "Example duty on cars today",
            "question": "What does a car pay?",
            "subject": "Cars",
            "series": "Duty on cars",
            "front": 1,
        }
    ],
    "terms": [
        {
            "id": "example-quota",
            "name": "example quota",
            "definition": "An amount let in at a lower duty.",
            "names": [{"name": "example quotas", "language": "en", "kind": "alias"}],
            "citations": [{"source": "example-report"}],
        }
    ],
}


def example(kind: Kind) -> list[Record]:
    """The example of a kind, which can be imported as it is: it points to records that are there.

    What points to a record where there is none of that kind yet is left out, and so is
    the row that needs it.
    """
    there: dict[str, list[str]] = {}
    written: dict[str, list[str]] = defaultdict(list)

    def resolve(path: str, target: str, text: str) -> str | None:
        if target not in there:
            model = next(other.model for other in KINDS if other.name == target)
            there[target] = list(model._default_manager.order_by("pk").values_list("key", flat=True)[:2])
        if text not in written[target]:
            written[target].append(text)
        keys = there[target]
        return keys[written[target].index(text) % len(keys)] if keys else None

    return _whole(kind.shape, [rewritten(kind.shape, record, resolve) for record in EXAMPLES[kind.name]])


def _whole(shape: Shape, rows: list[Record]) -> list[Record]:
    """The rows, at any depth, whose needed pointers lead somewhere; an entry may lack its category."""
    needed = [part.name for part in shape.parts if isinstance(part, Reference) and part.required]
    kept = [row for row in rows if all(row.get(name) or name == "category" for name in needed)]
    for row in kept:
        for part in shape.parts:
            if isinstance(part, Rows) and not isinstance(part, Plain) and part.name in row:
                row[part.name] = _whole(part.shape, row[part.name])
    return kept

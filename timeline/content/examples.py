"""Made-up records that show how a table is filled in: one for the template of each kind."""

from typing import Any

from .parts import Record

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
        {"id": "cars", "name": "Cars", "kind": "goods", "parent": "Vehicles", "hs_codes": ["8703", "870323"]},
    ],
    "categories": [{"id": "talks", "name": "Talks", "description": "Meetings of ministers."}],
    "series": [{"id": "duty-on-cars", "name": "Duty on cars", "commodity": "Cars"}],
    "terms": [
        {
            "id": "quota",
            "name": "quota",
            "definition": "An amount let in at a lower duty.",
            "names": [{"name": "quotas", "language": "en", "kind": "alias"}],
            "citations": [{"source": "example-report"}],
        }
    ],
}

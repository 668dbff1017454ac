"""A content pack of three entries, small enough to read."""

import copy
import json
from pathlib import Path
from typing import Any

Files = dict[str, Any]

_FILES: Files = {
    "pack.json": {
        "format": 1,
        "version": "2026-01-31",
        "title": "Rice and Steel",
        "headline": "Two years of rice and steel",
        "strapline": "What was agreed.",
        "imprint": dict.fromkeys(("publisher", "publisher_url", "editors", "contact", "errors", "funding"), "")
        | {"licence": "CC-BY-4.0"},
        "lanes": [
            {
                "slug": "talks",
                "name": "Talks",
                "colour": "slate",
                "takes_rest": True,
                "commodities": [],
                "categories": ["talks"],
            },
            {
                "slug": "farm",
                "name": "Farm goods",
                "colour": "olive",
                "takes_rest": False,
                "commodities": ["farm"],
                "categories": [],
            },
        ],
        "phases": [{"name": "The talks", "date": "2025-04/2025-07"}],
        "coverage": [{"date": "2025-04/2025-05", "note": ""}],
        "open_questions": [{"question": "What came after?", "note": "We looked in June.", "entry": "e-third"}],
        "licence": "CC BY 4.0",
    },
    "categories.json": [
        {
            "id": "talks",
            "slug": "talks",
            "name": "Talks",
            "description": "Meetings.",
            "names": [{"name": "会談", "language": "ja"}],
        },
        {"id": "tariff", "slug": "tariffs", "name": "Tariffs", "description": "Duties."},
    ],
    "organisations.json": [
        {
            "id": "meti",
            "slug": "meti",
            "name": "Ministry of Economy, Trade and Industry",
            "kind": "government",
            "country": "JP",
            "names": [{"name": "経済産業省", "language": "ja", "kind": "native"}, {"name": "METI"}],
            "note": "Our contact is the press desk.",
        },
        {"id": "daily", "slug": "the-daily", "name": "The Daily", "kind": "media"},
    ],
    "commodities.json": [
        {"id": "metals", "slug": "metals", "name": "Metals"},
        {"id": "farm", "slug": "farm-goods", "name": "Farm goods"},
        {"id": "rice", "slug": "rice", "name": "Rice", "parent": "farm", "hs_codes": ["1006"]},
    ],
    "sources.json": [
        {
            "id": "meti-paper",
            "slug": "meti-paper",
            "number": 1,
            "title": "Results of the talks",
            "publisher": "meti",
            "url": "https://meti.example/results",
            "published": "2025-04-17",
            "accessed": "2025-05-01",
            "kind": "primary_government",
        },
        {
            "id": "daily-report",
            "slug": "daily-report",
            "number": 2,
            "title": "Ministers meet over rice",
            "publisher": "daily",
            "derived_from": "meti-paper",
        },
        {
            "id": "daily-error",
            "slug": "daily-error",
            "number": 3,
            "title": "Ministers cancel",
            "use": "error_example",
        },
    ],
    "state.json": [
        {
            "id": "steel",
            "slug": "steel",
            "name": "Duty on steel today",
            "question": "What does steel pay?",
            "subject": "Steel",
            "series": "steel-duty",
        }
    ],
    "series.json": [{"id": "steel-duty", "slug": "steel-duty", "name": "Duty on steel", "commodity": "metals"}],
    "storylines.json": [
        {
            "id": "rice-story",
            "slug": "rice-story",
            "name": "Rice",
            "names": [{"name": "コメ", "language": "ja", "kind": "native"}],
            "colour": "olive",
            "summary": [
                {"id": "aaaaa2", "text": "They met.", "rests_on": [{"of": "e-first", "carrier": "aaaaaa"}]},
            ],
            "steps": [
                {"entry": "e-first"},
                {"entry": "e-second", "text": "They met.", "rests_on": [{"of": "e-first", "carrier": "aaaaaa"}]},
            ],
            "open_questions": [
                {"id": "aaaaa3", "text": "And then?", "rests_on": [{"of": "e-first", "carrier": "aaaaaa"}]},
            ],
            "is_public": True,
            "note": "Ours.",
        }
    ],
    "terms.json": [
        {
            "id": "quota",
            "slug": "quota",
            "name": "quota",
            "definition": "An amount let in at a lower duty.",
            "names": [{"name": "quotas"}],
            "entries": ["e-first"],
            "citations": [{"source": "meti-paper"}],
        }
    ],
    "people.json": [
        {
            "id": "sato",
            "slug": "sato-hanako",
            "family_name": "Sato",
            "given_name": "Hanako",
            "names": [{"name": "佐藤花子", "script": "Jpan", "language": "ja", "kind": "native"}],
            "positions": [{"title": "Minister", "organisation": "meti", "start": "2024-10", "source": "daily-report"}],
        }
    ],
    "entries.json": [
        {
            "id": "e-first",
            "slug": "ministers-meet",
            "headline": "Ministers meet in Tokyo",
            "summary": "They spoke about rice.",
            "weight": "key",
            "category": "talks",
            "date": {"edtf": "2025-04-16", "basis": "stated", "note": ""},
            "place": "Tokyo",
            "time_zone": "Asia/Tokyo",
            "statements": [
                {
                    "id": "aaaaaa",
                    "text": "The ministers met.",
                    "citations": [
                        {"source": "meti-paper"},
                        {"source": "daily-report", "quotation": "They met.", "language": "en"},
                    ],
                },
                {"id": "bbbbbb", "text": "Rice was named.", "citations": [{"source": "daily-report"}]},
            ],
            "disagreements": [
                {
                    "id": "dddddd",
                    "question": "How long did they speak?",
                    "accounts": [
                        {"source": "meti-paper", "says": "One hour.", "preferred": True},
                        {"source": "daily-report", "says": "Two hours."},
                    ],
                    "reason": "The ministry kept the minutes.",
                }
            ],
            "people": [{"person": "sato", "role": "negotiator"}],
            "organisations": ["meti"],
            "commodities": ["rice"],
            "editor_note": "Ask the embassy.",
        },
        {
            "id": "e-second",
            "slug": "duty-on-steel",
            "headline": "Duty on steel rises",
            "summary": "A duty of a quarter applies.",
            "category": "tariff",
            "date": {"edtf": "2025-05"},
            "dates": [{"kind": "effective", "edtf": "2025-06-01"}],
            "statements": [{"id": "cccccc", "text": "The duty rises.", "citations": [{"source": "meti-paper"}]}],
            "figures": [
                {
                    "id": "eeeeee",
                    "label": "Duty on steel",
                    "value": "25.50",
                    "unit": "percent",
                    "status": "in_force",
                    "basis": "total",
                    "series": "steel-duty",
                    "line": "steel",
                    "citations": [{"source": "meti-paper", "locator": "p. 3"}],
                }
            ],
            "commodities": ["metals"],
            "follows": ["e-first"],
        },
        {
            "id": "e-third",
            "slug": "talks-end",
            "headline": "Talks end",
            "summary": "They ended.",
            "category": "talks",
            "date": {"edtf": "2025-07~"},
            "statements": [{"id": "ffffff", "text": "The talks ended.", "citations": [{"source": "daily-report"}]}],
            "follows": ["e-second"],
        },
    ],
}


def sample() -> Files:
    """The files of the pack by name, decoded, to change as a test likes."""
    return copy.deepcopy(_FILES)


def by_year(files: Files) -> Files:
    """The same pack with a file of entries for each year."""
    files = dict(files)
    for entry in files.pop("entries.json"):
        files.setdefault(f"entries/{entry['date']['edtf'][:4]}.json", []).append(entry)
    return files


def write(files: Files, directory: Path) -> Path:
    """Write the files as JSON; text is written as it stands."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        text = value if isinstance(value, str) else json.dumps(value)
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")
    return directory

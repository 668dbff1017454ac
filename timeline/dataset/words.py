"""Words of the dataset beside its data: how to read it, under what terms, of what state."""

import datetime
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.conf import settings

from timeline.formats.tables import LIST, TABLES, Table
from timeline.public.site import absolute

ENTRIES = "entries.jsonl"


class About(NamedTuple):
    """Of what the dataset is made; ``first`` and ``last`` are ISO 8601 days, empty when unknown."""

    name: str
    description: str
    version: int
    changed_at: datetime.datetime
    entries: int
    first: str
    last: str
    licence: Mapping[str, str]

    @property
    def changed(self) -> str:
        """When the edition changed last: RFC 3339 in UTC."""
        return self.changed_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Written(NamedTuple):
    """A file of the dataset."""

    rows: int
    size: int
    digest: str


def version(about: About) -> str:
    """``VERSION``: which edition this is."""
    coverage = f"Events: {about.first}/{about.last}\n" if about.first and about.last else ""
    return f"Edition: {about.version}\nChanged: {about.changed}\nEntries: {about.entries}\n{coverage}"


def licence(about: About) -> str:
    """``LICENCE``."""
    return (
        f"{about.name}\n\n"
        "Our own text and the arrangement of the data are licensed under the\n"
        f"Creative Commons licence {about.licence['name']}:\n"
        f"{about.licence['url']}\n\n"
        f"Whatever you do with it as that allows, name {about.name}, link to\n"
        f"{absolute('/')}, and say what you changed.\n\n"
        "Quotations (the column “quotation”) and titles of sources belong to their publishers.\n"
    )


def readme(about: About) -> str:
    """``README.txt``: what this is, and every column in words."""
    parts = [
        f"{about.name}: the dataset",
        "",
        about.description,
        "",
        f"Edition {about.version} of {about.changed}, {about.entries} entries. Newer ones: {absolute('/dataset/')}",
        "",
        "WHAT IS IN IT",
        "",
        f"{ENTRIES}: one entry a line, each a JSON object with everything public. Its fields are those of",
        f"the schema “Entry” in {absolute('/api/v1/openapi.json')}",
        *(f"{table.name}.csv: {table.description}" for table in TABLES),
        "datapackage.json: the tables for programs (Frictionless Data Package).",
        "LICENCE, VERSION, SHA256SUMS: the terms, the edition, the checksums of all files.",
        "",
        "HOW TO READ IT",
        "",
        "All files are UTF-8. The tables follow RFC 4180: commas, quotation marks, CRLF, a header row.",
        "Cells stand as they are; a spreadsheet may take text that begins with = for a formula.",
        f"Where a cell has several values, “{LIST}” stands between them. What is not known is empty, not 0.",
        "What was in force on a day, as the site has it, is in the rows of states.csv that say so and whose since and",
        "until (inclusive, empty where open) enclose the day, one or more for each line of lines.csv.",
        "Dates are written in the Extended Date/Time Format (ISO 8601-2): 2025-04-16, 2025-10, 2025-05~ (about),",
        "../2025-04-02 (until). Times are UTC (RFC 3339). HS codes are text: chapter 02 is not the number 2.",
        "An entry is known by its uid, which never changes; a source by its number.",
        "",
        "THE COLUMNS",
        "",
    ]
    for table in TABLES:
        parts += [f"{table.name}.csv", table.description, ""]
        parts += [f"  {column.name} ({column.type}): {column.description}" for column in table.columns]
        parts.append("")
    return "\n".join(parts)


def datapackage(about: About, written: Mapping[str, Written]) -> str:
    """``datapackage.json`` (Frictionless Data Package 1.0): the files and the columns of each table."""
    package = {
        "profile": "data-package",
        "name": "dataset",
        "id": absolute(f"/dataset/{about.version}.zip"),
        "title": about.name,
        "description": about.description,
        "homepage": absolute("/dataset/"),
        "version": str(about.version),
        "created": about.changed,
        "licenses": [
            {
                "name": about.licence["name"].replace(" ", "-"),
                "title": about.licence["name"],
                "path": about.licence["url"],
            }
        ],
        **(
            {"contributors": [{"title": about.name, "email": settings.CONTACT_EMAIL}]}
            if settings.CONTACT_EMAIL
            else {}
        ),
        "resources": [_jsonl(written[ENTRIES]), *(_resource(table, written[f"{table.name}.csv"]) for table in TABLES)],
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def _jsonl(file: Written) -> dict[str, Any]:
    return {
        "name": "entries-whole",
        "title": "Entries with everything public",
        "path": ENTRIES,
        "format": "jsonl",
        "mediatype": "application/x-ndjson",
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.digest}",
    }


def _resource(table: Table, file: Written) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "description": table.description,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.digest}",
        "dialect": {"delimiter": ",", "doubleQuote": True, "lineTerminator": "\r\n", "header": True},
        "schema": {
            "fields": [
                {"name": column.name, "type": column.type, "description": column.description}
                for column in table.columns
            ],
            "missingValues": [""],
            "primaryKey": list(table.key),
            "foreignKeys": [
                {"fields": column, "reference": {"resource": other if other != table.name else "", "fields": target}}
                for column, other, target in table.links
            ],
        },
    }


def checksums(written: Iterable[tuple[str, str]]) -> str:
    """``SHA256SUMS``, as ``sha256sum --check`` reads it."""
    return "".join(f"{digest}  {name}\n" for name, digest in written)

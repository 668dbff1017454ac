"""How PostgreSQL finds what public pages show: the rows that each statement reads, whatever the time it takes.

python -m bench.plans [N] [--only WORD] [--statements] [--keep]

Ends with 1 when a statement of a page that is not KNOWN for it looks at more than MOST rows. That is a matter of the
plan, so the answer is the same on a busy machine; what may be read does not grow with the number of entries.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from bench import database
from bench.__main__ import newly_made, production

MOST = 20_000
"""Rows that one step of a plan may look at, those it throws away among them.

What is counted is counted to 2,000, looked for among ten times as many at most; so a table of more than that must not
be read from end to end either.
"""

KNOWN = {
    r"(feed|calendar|API|picture|embed).*: (a month|a day|a date|from a date on)": (
        "which dates overlap a stretch of time is known by no index that is in the order of time"
    ),
    r"embed: a year of both.*|organisation": "two indexes of all entries are held against each other",
    r"list: phrase": "whether words stand side by side is seen in each entry that has both",
    r"(feed|calendar): (word, common|disagreements)": "a feed and a calendar say exactly how many there are",
    r"(calendar: a )?person": "a calendar has its latest 2,000 events, looked for among all entries of the person",
    r"changes.atom": "corrections are counted among all versions",
    r"(API: )?(organisations|sources)|publisher|site map.*": "what is cited is told by a total of each source",
    r"status": "it counts what is public against what should be",
}
"""Pages that look at more, by their names, and why: still to be mended. Any other is a fault."""


@dataclass
class Step:
    """A node of a plan: what it does, to which table, and the rows that it looked at."""

    kind: str
    table: str
    rows: int

    def __str__(self) -> str:
        return f"{self.kind} {self.table}".strip()


@dataclass
class Plan:
    """How a statement was answered: its steps, the pages of 8 KB that it read, and its milliseconds."""

    statement: str
    steps: list[Step]
    pages: int
    milliseconds: float

    @property
    def worst(self) -> Step:
        return max(self.steps, key=lambda step: step.rows)

    @property
    def faults(self) -> list[Step]:
        """The steps that look at too much; an index of words or records, which fetches no row, may give all it has."""
        return [step for step in self.steps if step.rows > MOST and not step.kind.startswith("Bitmap Index")]


def explain(cursor: Any, statement: str, parameters: Any) -> Plan | None:
    """The plan of a statement of a page; None for what only sets something."""
    *settings, statement = (
        (part.strip() for part in statement.rstrip("; \n").split("; "))
        if statement.startswith("SET LOCAL")
        else [statement]
    )
    if not statement.lstrip("( \n").upper().startswith(("SELECT", "WITH")):
        return None
    for setting in settings:
        cursor.execute(setting)
    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {statement}", parameters)
    (found,) = cursor.fetchone()
    (plan,) = json.loads(found) if isinstance(found, str) else found
    top = plan["Plan"]
    return Plan(
        statement,
        list(_steps(top)),
        top["Shared Hit Blocks"] + top["Shared Read Blocks"],
        plan["Execution Time"] + plan["Planning Time"],
    )


def _steps(node: dict[str, Any]) -> Iterator[Step]:
    removed = sum(node.get(f"Rows Removed by {what}", 0) for what in ("Filter", "Index Recheck", "Join Filter"))
    looked_at = round((node["Actual Rows"] + removed) * node["Actual Loops"])
    yield Step(node["Node Type"], node.get("Relation Name") or node.get("Index Name") or "", looked_at)
    for below in node.get("Plans", ()):
        yield from _steps(below)


PICK = """
SELECT
    (SELECT slug FROM timeline_{table} r JOIN timeline_facettotal t ON t.facet = '{facet}' AND t.value = r.id
     ORDER BY total DESC, slug LIMIT 1),
    (SELECT slug FROM timeline_{table} r JOIN timeline_facettotal t ON t.facet = '{facet}' AND t.value = r.id
     ORDER BY total, slug LIMIT 1)
"""


def addresses(connection: psycopg.Connection) -> dict[str, str]:
    """Public addresses of every kind, of what most entries have and of what hardly one has."""

    def most_and_least(facet: str, table: str) -> tuple[str, str]:
        return connection.execute(PICK.format(facet=facet, table=table)).fetchone()  # type: ignore[return-value]

    category, _ = most_and_least("category", "category")
    commodity, _ = most_and_least("commodity", "commodity")
    person, nobody = most_and_least("person", "person")
    organisation, _ = most_and_least("organisation", "organisation")
    publisher, _ = most_and_least("publisher", "organisation")
    source, obscure = most_and_least("source", "source")
    lane, _ = most_and_least("lane", "lane")
    (slug, entry, follower) = connection.execute(
        "SELECT slug, entry_id, (SELECT slug FROM timeline_publishedentry"
        " WHERE follows <> '{}' ORDER BY entry_id DESC LIMIT 1)"
        " FROM timeline_publishedentry ORDER BY sort_date, entry_id OFFSET"
        " (SELECT total / 2 FROM timeline_facettotal WHERE facet = 'all') LIMIT 1"
    ).fetchone()  # type: ignore[misc]
    terms = f"category={category}&commodity={commodity}"
    filters = {
        "nothing": "",
        "one category": f"category={category}",
        "category and commodity": terms,
        "a year of both": f"{terms}&from=2024&to=2024",
        "a year of both with a word": f"{terms}&from=2024&to=2024&q=automobile",
        "both with a word": f"{terms}&q=automobile",
        "a month": "from=2024-05&to=2024-05",
        "a day": "from=2024-05-06&to=2024-05-06",
        "ten years": "from=2015&to=2025",
        "from a date on": "from=2020",
        "until a date": "to=2020",
        "a person": f"person={person}",
        "a person of few": f"person={nobody}",
        "a person in a category": f"person={person}&category={category}",
        "an organisation": f"organisation={organisation}",
        "a publisher": f"publisher={publisher}",
        "a lane": f"lane={lane}",
        "two lanes of goods": f"lane={lane}&commodity={commodity}",
        "disagreements": "differ=1",
        "disagreements in a category": f"differ=1&category={category}",
        "a source": f"source={source}",
        "word, common": "q=tariff",
        "word, 8 %": "q=automobile",
        "word, 1 %": "q=gallium",
        "word, rare": "q=zaibatsu",
        "word, of most": "q=trade",
        "words": "q=tariff+automobile+yen",
        "words that never meet": "q=zaibatsu+gallium",
        "phrase": "q=%22trade+minister%22",
        "alternatives": "q=gallium+OR+zaibatsu",
        "left out": "q=tariff+-trade",
        "a beginning": "q=日",
        "kanji": "q=貿易",
        "names in kanji": "q=関税",
        "an amount": "q=550+billion",
        "a percentage": "q=15+percent",
        "a date": "q=6+May+2024",
        "a day of any year": "q=6+May",
        "a misspelt word": "q=tarifs+galium",
        "nothing found": "q=xqzzv",
        "nothing found in a year": f"{terms}&from=1999&to=1999",
        "a word with a person": f"q=tariff&person={person}",
        "a word with a month": "q=tariff&from=2024-05&to=2024-05",
        "a word with a year": "q=tariff&from=2024&to=2024",
    }
    found = {f"list: {name}": f"/?{query}" for name, query in filters.items()}
    for name in (
        "one category",
        "a year of both with a word",
        "a person",
        "disagreements",
        "word, common",
        "word, 1 %",
        "from a date on",
    ):
        found[f"list, newest first: {name}"] = f"/?{filters[name]}&order=new"
        found[f"list, a later page: {name}"] = f"/?{filters[name]}&order=old&page=2023-07"
        found[f"feed: {name}"] = f"/feed.atom?{filters[name]}"
        found[f"calendar: {name}"] = f"/calendar.ics?{filters[name]}"
        found[f"API: {name}"] = f"/api/v1/entries?{filters[name]}"
        found[f"picture: {name}"] = f"/share.png?{filters[name]}"
        found[f"embed: {name}"] = f"/embed/?{filters[name]}"
    found |= {
        f"list: {name}": f"/?{query}"
        for name, query in {
            "newest first": "order=new",
            "the last page": "page=2025-12",
            "a page in the middle": "page=2022-07",
            "common word, in time": "q=tariff&order=old",
            "common word, newest": "q=tariff&order=new",
            "rare word, in time": "q=zaibatsu&order=old",
            "common word, page 2": f"q=tariff&page=after.5n.2022-05-06.2.{entry}",
        }.items()
    }
    formats = (
        "feed.atom",
        "feed.rss",
        "feed.json",
        "changes.atom",
        "corrections.atom",
        "embed/",
        "calendar.ics",
        "timeline.json",
    )
    found |= {kind: f"/{kind}" for kind in formats}
    found |= {f"archive of {kind}": f"/{kind}?archive=1700000000000000.0" for kind in ("feed.atom", "changes.atom")}
    tables = (
        "entries.csv",
        "citations.csv",
        "figures.csv",
        "participants.csv",
        "entries.json",
        "entries.ndjson",
        "sources.bib",
        "sources.csl.json",
    )
    found |= {f"{kind}: {name}": f"/{kind}?{filters[name]}" for kind in tables for name in ("a day", "word, rare")}
    found["entries.csv: names in kanji"] = "/entries.csv?q=関税&from=2024-05-06&to=2024-05-08"
    found |= {
        "entry": f"/entries/{slug}/",
        "entry that follows": f"/entries/{follower}/",
        "entry: history": f"/entries/{slug}/history/",
        "entry: version": f"/entries/{slug}/versions/1/",
        "entry: picture": f"/entries/{slug}/share.png",
        "entry: embed": f"/entries/{slug}/embed/",
        "entry: cite": f"/entries/{slug}/cite.bib",
        "people": "/people/",
        "commodities": "/commodities/",
        "categories": "/categories/",
        "organisations": "/organisations/",
        "glossary": "/glossary/",
        "sources": "/sources/",
        "about": "/about/",
        "corrections": "/corrections/",
        "feeds": "/feeds/",
        "dataset": "/dataset/",
        "site map": "/sitemap.xml",
        "site map of entries": "/sitemap-entries.xml",
        "site map of sources": "/sitemap-sources.xml",
        "picture": "/share.png",
        "status": "/status.json",
        "person": f"/people/{person}/",
        "person of few": f"/people/{nobody}/",
        "commodity": f"/commodities/{commodity}/",
        "category": f"/categories/{category}/",
        "organisation": f"/organisations/{organisation}/",
        "publisher": f"/organisations/{publisher}/",
        "source": f"/sources/{source}/",
        "source of few": f"/sources/{obscure}/",
        "oEmbed": f"/oembed?url=http%3A%2F%2Flocalhost%2Fentries%2F{slug}%2F",
        "API": "/api/v1/",
        "API: entry": f"/api/v1/entries/{slug}",
        **{
            f"API: {name}": f"/api/v1/{name}"
            for name in (
                "entries",
                "facets",
                "changes",
                "withdrawals",
                "people",
                "organisations",
                "commodities",
                "categories",
                "sources",
                "figures",
                "glossary",
                "coverage",
                f"people/{person}",
                f"sources/{source}",
            )
        },
        "API: facets of a word": "/api/v1/facets?q=tariff",
    }
    return found


def statements(client: Any, path: str) -> tuple[int, list[tuple[str, Any]]]:
    """The status of an answer, and what was asked of the database for it."""
    from django.db import connection

    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: Any, parameters: Any, many: bool, context: Any) -> Any:
        asked.append((str(sql), parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        response = client.get(path)
        if response.streaming:
            for _chunk in response.streaming_content:
                pass
    return response.status_code, asked


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.plans", description=__doc__.splitlines()[0])
    parser.add_argument("number", nargs="?", type=int, default=10_000, help="generated entries (default: 10,000)")
    parser.add_argument("--only", help="pages with this word in their name")
    parser.add_argument("--statements", action="store_true", help="print the worst statements too")
    parser.add_argument("--keep", action="store_true", help="use the database although the code has changed")
    options = parser.parse_args()
    url = database.address(f"nenpyo_bench_{options.number}")
    environment = newly_made(production("plans", 8000, url))
    database.ready(options.number, environment, keep=options.keep)
    database.manage(["collectstatic", "--no-input", "--verbosity", "0"], environment)
    os.environ |= environment | {"BASE_URL": "http://localhost"}
    sys.path.append(environment["PYTHONPATH"])
    import django

    django.setup()
    from django.db import connection, transaction
    from django.test import Client

    with psycopg.connect(url) as plain:
        paths = addresses(plain)
    client = Client(headers={"host": "localhost"})
    wrong, known = 0, 0
    print(f"{'page':44} {'status':>6} {'queries':>8} {'pages':>8} {'ms':>8}  most rows looked at")
    for name, path in paths.items():
        if options.only and options.only not in name:
            continue
        status, asked = statements(client, path)
        plans = []
        for sql, parameters in asked:
            with transaction.atomic(), connection.cursor() as cursor:
                if plan := explain(cursor, sql, parameters):
                    plans.append(plan)
        worst = max(plans, key=lambda plan: plan.worst.rows, default=None)
        faults = [(plan, step) for plan in plans for step in plan.faults]
        why = next((why for pattern, why in KNOWN.items() if re.fullmatch(pattern, name)), "")
        known += bool(faults and why)
        wrong += bool(faults and not why) or status != 200
        said = f"{worst.worst.rows:,} {worst.worst}" if worst else ""
        total = sum(plan.milliseconds for plan in plans)
        print(
            f"{name:44} {status:6} {len(asked):8} {sum(plan.pages for plan in plans):8,} {total:8.1f}  {said}"
            f"{'  ← ' + (why or ', '.join(sorted({str(step) for _plan, step in faults}))) if faults else ''}",
            flush=True,
        )
        if options.statements:
            for plan in sorted({id(plan): plan for plan, _step in faults}.values(), key=lambda plan: -plan.worst.rows):
                print(f"    {plan.milliseconds:.1f} ms, {plan.pages:,} pages: {plan.statement[:1500]}\n")
    print(f"\nOf {len(paths)} pages {wrong} look at too much, and {known} more are known to.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

"""What a newly made page of another language costs beside the same page in the original, with the chronology of today.

python -m bench.languages [--rounds 40] [--requests 4] [--only WORD]
"""

import argparse
from contextlib import ExitStack
from urllib.parse import quote

import psycopg

from bench import database
from bench.__main__ import newly_made, production
from bench.measuring import Row, Target, measure
from bench.servers import backends, free_port, serving

LANGUAGE = "ja"
MUST = 1.1
"""How many times the processor time of a page its translation may take."""

PAGES = """
SELECT name, path FROM (VALUES
    ('chronology', '/'), ('search', '/?q='), ('headlines', '/?show=headlines'), ('overview', '/overview/'),
    ('state', '/state/'), ('feed', '/feed.atom'), ('calendar', '/calendar.ics'), ('table', '/entries.csv'),
    ('lines of JSON', '/entries.ndjson'), ('index of people', '/people/'), ('index of goods', '/commodities/'),
    ('glossary', '/glossary/'), ('bibliography', '/sources/'), ('filters', '/filters/')
) fixed (name, path)
UNION ALL (SELECT 'entry', '/entries/' || slug || '/' FROM timeline_publishedentry
    ORDER BY jsonb_array_length(document->'statements') DESC, entry_id LIMIT 1)
UNION ALL (SELECT 'storyline', '/storylines/' || slug || '/' FROM timeline_storyline ORDER BY position, id LIMIT 1)
UNION ALL (SELECT 'series', '/figures/' || slug || '/' FROM timeline_figureseries ORDER BY id LIMIT 1)
UNION ALL (SELECT DISTINCT ON (1) kind, '/' || kind || '/' || slug || '/' FROM (
    SELECT kind, coalesce(named->>'slug', named->>'number') slug, count(*)
    FROM timeline_publishedentry, unnest('{people,commodities,organisations}'::text[]) kind,
        jsonb_array_elements(document->kind) named
    GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2) most)
"""
WORDS = {"": "tariff", LANGUAGE: quote("関税")}
"""What is searched for, in each language: much the same entries are found."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.languages", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--requests", type=int, default=4, help="requests of each page in a round")
    parser.add_argument("--only", default="", metavar="WORD", help="pages whose name has it")
    options = parser.parse_args()
    with ExitStack() as stack:
        url, name = database.address("nenpyo_bench_today"), "of-today"
        environment = production(name, free_port(), url)
        database.ready(0, environment, keep=False)
        database.manage(["collectstatic", "--no-input", "--verbosity", "0"], environment)
        database.manage(["compilemessages", "--verbosity", "0"], environment)  # without words it is cheaper
        port = int(environment["BASE_URL"].rpartition(":")[2])
        server = stack.enter_context(serving(name, "config.wsgi", port, newly_made(environment)))
        connection = stack.enter_context(psycopg.connect(url, autocommit=True))
        rows: dict[str, Row] = {
            page: {
                language: Target(
                    server, (f"/{language}" if language else "") + path + (word if path[-1] == "=" else "")
                )
                for language, word in WORDS.items()
            }
            for page, path in connection.execute(PAGES).fetchall()
            if options.only in page
        }
        for row in rows.values():
            for target in row.values():
                target.warm_up()
        server.backends = backends(connection, name)
        measure(rows, options.rounds, options.requests)
    for page, row in rows.items():
        here, there = (min(zip(one.cpu, one.database_cpu, strict=True), key=sum) for one in row.values())
        said = "  ".join(f"{ours:7.1f} + {database:6.1f}" for ours, database in (here, there))
        print(f"{page:16} {said} ms   × {sum(there) / sum(here):.2f}")
    print(f"Processor time of ours and of the database, a page, in the round that took least. At most × {MUST}.")


if __name__ == "__main__":
    main()

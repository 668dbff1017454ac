"""How the cost of a newly made page grows with the number of entries, all sizes in one run.

python -m bench.growth 10000 100000 1000000 [--rounds 12] [--requests 10] [--keep]
"""

import argparse
import statistics
from contextlib import ExitStack

import psycopg

from bench import database
from bench.__main__ import newly_made, production
from bench.measuring import Row, Target, measure, pages
from bench.servers import backends, free_port, serving

PAGES = ["chronology", "filtered list", "filter with a word", "search, common word", "last page", "entry", "feed"]
MUST = [1.15, 1.3]
"""How many times as long a page may take at the second and at the third size as at the first."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.growth", description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", type=int, default=[10_000, 100_000], help="generated entries")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--requests", type=int, default=10, help="requests of each page in a round")
    parser.add_argument("--keep", action="store_true", help="use the databases although the code has changed")
    options = parser.parse_args()
    rows: dict[str, Row] = {name: {} for name in PAGES}
    with ExitStack() as stack:
        for number in options.numbers:
            url, name = database.address(f"nenpyo_bench_{number}"), f"of-{number}"
            environment = production(name, free_port(), url)
            database.ready(number, environment, keep=options.keep)
            database.manage(["collectstatic", "--no-input", "--verbosity", "0"], environment)
            port = int(environment["BASE_URL"].rpartition(":")[2])
            server = stack.enter_context(serving(name, "config.wsgi", port, newly_made(environment)))
            connection = stack.enter_context(psycopg.connect(url, autocommit=True))
            for page, (path, _floors) in pages(connection, number).items():
                if page in rows:
                    rows[page][name] = Target(server, path)
            for row in rows.values():
                row[name].warm_up()
            server.backends = backends(connection, name)
        measure(rows, options.rounds, options.requests)
    show(rows)


def show(rows: dict[str, Row]) -> None:
    """Milliseconds at each size, processor and database time in brackets, and the growth of the median."""
    for page, row in rows.items():
        first, *others = row.values()
        times = [f"{statistics.median(one.times):7.1f} ({_used(one):6.1f})" for one in row.values()]
        growth = [(one.per(first), _used(one) / (_used(first) or 1)) for one in others]
        said = [f"× {time:.2f} (used × {used:.2f})" for time, used in growth]
        print(f"{page:22} {'  '.join(times)}   {'  '.join(said)}")
    print("At most " + " and ".join(f"× {bound}" for bound in MUST) + ", each with ten times the entries.")


def _used(target: Target) -> float:
    """Milliseconds of processor time a request, ours and the database's."""
    return statistics.mean(target.cpu) + statistics.mean(target.database_cpu) if target.cpu else 0.0


if __name__ == "__main__":
    main()

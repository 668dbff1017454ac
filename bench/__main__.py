"""Times the public pages, kept and newly made, beside a floor, nginx and an older build, and prints how they compare.

python -m bench [N] [--rounds 12] [--requests 10] [--only WORD] [--against FOLDER] [--keep]
"""

import argparse
import json
import os
import secrets
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench import database, nginx, targets
from bench.measuring import BROWSER, Row, Target, measure, pages
from bench.servers import FLOOR, Server, backends, free_port, serving

MIXED = 2000
"""Requests after which a worker's memory is looked at."""


def production(name: str, port: int, url: str) -> dict[str, str]:
    """The environment of a production server that loopback can ask without TLS."""
    return {
        **os.environ,
        "NENPYO_ENV": "production",
        "DATABASE_URL": f"{url}{'&' if '?' in url else '?'}application_name={name}",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "SSL_REDIRECT": "false",
        "NENPYO_TAG_AUTHORITY": "localhost,2026",
        "MAIL_URL": "none:",
        "STATIC_ROOT": str(database.ROOT / f"var/bench-static-{name.split('-')[0]}"),
        "KEPT_PAGES_DIR": str(database.ROOT / f"var/bench-kept-{name}"),
        "LOG_LEVEL": "WARNING",
        "WEB_CONCURRENCY": "2",
    }


def newly_made(environment: dict[str, str]) -> dict[str, str]:
    """The same where no page is kept, nor parts of any: what a page costs that nobody has asked for before."""
    settings = {"DJANGO_SETTINGS_MODULE": "uncached", "PYTHONPATH": str(database.ROOT / "bench")}
    return {**environment, "KEPT_PAGES_MEGABYTES": "0", **settings}


class Bench:
    """The servers of a run, and the pages that each of them is asked for."""

    def __init__(self, options: argparse.Namespace, stack: ExitStack) -> None:
        self.options, self.stack = options, stack
        self.url = database.address(f"nenpyo_bench_{options.number}")
        database.ready(options.number, production("product", 8000, self.url), keep=options.keep)
        self.connection = stack.enter_context(psycopg.connect(self.url, autocommit=True))
        self.servers: dict[str, Server] = {}
        self._product("", self.url, database.ROOT)
        self.servers["floor"] = stack.enter_context(
            serving("floor", "bench.floor:serve()", free_port(), production("floor", 8000, self.url), FLOOR)
        )
        if options.against:
            folder = options.against.resolve()
            url = database.address(f"nenpyo_bench_before_{options.number}")
            database.ready(options.number, production("before", 8000, url), keep=True, root=folder)
            self._product("before-", url, folder)

    def _product(self, name: str, url: str, folder: Path) -> None:
        """The product as it is shipped, and again where nothing is kept."""
        for way, alter in (("kept", dict), ("made", newly_made)):
            port = free_port()
            environment = production(f"{name}{way}", port, url)
            database.manage(["collectstatic", "--no-input", "--verbosity", "0"], environment, folder)
            server = serving(f"{name}{way}", "config.wsgi", port, alter(environment), folder=folder)
            self.servers[f"{name}{way}"] = self.stack.enter_context(server)

    def rows(self) -> dict[str, Row]:
        """Each page on each server."""
        found: dict[str, Row] = {}
        for name, (ours, floors) in pages(self.connection, self.options.number).items():
            if self.options.only and self.options.only not in name:
                continue
            found[name] = {
                server: Target(self.servers[server], floors if server == "floor" else ours) for server in self.servers
            }
            if name == "not modified":
                for target in found[name].values():
                    target.revalidate()
            elif name == "chronology" and nginx.is_here():
                found[name] |= self._behind_nginx(found[name]["kept"])
        for server in self.servers.values():
            server.backends = backends(self.connection, server.name)
        return found

    def _behind_nginx(self, page: Target) -> Row:
        """The bytes of a kept page from a file of nginx's, and the page through the configuration that we ship."""
        page.warm_up()
        _took, response, body = page.server.get(page.path, BROWSER)
        if response.headers["Content-Encoding"] != "gzip":
            raise SystemExit("The product does not compress its page.")
        saved = self.stack.enter_context(nginx.serving_saved({"/page": body}))
        shipped = self.stack.enter_context(nginx.serving_shipped(page.server.port))
        return {"nginx": Target(saved, "/page"), "shipped": Target(shipped, page.path)}

    def memory(self, rows: dict[str, Row]) -> float | None:
        """Megabytes of a worker's own (PSS) after ``MIXED`` requests of all kinds."""
        asked = [row["kept"] for row in rows.values()]
        for number in range(MIXED):
            asked[number % len(asked)].ask()
        return self.servers["kept"].memory()


def show(rows: dict[str, Row]) -> None:
    """Milliseconds of each page on each server; of the newly made one the processor's and the database's too."""
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    print(f"{'':20} {'bytes':>8} {'cpu':>6} {'db':>6}" + "".join(f"{name:>13}" for name in names))
    for page, row in rows.items():
        made = row["made"].figures()
        print(
            f"{page:20} {made['bytes']:8,} {made['cpu_ms'] or 0:6.1f} {made['database_cpu_ms'] or 0:6.1f}"
            + "".join(f"{row[name].figures()['median_ms']:13.2f}" if name in row else f"{'':13}" for name in names)
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0])
    parser.add_argument("number", nargs="?", type=int, default=10_000, help="generated entries (default: 10,000)")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--requests", type=int, default=10, help="requests of each page in a round")
    parser.add_argument("--keep", action="store_true", help="use the database although the code has changed")
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="a checkout of an older build to compare with")
    parser.add_argument("--only", help="measure only pages with this word in their name")
    options = parser.parse_args()
    with ExitStack() as stack:
        bench = Bench(options, stack)
        rows = bench.rows()
        measure(rows, options.rounds, options.requests)
        show(rows)
        found: dict[str, Any] = targets.measured(rows, bench.memory(rows))
        targets.show(found)
    file = database.ROOT / f"var/bench-{options.number}.json"
    about = {
        "entries": options.number,
        "rounds": options.rounds,
        "requests": options.requests,
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": os.getloadavg(),
        "targets": found,
        "pages": {name: {server: one.figures() for server, one in row.items()} for name, row in rows.items()},
    }
    file.write_text(json.dumps(about, indent=1) + "\n")
    print(f"\nWritten to {file.relative_to(database.ROOT)}. Judge by ratios: each is the median of the rounds.")


if __name__ == "__main__":
    main()

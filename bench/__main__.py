"""Times the public pages and the floor in turns, and prints how they compare.

python -m bench [N] [--rounds 12] [--requests 10] [--only WORD] [--cold] [--keep]
"""

import argparse
import json
import os
import secrets
import statistics
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from bench import database
from bench.servers import Server, backends, free_port, serving

WARM_UP = 6

PICK = """
SELECT
    (SELECT document->'category'->>'slug' FROM timeline_publishedentry GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1),
    (SELECT c->>'top' FROM timeline_publishedentry, jsonb_array_elements(document->'commodities') c
     GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1),
    (SELECT slug FROM timeline_publishedentry ORDER BY sort_date, entry_id OFFSET %s LIMIT 1)
"""


@dataclass
class Target:
    """One address on one server, and what was measured there."""

    server: Server
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    bytes: int = 0
    times: list[float] = field(default_factory=list)
    medians: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    database_cpu: list[float] = field(default_factory=list)

    def ask(self) -> float:
        took, response, body = self.server.get(self.path, self.headers)
        if response.status != self.status:
            raise SystemExit(f"{self.server.name} {self.path} answers {response.status}, not {self.status}.")
        self.bytes = len(body)
        return took

    def revalidate(self) -> None:
        """From now on send the entity tag of the page, so that it is answered with 304."""
        _took, response, _body = self.server.get(self.path, self.headers)
        self.headers = {**self.headers, "If-None-Match": response.headers["ETag"]}
        self.status = 304

    def round(self, requests: int) -> None:
        before = self.server.cpu()
        times = [self.ask() for _ in range(requests)]
        after = self.server.cpu()
        self.times += times
        self.medians.append(statistics.median(times))
        if before and after:
            self.cpu.append((after[0] - before[0]) / requests)
            self.database_cpu.append((after[1] - before[1]) / requests)

    def figures(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "bytes": self.bytes,
            "median_ms": round(statistics.median(self.times), 2),
            "min_ms": round(min(self.times), 2),
            "cpu_ms": round(statistics.mean(self.cpu), 2) if self.cpu else None,
            "database_cpu_ms": round(statistics.mean(self.database_cpu), 2) if self.cpu else None,
        }


def pages(connection: psycopg.Connection, number: int) -> dict[str, tuple[str, str]]:
    """What is measured: ``{name: (path of the product, path of the floor)}``."""
    row = connection.execute(PICK, [number // 2]).fetchone()
    assert row  # noqa: S101 - the database is filled
    category, commodity, slug = row
    terms = f"category={category}&commodity={commodity}"
    return {
        "chronology": ("/", "/list/"),
        "filtered list": (f"/?{terms}&from=2024&to=2024", f"/list/?{terms}&year=2024"),
        "one category": (f"/?category={category}", f"/list/?category={category}"),
        "search, common word": ("/?q=tariff", "/list/?q=tariff"),
        "search, rare word": ("/?q=gallium", "/list/?q=gallium"),
        "last page": ("/?page=2025-12", "/list/?after=2025-12-01"),
        "entry": (f"/entries/{slug}/", f"/entry/{slug}/"),
        "feed": ("/feed.atom", "/feed/"),
        "filtered feed": (f"/feed.atom?{terms}", f"/feed/?{terms}"),
        "not modified": ("/", "/304/"),
    }


def measure(
    product: Server,
    floor: Server,
    paths: dict[str, tuple[str, str]],
    connection: psycopg.Connection,
    rounds: int,
    requests: int,
) -> Any:
    """Each page and its floor in turns, round after round: A B A B, then B A B A."""
    pairs: dict[str, tuple[Target, Target]] = {}
    for name, (ours, theirs) in paths.items():
        pair = Target(product, ours), Target(floor, theirs)
        if name == "not modified":
            pair[0].revalidate()
            pair[1].status = 304
        pairs[name] = pair
        for target in pair:
            for _ in range(WARM_UP):
                target.ask()
    for server in (product, floor):
        server.backends = backends(connection, server.name)
    for number in range(rounds):
        print(f"Round {number + 1} of {rounds}", end="\r", flush=True)
        for pair in pairs.values():
            for target in pair if number % 2 == 0 else reversed(pair):
                target.round(requests)
    results = {}
    for name, (ours, theirs) in pairs.items():
        ratios = sorted(a / b for a, b in zip(ours.medians, theirs.medians, strict=True))
        results[name] = {
            "product": ours.figures(),
            "floor": theirs.figures(),
            "ratio": round(statistics.median(ratios), 2),
            "ratio_range": [round(ratios[0], 2), round(ratios[-1], 2)],
        }
    return results


def show(results: dict[str, Any]) -> None:
    def cpu(figures: dict[str, Any]) -> str:
        return f"{figures['cpu_ms'] or 0:5.1f} {figures['database_cpu_ms'] or 0:5.1f}"

    print(
        f"{'':20} {'product: ms':21} {'cpu':5} {'db':>5} {'bytes':>9}   {'floor: ms':13} {'cpu':>5} {'db':>5}   ratio"
    )
    for name, row in results.items():
        ours, theirs = row["product"], row["floor"]
        low, high = row["ratio_range"]
        print(
            f"{name:20} {ours['median_ms']:6.1f} (best {ours['min_ms']:5.1f})  {cpu(ours)} {ours['bytes']:9,}"
            f"   {theirs['median_ms']:5.1f} ({theirs['min_ms']:4.1f}) {cpu(theirs)}"
            f"   {row['ratio']:5.2f} ({low:.2f} to {high:.2f})"
        )


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
        "STATIC_ROOT": str(database.ROOT / "var/bench-static"),
        "LOG_LEVEL": "WARNING",
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0])
    parser.add_argument("number", nargs="?", type=int, default=10_000, help="generated entries (default: 10,000)")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--requests", type=int, default=10, help="requests of each page in a round")
    parser.add_argument("--keep", action="store_true", help="use the database although the code has changed")
    parser.add_argument("--cold", action="store_true", help="let the product keep no rendered parts of pages")
    parser.add_argument("--only", help="measure only pages with this word in their name")
    options = parser.parse_args()

    url = database.address(options.number)
    port = free_port()
    environment = production("product", port, url)
    if options.cold:
        environment["DJANGO_SETTINGS_MODULE"] = "bench.cold"
    database.ready(options.number, environment, keep=options.keep)
    database.manage(["collectstatic", "--no-input", "--verbosity", "0"], environment)
    with ExitStack() as stack:
        connection = stack.enter_context(psycopg.connect(url, autocommit=True))
        paths = pages(connection, options.number)
        if options.only:
            paths = {name: pair for name, pair in paths.items() if options.only in name}
        product = stack.enter_context(serving("product", "config.wsgi", port, environment))
        environment = production("floor", port, url)
        floor = stack.enter_context(serving("floor", "bench.floor:serve()", free_port(), environment))
        results = measure(product, floor, paths, connection, options.rounds, options.requests)
    show(results)
    file = database.ROOT / f"var/bench-{options.number}{'-cold' if options.cold else ''}.json"
    about = {
        "entries": options.number,
        "rounds": options.rounds,
        "requests": options.requests,
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": os.getloadavg(),
    }
    file.write_text(json.dumps({**about, "pages": results}, indent=1) + "\n")
    print(f"\nWritten to {file.relative_to(database.ROOT)}. The ratio is that of a round's medians; judge by it.")


if __name__ == "__main__":
    main()

"""An address on a server, asked again and again in turns with others, and what that took."""

import re
import shutil
import statistics
import subprocess
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench.servers import Server

WARM_UP = 6
BROWSER = {"Accept-Encoding": "gzip"}
"""nginx here knows no Brotli: what is compared is compressed alike."""


@dataclass
class Target:
    """One address on one server, and what was measured there; times in milliseconds."""

    server: Server
    path: str
    headers: dict[str, str] = field(default_factory=lambda: dict(BROWSER))
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

    def warm_up(self) -> None:
        for _ in range(WARM_UP):
            self.ask()

    def revalidate(self) -> None:
        """From now on send the entity tag of the page, so that it is answered with 304."""
        _took, response, _body = self.server.get(self.path, self.headers)
        if etag := response.headers["ETag"]:
            self.headers = {**self.headers, "If-None-Match": etag}
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

    def per(self, other: "Target") -> float:
        """How many times as long this took as ``other``: the median of the rounds."""
        return statistics.median(a / b for a, b in zip(self.medians, other.medians, strict=True))

    def figures(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "bytes": self.bytes,
            "median_ms": round(statistics.median(self.times), 2),
            "min_ms": round(min(self.times), 2),
            "rounds_ms": [round(one, 2) for one in self.medians],
            "cpu_ms": round(statistics.mean(self.cpu), 2) if self.cpu else None,
            "database_cpu_ms": round(statistics.mean(self.database_cpu), 2) if self.cpu else None,
        }


Row = dict[str, Target]
"""A page, on each of the servers by their names."""


def measure(rows: dict[str, Row], rounds: int, requests: int) -> None:
    """Each page on its servers in turns, round after round: A B C, then C B A."""
    for row in rows.values():
        for target in row.values():
            target.warm_up()
    for number in range(rounds):
        print(f"Round {number + 1} of {rounds}", end="\r", flush=True)
        for row in rows.values():
            targets = list(row.values())
            for target in targets if number % 2 == 0 else reversed(targets):
                target.round(requests)


PICK = """
SELECT
    (SELECT document->'category'->>'slug' FROM timeline_publishedentry GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1),
    (SELECT c->>'top' FROM timeline_publishedentry, jsonb_array_elements(document->'commodities') c
     GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1),
    (SELECT slug FROM timeline_publishedentry ORDER BY sort_date, entry_id OFFSET %s LIMIT 1)
"""


def pages(connection: psycopg.Connection, number: int) -> dict[str, tuple[str, str]]:
    """What is measured: ``{name: (path of the product, path of the floor)}``."""
    row = connection.execute(PICK, [number // 2]).fetchone()
    assert row  # noqa: S101 - the database is filled
    category, commodity, slug = row
    terms = f"category={category}&commodity={commodity}"
    return {
        "chronology": ("/", "/list/"),
        "filtered list": (f"/?{terms}&from=2024&to=2024", f"/list/?{terms}&year=2024"),
        "filter with a word": (
            f"/?{terms}&from=2024&to=2024&q=automobile",
            f"/list/?{terms}&year=2024&q=automobile",
        ),
        "one category": (f"/?category={category}", f"/list/?category={category}"),
        "search, common word": ("/?q=tariff", "/list/?q=tariff"),
        "search, rare word": ("/?q=gallium", "/list/?q=gallium"),
        "last page": ("/?page=2025-12", "/list/?after=2025-12-01"),
        "entry": (f"/entries/{slug}/", f"/entry/{slug}/"),
        "feed": ("/feed.atom", "/feed/"),
        "filtered feed": (f"/feed.atom?{terms}", f"/feed/?{terms}"),
        "not modified": ("/", "/304/"),
    }


def requests_a_second(target: Target, clients: int = 8, seconds: int = 4) -> float | None:
    """As many as ``clients`` at once get of a page that all of them have open; None without `wrk`."""
    if not shutil.which("wrk"):
        return None
    headers = [word for name, value in target.headers.items() for word in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", *headers]
    said = subprocess.run(
        [*command, f"http://127.0.0.1:{target.server.port}{target.path}"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if not found or "Non-2xx" in said:
        raise SystemExit(f"{target.server.name} {target.path} was not answered well under load:\n{said}")
    return float(found[1])

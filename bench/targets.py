"""What we aim at, as ratios within one run: what must be, what we would like, and what was measured."""

import gzip
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from bench.measuring import BROWSER, Row, Target, requests_a_second

Rows = dict[str, Row]


@dataclass(frozen=True)
class Aim:
    """A number, what it must be at most (or at least, where ``more`` is better), and what we aim at.

    ``measured`` takes what it needs from the rows; a KeyError says that it was not measured in this run.
    """

    name: str
    must: float
    aim: float
    measured: Callable[[Rows], float | None]
    more: bool = False

    def is_met(self, number: float, bound: float) -> bool:
        return number >= bound if self.more else number <= bound


def _per(page: str, ours: str, theirs: str) -> Callable[[Rows], float]:
    return lambda rows: rows[page][ours].per(rows[page][theirs])


def _throughput(rows: Rows) -> float | None:
    """Requests a second of 8 clients, beside the older build's, in three turns."""
    ours, theirs = rows["chronology"]["kept"], rows["chronology"]["before-kept"]
    found = [(requests_a_second(ours), requests_a_second(theirs)) for _ in range(3)]
    ratios = [a / b for a, b in found if a and b]
    return statistics.median(ratios) if ratios else None


def _decoded(rows: Rows) -> float:
    """Kilobytes of the list as a browser reads it."""
    page: Target = rows["chronology"]["made"]
    _took, response, body = page.server.get(page.path, BROWSER)
    return len(gzip.decompress(body) if response.headers["Content-Encoding"] == "gzip" else body) / 1000


AIMS = [
    Aim("kept page ÷ nginx with the same bytes", 8, 4, _per("chronology", "kept", "nginx")),
    Aim("kept page through our nginx ÷ nginx", 1.5, 1.1, _per("chronology", "shipped", "nginx")),
    Aim("kept page, requests a second ÷ before", 10, 25, _throughput, more=True),
    Aim("list never seen ÷ before", 0.45, 0.30, _per("chronology", "made", "before-made")),
    Aim("filter with a word, never seen ÷ before", 0.30, 0.20, _per("filter with a word", "made", "before-kept")),
    Aim("entry never seen ÷ before", 0.6, 0.4, _per("entry", "made", "before-kept")),
    Aim("feed never seen ÷ before", 0.4, 0.25, _per("feed", "made", "before-made")),
    Aim("304 ÷ floor's 304", 1.6, 1.3, _per("not modified", "kept", "floor")),
    Aim("HTML of the list, decoded, KB", 80, 60, _decoded),
]
"""The filter with a word is meant for 100,000 entries, the others for any number."""

MEMORY = Aim("memory of a worker, MB", 95, 80, lambda _rows: None)


def measured(rows: Rows, memory: float | None) -> dict[str, dict[str, float | None]]:
    """``{name: {"is": …, "must": …, "aim": …}}`` of what this run could measure."""
    found: dict[str, dict[str, float | None]] = {}
    for aim in [*AIMS, MEMORY]:
        try:
            number = memory if aim is MEMORY else aim.measured(rows)
        except KeyError:
            continue
        if number is not None:
            found[aim.name] = {"is": round(number, 2), "must": aim.must, "aim": aim.aim}
    return found


def show(found: dict[str, dict[str, float | None]]) -> None:
    print(f"\n{'':42} {'is':>8} {'must':>8} {'aim':>8}")
    for aim in [*AIMS, MEMORY]:
        if aim.name in found:
            number = found[aim.name]["is"] or 0.0
            said = "aim" if aim.is_met(number, aim.aim) else "met" if aim.is_met(number, aim.must) else "NOT MET"
            print(f"{aim.name:42} {number:8.2f} {aim.must:8} {aim.aim:8}   {said}")

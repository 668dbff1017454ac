"""Readers: they ask for pages, a feed and data, each over a connection of its own, and note what must not be."""

import http.client
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

COUNTER = re.compile(rb"Counter (\d+)")


@dataclass
class Notes:
    """What readers noticed: when which answers came, and how often somebody was shown an earlier edition than before.

    A step back may be of one address or, more strictly, of any of what one reader has seen.
    """

    answers: list[tuple[float, int]] = field(default_factory=list)
    steps_back: int = 0
    steps_back_of_an_address: int = 0
    newest: int = 0
    copies: int = 0
    """Answers that were kept for a stop of the database."""

    def between(self, start: float, end: float) -> list[tuple[float, int]]:
        return [one for one in self.answers if start <= one[0] < end]


class Reader(threading.Thread):
    """One reader, with a ``pause`` in seconds between two questions, until ``stopping``."""

    def __init__(self, port: int, addresses: list[str], notes: Notes, stopping: threading.Event, pause: float) -> None:
        super().__init__(daemon=True)
        self.port, self.addresses, self.notes, self.stopping = port, addresses, notes, stopping
        self.pause = pause
        self.seen: Counter[str] = Counter()
        self.highest = 0
        self.link: http.client.HTTPConnection | None = None

    def run(self) -> None:
        while not self.stopping.wait(self.pause):
            address = random.choice(self.addresses)  # noqa: S311
            began = time.monotonic()
            try:
                status, body = self.ask(address)
            except (OSError, http.client.HTTPException):
                status, body = 0, b""
                self.link = None
            self.notes.answers.append((began, status))
            if status == 200:
                self.look(address, body)

    def ask(self, address: str) -> tuple[int, bytes]:
        if self.link is None:
            self.link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        self.link.request("GET", address)
        response = self.link.getresponse()
        self.notes.copies += "hit; detail=database" in response.headers.get("Cache-Status", "")
        return response.status, response.read()

    def look(self, address: str, body: bytes) -> None:
        if not (found := COUNTER.findall(body)):
            return  # nothing was published yet
        number = max(map(int, found))
        self.notes.newest = max(self.notes.newest, number)
        self.notes.steps_back += number < self.highest
        self.notes.steps_back_of_an_address += number < self.seen[address]
        self.highest, self.seen[address] = max(self.highest, number), max(self.seen[address], number)

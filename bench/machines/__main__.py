"""Starts a primary, two replicas and three web processes, and kills each in turn under load.

python -m bench.machines [--seconds 8] [--readers 6] [--pause 0.05] [--outage 15] [--entries 300]

Prints for each: answers, errors, how long there were any, and steps back in time. Nothing is left behind.
"""

import argparse
import http.client
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench.database import ROOT, manage
from bench.machines import databases, services
from bench.machines.databases import Database
from bench.machines.readers import Notes, Reader

SLUG_OF_ONE = "SELECT slug FROM timeline_publishedentry ORDER BY entry_id LIMIT 1"


class Stage:
    """All that runs, and who reads."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.options, self.folder = options, folder
        home = databases.home_for(folder)
        self.databases = [Database(home, name) for name in ("one", "two", "three")]
        self.primary, *self.replicas = self.databases
        self.notes, self.stopping = Notes(), threading.Event()
        self.published: list[tuple[float, int]] = []
        self.started: list[services.Process] = []

    def start(self) -> None:
        self.primary.make()
        self.primary.start(self.databases)
        self.environment = self.settings()
        for words in (["migrate"], ["load_chronology"], ["generate_entries", str(self.options.entries), "--force"]):
            manage([*words, "--verbosity", "0"], self.environment | {"DATABASE_URL": self.primary.url})
        for replica in self.replicas:
            replica.make(replica_of=self.primary)
            replica.start(self.databases)
        self.primary.ask(databases.ONE_OF_THEM)
        self.primary.ask("SELECT pg_reload_conf()")
        self.slug = self.primary.ask(SLUG_OF_ONE)
        manage(["collectstatic", "--noinput", "--verbosity", "0"], self.environment)
        self.webs = [services.web(f"web-{number}", self.folder, self.environment) for number in (1, 2, 3)]
        self.proxy = services.proxy(self.folder, self.webs)
        for one in [*self.webs, *([self.proxy] if self.proxy else [])]:
            self.begin(one)
        threading.Thread(target=self.edit, daemon=True).start()
        port = (self.proxy or self.webs[0]).port
        entry = f"/entries/{self.slug}/"
        addresses = [entry, f"{entry}history/", f"{entry}embed/", f"{entry}cite.bib", f"/api/v1{entry[:-1]}"]
        for _ in range(self.options.readers):
            Reader(port, addresses, self.notes, self.stopping, self.options.pause).start()

    def begin(self, one: services.Process) -> None:
        self.started.append(one)
        one.start()

    def settings(self) -> dict[str, str]:
        """The environment of each web machine: several databases by settings alone."""
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in self.databases)
        self.valkey, self.objects = services.valkey(self.folder), services.object_store(self.folder)
        for name, one in (("valkey-server", self.valkey), ("moto, by MOTO_PYTHON,", self.objects)):
            if one:
                self.begin(one)
            else:
                print(f"Without {name}, which is not installed: what it does is left out.")
        shared = {"CACHE_URL": f"valkey://127.0.0.1:{self.valkey.port}/0"} if self.valkey else {}
        if self.objects:
            shared["STORAGE_URL"] = f"s3://key:secret@127.0.0.1:{self.objects.port}/nenpyo?region=us-east-1&tls=false"
        return (
            os.environ
            | shared
            | {
                "NENPYO_ENV": "production",
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "SECRET_KEY": secrets.token_urlsafe(50),
                "BASE_URL": "http://127.0.0.1",
                "NENPYO_TAG_AUTHORITY": "bench.example,2026",
                "MAIL_URL": "none:",
                "SSL_REDIRECT": "false",
                "LOG_LEVEL": "WARNING",
                "PROXY_COUNT": "1",
                "DATABASE_URL": f"postgresql://postgres@{hosts}/postgres",
                "DATABASE_REPLICA_URLS": " ".join(one.url for one in self.databases),
                "STATIC_ROOT": str(self.folder / "static"),
                "MEDIA_ROOT": str(self.folder / "media"),
            }
        )

    def edit(self) -> None:
        """Note what the editor says has been published."""
        command = [sys.executable, "-m", "bench.machines.editor", self.slug]
        log = (self.folder / "editor.log").open("ab")
        self.editor = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
        for line in self.editor.stdout or ():
            self.published.append((time.monotonic(), int(line)))

    def end(self) -> None:
        self.stopping.set()
        if hasattr(self, "editor"):
            self.editor.kill()
            self.editor.wait()
        for one in [*self.started, *self.databases]:
            one.kill()

    def act(self, name: str, begin: Callable[[], None], end: Callable[[], None] | None = None) -> None:
        """One act: something happens, some seconds pass, it is undone, some seconds pass; then what was noticed."""
        before = replace(self.notes)
        start = time.monotonic()
        begin()
        done = time.monotonic()
        time.sleep(self.options.seconds)
        if end:
            end()
            time.sleep(self.options.seconds / 2)
        self.tell(name, start, done, before)

    def tell(self, name: str, start: float, done: float, before: Notes) -> None:
        seen = self.notes.between(start, time.monotonic())
        errors = [(at, status) for at, status in seen if status not in (200, 304)]
        kinds = ", ".join(f"{count} × {status or 'broken'}" for status, count in Counter(s for _, s in errors).items())
        until = max((at for at, _status in errors), default=start) - start
        first = min((at for at, _number in self.published if at > done), default=None)
        print(
            f"{name:34} {len(seen):6} answers  {len(errors):4} errors {f'({kinds})' if kinds else '':24} "
            f"last after {until:5.2f} s  published again after {f'{first - start:.2f} s' if first else 'never':8} "
            f"copies {self.notes.copies - before.copies}  steps back {self.notes.steps_back - before.steps_back}, "
            f"of an address {self.notes.steps_back_of_an_address - before.steps_back_of_an_address}",
            flush=True,
        )

    def play(self) -> None:
        while not (self.published and self.notes.newest):
            time.sleep(0.1)
        self.act("all is well", lambda: None)
        for web in self.webs[:1]:
            self.act("a web process is killed", web.kill, web.start)
        for replica in self.replicas:
            self.act(f"replica {replica.name} is killed", replica.kill, lambda one=replica: one.start(self.databases))
        lagging = self.replicas[0]
        self.act(
            "a replica lags",
            lambda: lagging.ask("SELECT pg_wal_replay_pause()"),
            lambda: lagging.ask("SELECT pg_wal_replay_resume()"),
        )
        if self.valkey:
            self.act("Valkey is killed", self.valkey.kill, self.valkey.start)
        if self.objects:
            self.lose_the_objects(self.objects)
        self.lose_the_primary()

    def lose_the_objects(self, store: services.Process) -> None:
        """One machine has built a dataset; the second brings it before the store goes, the third asks too late."""
        _built, second, third = self.webs
        self.build_dataset(store)
        said = [f"brought {self.dataset_from(second)}"]

        def go() -> None:
            store.kill()
            said.append(f"away: {self.dataset_from(second)} where it is, {self.dataset_from(third)} elsewhere")

        def come_back() -> None:
            store.start()
            self.build_dataset(store)  # what the store of the benchmark lost is sent anew
            said.append(f"back: {self.dataset_from(third)}")

        self.act("the object store is killed", go, come_back)
        print(f"{'':34} datasets: {', '.join(said)}", flush=True)

    def build_dataset(self, store: services.Process) -> None:
        link = http.client.HTTPConnection("127.0.0.1", store.port, timeout=10)
        link.request("PUT", "/nenpyo")
        link.getresponse().read()
        manage(["build_dataset"], self.environment | self.webs[0].environment)

    def dataset_from(self, web: services.Process) -> int:
        link = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
        version = self.primary.ask("SELECT max(version) FROM timeline_dataset")
        link.request("GET", f"/dataset/{version}.zip")
        answer = link.getresponse()
        answer.read()
        return answer.status

    def lose_the_primary(self) -> None:
        def go() -> None:
            self.primary.kill()
            time.sleep(self.options.outage)

        old = self.primary
        self.act(f"the primary is away ({self.options.outage} s)", go)
        self.primary = databases.most_advanced(self.replicas)
        self.act("a replica is promoted", lambda: self.primary.ask("SELECT pg_promote()"))

        def return_as_replica() -> None:
            old.make(replica_of=self.primary)
            old.start(self.databases)

        self.act("the old primary is a replica now", return_as_replica)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.machines", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=8, help="how long each act lasts")
    parser.add_argument("--outage", type=float, default=15, help="for how many seconds there is no primary")
    parser.add_argument("--readers", type=int, default=6)
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between two questions of a reader")
    parser.add_argument("--entries", type=int, default=300)
    parser.add_argument("--logs", type=Path, help="a folder for the logs of all processes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nenpyo-machines-") as folder:
        stage = Stage(Path(folder), options)
        try:
            stage.start()
            stage.play()
        finally:
            stage.end()
            if options.logs:
                options.logs.mkdir(exist_ok=True)
                for log in Path(folder).rglob("*.log"):
                    shutil.copy(log, options.logs)


if __name__ == "__main__":
    main()

"""A database of the benchmark's own, filled with generated entries."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from bench import floor
from config.postgres import server

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("migrations", "content", "generated", "models", "public", "search", "edition")
SHAPES = [*(f"timeline/{room}/*.py" for room in ROOMS), "bench/floor.py"]
"""What decides what is in the database: when any of it changes, the database is made anew."""


def address(number: int) -> str:
    """The URL of the database for ``number`` entries, on DATABASE_URL's server or our own."""
    name = f"nenpyo_bench_{number}"
    if url := os.environ.get("DATABASE_URL"):
        return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    home = Path(os.environ.get("NENPYO_PG_HOME") or server.usable_home(ROOT / "var/postgres"))
    server.use(home)  # it lives as long as this process
    return f"postgresql://postgres@/{name}?host={quote(str(server.socket_folder(home)), safe='')}"


def ready(number: int, environment: dict[str, str], *, keep: bool) -> None:
    """Make and fill the database, unless that is done; ``keep``: also use one that older code filled."""
    url = environment["DATABASE_URL"]
    name = urlsplit(url).path[1:]
    mark = _mark(number)
    with psycopg.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True) as connection:
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if found == (mark,) or (found and found[0] and keep):
            return
        print(f"Filling {name} with {number:,} entries", flush=True)
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
        for command in (["migrate"], ["load_chronology"], ["generate_entries", str(number), "--force"]):
            verbosity = "1" if command[0] == "generate_entries" else "0"
            manage([*command, "--verbosity", verbosity], environment)
        with psycopg.connect(url) as filled:
            floor.prepare(filled)
        with psycopg.connect(url, autocommit=True) as filled:
            filled.execute("VACUUM ANALYZE")
        connection.execute(f"COMMENT ON DATABASE \"{name}\" IS '{mark}'")


def manage(words: list[str], environment: dict[str, str]) -> None:
    """A management command, in the environment of the server that is measured."""
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)


def _mark(number: int) -> str:
    digest = hashlib.sha256(str(number).encode())
    for pattern in SHAPES:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(file.read_bytes())
    return f"bench {digest.hexdigest()[:32]}"

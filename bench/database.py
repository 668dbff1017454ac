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


def address(name: str) -> str:
    """The URL of a database, on DATABASE_URL's server or our own."""
    if url := os.environ.get("DATABASE_URL"):
        return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    home = Path(os.environ.get("NENPYO_PG_HOME") or server.usable_home(ROOT / "var/postgres"))
    server.use(home)  # it lives as long as this process
    return f"postgresql://postgres@/{name}?host={quote(str(server.socket_folder(home)), safe='')}"


def ready(number: int, environment: dict[str, str], *, keep: bool, root: Path = ROOT) -> None:
    """Make the database by the code in ``root``, with the chronology and generated entries, unless that is done.

    ``keep``: also use one that older code filled; then only what has changed in its tables is changed.
    """
    url = environment["DATABASE_URL"]
    name = urlsplit(url).path[1:]
    mark = _mark(number, root)
    with psycopg.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True) as connection:
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if found == (mark,) or (found and found[0] and keep):
            manage(["migrate", "--verbosity", "0"], environment, root)
            return
        print(f"Filling {name} with {number:,} generated entries", flush=True)
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
        generate = [["generate_entries", str(number), "--force"]] if number else []
        for command in (["migrate"], ["load_chronology"], *generate):
            verbosity = "1" if command[0] == "generate_entries" else "0"
            manage([*command, "--verbosity", verbosity], environment, root)
        if number:
            with psycopg.connect(url) as filled:
                floor.prepare(filled)
        with psycopg.connect(url, autocommit=True) as filled:
            filled.execute("VACUUM ANALYZE")
        connection.execute(f"COMMENT ON DATABASE \"{name}\" IS '{mark}'")


def manage(words: list[str], environment: dict[str, str], root: Path = ROOT) -> None:
    """A management command, in the environment of the server that is measured."""
    subprocess.run([sys.executable, "manage.py", *words], cwd=root, env=environment, check=True)


def _mark(number: int, root: Path) -> str:
    digest = hashlib.sha256(str(number).encode())
    for pattern in SHAPES:
        for file in sorted(root.glob(pattern)):
            digest.update(file.read_bytes())
    return f"bench {digest.hexdigest()[:32]}"

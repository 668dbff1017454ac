"""`make run` ends here: everything made ready, then the site and its services, as a deployment runs them."""

import ctypes
import fcntl
import hashlib
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import StringIO
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from watchfiles import PythonFilter, watch

from config import env
from config.postgres import server
from timeline import edition
from timeline.models import PublishedEntry

from .load_chronology import CONFLICTS

PACK = settings.BASE_DIR / "timeline" / "content" / "pack"
PASSWORD_FILE = settings.VAR_DIR / "demo-password"
LOCK_FILE = settings.VAR_DIR / "develop.lock"
ACCOUNTS = {"editor": "Editors", "moderator": "Moderators", "translator": "Translators", "administrator": None}
SERVICES = [
    ["publish_scheduled", "--every", "30"],
    ["build_dataset", "--every", "60"],
    ["send_letters", "--every", "10"],
]
WATCHED = [settings.BASE_DIR / name for name in ("config", "locale", "templates", "timeline")]
CODE = PythonFilter(extra_extensions=[".html", ".txt", ".mo"])
CODE_IS_BROKEN = {3, 4}  # how gunicorn ends when it cannot load us: WORKER_BOOT_ERROR, APP_LOAD_ERROR


class Command(BaseCommand):
    """Prepare the database, the content and the demo accounts; serve; stop all of it."""

    help = "Run Nenpyo on this machine for development, with its content and demo accounts."
    requires_system_checks = ()  # the services check anyway

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("This is for development only: set NENPYO_ENV=development.")
        for number in (signal.SIGTERM, signal.SIGHUP):  # killed, terminal closed: as Ctrl-C
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
                signal.signal(number, signal.default_int_handler)
        with only_one():
            refuse_used_port()
            try:
                self.prepare()
                self.serve()
            except KeyboardInterrupt:
                self.say("\nStopping")
            finally:
                connection.close()
                if embedded() and not server.leave(settings.PG_HOME):
                    self.say("The database goes on: another process uses it.")

    def prepare(self) -> None:
        """Translations, database, tables, content, accounts; each only as far as it is missing."""
        call_command("compilemessages", verbosity=0)
        self.migrate()
        self.load()
        if PublishedEntry.objects.outdated().exists():
            with self.step("Building the public documents anew"):
                edition.refresh_outdated()
        with self.step("Checking the demo accounts"):
            self.password = ensure_accounts()
        connection.close()

    def migrate(self) -> None:
        """A running database with all tables."""
        with self.step("Starting the database" + (f" in {settings.PG_HOME}" if embedded() else "")):
            connection.ensure_connection()
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            with self.step(f"Making the tables ({len(plan)} migrations)"):
                call_command("migrate", verbosity=0, interactive=False)

    def load(self) -> None:
        """Load the content when it is not the one that was loaded last.

        The mark of the last load is a comment on the database itself, so it
        comes and goes with the data.
        """
        pack = hashlib.sha256()
        for file in sorted(PACK.rglob("*.json")):
            pack.update(file.relative_to(PACK).as_posix().encode() + b"\0" + file.read_bytes())
        mark = f"content {pack.hexdigest()}"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
                " WHERE datname = current_database()"
            )
            name, last = cursor.fetchone()
            if last == mark:
                return
            with self.step("Loading the chronology"):
                logging.disable(logging.INFO)  # a line for each revision
                report = StringIO()
                try:
                    call_command("load_chronology", stdout=report, stderr=self.stderr)
                except CommandError as error:
                    if error.returncode != CONFLICTS:
                        raise
                    self.stderr.write(str(error))  # what stands was kept, and the site can start
                logging.disable(logging.NOTSET)
            self.say("  " + ", ".join(report.getvalue().splitlines()))
            cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{mark}'")

    def serve(self) -> None:
        """Run the site and the services of a deployment until we are stopped.

        When code or a template changes, gunicorn replaces its worker behind the open port, so
        that a browser waits instead of being refused, and the services start anew.
        """
        self.say("Starting the site")
        services: list[subprocess.Popen[bytes]] = []
        site: subprocess.Popen[bytes] | None = start(*gunicorn())
        try:
            services = start_services()
            threading.Thread(target=self.announce, daemon=True).start()
            for changed in changes():
                if changed:
                    if site and site.poll() is None:
                        site.send_signal(signal.SIGHUP)
                    else:
                        site = start(*gunicorn())
                    stop(*services)
                    services = start_services()
                elif site and site.poll() is not None:
                    if site.returncode not in CODE_IS_BROKEN:
                        raise CommandError("The server has stopped; what it said is above.")
                    self.say("The site starts again when the code changes.")
                    site = None
        finally:
            stop(*services, *([site] if site else []))

    def announce(self) -> None:
        """Once the first page is there, say where."""
        address = f"http://127.0.0.1:{settings.PORT}/"
        while not answers(address):
            time.sleep(0.1)
        self.say(
            f"""
  The chronology   {address}
  The editors      {address}{settings.ADMIN_PATH}
  Sign in as       {", ".join(ACCOUNTS)}
  Password         {self.password}

Ctrl-C stops everything."""
        )

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """A line for a piece of work, with the seconds counting where a person watches."""
        done, start = threading.Event(), time.monotonic()
        lively = self.stdout.isatty()

        def count() -> None:
            while not done.wait(1):
                self.stdout.write(f"\r{text}: {time.monotonic() - start:.0f} s", ending="")
                self.stdout.flush()

        self.stdout.write(text, ending="" if lively else "\n")
        self.stdout.flush()
        counting = threading.Thread(target=count, daemon=True)
        if lively:
            counting.start()
        try:
            yield
        finally:
            done.set()
            if lively:
                counting.join()
                self.say("")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def embedded() -> bool:
    """Whether the database is the one we start ourselves."""
    return "EMBEDDED" in settings.DATABASES["default"]


def gunicorn() -> list[str]:
    """The command of the site: the server of a deployment, for this machine alone, with a line for each request."""
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{settings.PORT}"]
    lines = ["--access-logfile", "-", "--access-logformat", '%(t)s "%(r)s" %(s)s %(b)s']
    return [*command, "--log-level", "warning", *lines]


def changes() -> Iterator[bool]:
    """Whether code or a template has changed, about once a second."""
    watched = partial(watch, *WATCHED, watch_filter=CODE, step=200, rust_timeout=1000, yield_on_timeout=True)
    try:
        yield from map(bool, watched())
    except (OSError, RuntimeError):  # others have all that the kernel allows to one user: the files are asked
        yield from map(bool, watched(force_polling=True, poll_delay_ms=1000))


def start_services() -> list[subprocess.Popen[bytes]]:
    """The services of a deployment, which let the site start first."""
    return [start("nice", sys.executable, "manage.py", *service) for service in SERVICES]


def start(*command: str) -> subprocess.Popen[bytes]:
    """A process that ends with us."""
    return subprocess.Popen(command, cwd=settings.BASE_DIR, preexec_fn=die_with(os.getpid()))


def stop(*processes: subprocess.Popen[bytes]) -> None:
    """Tell all to end, then wait for each."""
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait()


def die_with(parent: int) -> Callable[[], None]:
    """What a child runs before its program, so that `kill -9` of its parent ends it too."""
    libc = ctypes.CDLL(None)

    def ask_the_kernel() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # from us it means new code, also before gunicorn listens to it
        if sys.platform == "linux":
            libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
            if os.getppid() != parent:
                os._exit(1)

    return ask_the_kernel


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the folder: two of us would migrate and load side by side."""
    with LOCK_FILE.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            address, process = lock.read().split()
            raise CommandError(
                f"Nenpyo already runs from this folder: {address}\n"
                f"To stop it, press Ctrl-C where it runs, or: kill {process}"
            ) from None
        lock.truncate(0)
        lock.write(f"http://127.0.0.1:{settings.PORT}/ {os.getpid()}")
        lock.flush()
        yield


def refuse_used_port() -> None:
    """Say it before minutes of work, not after."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Port {settings.PORT} cannot be used: {error.strerror}.\n"
                f"Another one can: PORT={settings.PORT + 1} make run"
            ) from error


def ensure_accounts() -> str:
    """The demo accounts with one password, which DEMO_PASSWORD sets; returns the password."""
    known = PASSWORD_FILE.read_text() if PASSWORD_FILE.exists() else ""
    password = env.text("DEMO_PASSWORD", known or secrets.token_urlsafe(9))
    User = get_user_model()  # noqa: N806 (a class)
    for name, group in ACCOUNTS.items():
        user, created = User.objects.get_or_create(
            username=name,
            defaults={"email": f"{name}@localhost", "is_superuser": group is None},
        )
        if created or password != known:
            user.set_password(password)
            user.save()
        if created and group:
            user.groups.add(Group.objects.get(name=group))
    if password != known:
        PASSWORD_FILE.touch(0o600)
        PASSWORD_FILE.write_text(password)
    return password


def answers(address: str) -> bool:
    """Whether the server gives any answer at all."""
    try:
        urllib.request.urlopen(address, timeout=30).close()  # noqa: S310 (our own address)
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True

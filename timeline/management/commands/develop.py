"""`make run` ends here: everything made ready, then Django's development server."""

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
from io import StringIO
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from config import env
from config.postgres import server

PACK = settings.BASE_DIR / "timeline" / "content" / "pack"
PASSWORD_FILE = settings.VAR_DIR / "demo-password"
LOCK_FILE = settings.VAR_DIR / "develop.lock"
ACCOUNTS = {"editor": "Editors", "moderator": "Moderators", "administrator": None}
SERVICES = [["publish_scheduled", "--every", "30"], ["build_dataset", "--every", "60"]]
CODE_CHANGED = 3  # how Django's server ends when it wants to be started anew


class Command(BaseCommand):
    """Prepare the database, the content and the demo accounts; serve; stop all of it."""

    help = "Run Nenpyo on this machine for development, with its content and demo accounts."
    requires_system_checks = ()  # the server checks anyway

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("This is for development only: set NENPYO_ENV=development.")
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
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
        for file in sorted(PACK.glob("*.json")):
            pack.update(file.name.encode() + b"\0" + file.read_bytes())
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
                call_command("load_chronology", stdout=report, stderr=self.stderr)
                logging.disable(logging.NOTSET)
            self.say("  " + ", ".join(report.getvalue().splitlines()))
            cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{mark}'")

    def serve(self) -> None:
        """Run Django's server, anew when code has changed, until it or we are stopped.

        Beside it run the services of a deployment.

        This is the loop of Django's autoreloader; a second process for it
        would only cost time.
        """
        self.say("Starting the site")
        command = [sys.executable, "manage.py", "runserver", f"127.0.0.1:{settings.PORT}"]
        environment = os.environ | {DJANGO_AUTORELOAD_ENV: "true"}
        environment["DJANGO_RUNSERVER_HIDE_WARNING"] = "true"
        services = [[sys.executable, "manage.py", *service] for service in SERVICES]
        announcing = threading.Thread(target=self.announce, daemon=True)
        while True:
            process, *others = (
                subprocess.Popen(each, env=environment, cwd=settings.BASE_DIR, preexec_fn=die_with(os.getpid()))
                for each in (command, *services)
            )
            if not announcing.ident:
                announcing.start()
            try:
                code = process.wait()
            finally:
                for child in (process, *others):
                    child.terminate()
                for child in (process, *others):
                    child.wait()
            if code != CODE_CHANGED:
                raise CommandError("The server has stopped; what it said is above.")

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


def die_with(parent: int) -> Callable[[], None]:
    """What a child runs before its program, so that `kill -9` of its parent ends it too."""
    libc = ctypes.CDLL(None)

    def ask_the_kernel() -> None:
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

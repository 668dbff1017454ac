"""What stands around the databases: web processes, nginx in front, Valkey, an object store."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import nginx
from bench.database import ROOT
from bench.servers import free_port


class Process:
    """Something on a port that may be killed and started again."""

    def __init__(self, name: str, home: Path, command: Callable[[int], list[str]], **environment: str) -> None:
        self.name, self.port, self.environment = name, free_port(), environment
        self.command = command(self.port)
        self.log = (home / f"{name}.log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=os.environ | self.environment, stdout=self.log, stderr=self.log
        )
        for _ in range(600):
            if self.process.poll() is not None:
                sys.exit(f"“{self.name}” did not start: see its log.")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)

    def kill(self) -> None:
        """At once, and what it has started with it."""
        if self.process and self.process.poll() is None:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            self.process.kill()
            for pid in children:
                os.kill(int(pid), 9)
            self.process.wait()


def web(name: str, home: Path, environment: dict[str, str]) -> Process:
    """The site as on a machine of its own: with production settings and folders that nobody shares."""
    folders = {"KEPT_PAGES_DIR": home / f"{name}-kept", "DATASETS_DIR": home / f"{name}-datasets"}
    own = {variable: str(folder) for variable, folder in folders.items()} | {"WEB_CONCURRENCY": "1"}
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--log-level", "warning", "--bind"]
    return Process(name, home, lambda port: [*command, f"127.0.0.1:{port}"], **environment, **own)


def valkey(home: Path) -> Process | None:
    """None where it is not installed."""
    program = shutil.which("valkey-server")
    words = ["--bind", "127.0.0.1", "--save", "", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru", "--port"]
    return Process("valkey", home, lambda port: [program, *words, str(port)]) if program else None


def object_store(home: Path) -> Process | None:
    """moto's server, of ``MOTO_PYTHON`` or our environment; None without it or our `requirements/objects.txt`."""
    python = os.environ.get("MOTO_PYTHON") or (sys.executable if importlib.util.find_spec("moto") else "")
    if not importlib.util.find_spec("storages"):
        python = ""
    command = ["-m", "moto.server", "-H", "127.0.0.1", "-p"]
    return Process("objects", home, lambda port: [python, *command, str(port)]) if python else None


def proxy(home: Path, webs: list[Process]) -> Process | None:
    """nginx as we ship it, with all web processes behind it; None where it is not installed."""
    if not nginx.is_here():
        return None
    file = home / "nginx.conf"

    def command(port: int) -> list[str]:
        # What nginx has of a page for a second is not what is looked at here: `bench.publication` measures that.
        text = nginx.SHIPPED.read_text().replace("proxy_cache nenpyo;", "proxy_cache off;")
        shipped = nginx.adapted(text, str(home), port, *(one.port for one in webs))
        for one in webs:
            shipped = shipped.replace(f"server 127.0.0.1:{one.port};", f"server 127.0.0.1:{one.port} fail_timeout=1s;")
        file.write_text(nginx.FRAME.format(home=home, content=shipped))
        return ["nginx", "-p", str(home), "-c", str(file)]

    return Process("nginx", home, command)

"""nginx beside the product: with bytes of a page that was saved, and with the configuration that we ship in front.

Nothing here runs unless `nginx` is installed; it needs no rights of its own and leaves nothing behind.
"""

import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.database import ROOT
from bench.servers import Server, free_port

SHIPPED = ROOT / "deploy/nginx/nenpyo.conf"

FRAME = """
daemon off; worker_processes 2; pid {home}/pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types; default_type application/octet-stream; access_log off; sendfile on;
    client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
    {content}
}}
"""

SAVED = """
server {{ listen 127.0.0.1:{port}; root {home}/saved; keepalive_requests 100000000;
    location / {{ gzip_static always; default_type text/html; charset utf-8; }} }}
"""


def is_here() -> bool:
    return shutil.which("nginx") is not None


@contextmanager
def serving_saved(pages: dict[str, bytes]) -> Iterator[Server]:
    """nginx with ``{path: bytes in gzip}``, as fast as files can be served."""
    with tempfile.TemporaryDirectory() as home:
        for path, content in pages.items():
            file = Path(home, "saved", f"{path.strip('/')}.gz")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        Path(home, "saved").chmod(0o755)
        port = free_port()
        with _running(home, SAVED.format(port=port, home=home), port) as server:
            yield server


@contextmanager
def serving_shipped(upstream: int, text: str = "") -> Iterator[Server]:
    """nginx with the shipped configuration (or ``text`` like it) in front of ``upstream``, a port of this machine."""
    with tempfile.TemporaryDirectory() as home:
        port = free_port()
        with _running(home, adapted(text or SHIPPED.read_text(), home, port, upstream), port) as server:
            yield server


def adapted(text: str, home: str, port: int, *upstreams: int) -> str:
    """The shipped configuration for this machine: another port, no TLS, ``upstreams`` by their ports."""
    text = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r"\n *listen \[::\]:443[^;]*;", "", text)
    text = re.sub(r"listen 443[^;]*;", f"listen 127.0.0.1:{port};", text)
    text = re.sub(r"\n *ssl_[^;]*;", "", text)
    text = text.replace("chronology.example.org", "127.0.0.1").replace("/var/cache/nginx", f"{home}/cache")
    servers = "".join(f"server 127.0.0.1:{one};" for one in upstreams)
    return re.sub(r"server unix:[^;]*;", servers, text)


@contextmanager
def _running(home: str, content: str, port: int) -> Iterator[Server]:
    Path(home).chmod(0o755)  # its workers may be another user
    configuration = Path(home, "nginx.conf")
    configuration.write_text(FRAME.format(home=home, content=content))
    process = subprocess.Popen(["nginx", "-p", home, "-c", configuration])
    try:
        for _ in range(100):
            if process.poll() is not None:
                raise SystemExit("nginx did not start; what it said is above.")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield Server("nginx", port, process.pid)
    finally:
        process.terminate()
        process.wait()

"""How long the shipped nginx shows what was before, after something was published: python -m bench.publication [N].

A small server stands for the site: its page is its number, with the headers of our pages. The number is counted up at
odd moments, and readers ask nginx all the time; what is measured is for how long any of them still gets an older one.
"""

import argparse
import random
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.database import ROOT
from bench.nginx import serving_shipped

CACHING = re.search(r'^PAGE_CACHING = "(.*)"', (ROOT / "timeline/views/validators.py").read_text(), re.MULTILINE)
MOST = 2.0
"""Seconds."""


class Site(BaseHTTPRequestHandler):
    """Answers with the number of now."""

    protocol_version = "HTTP/1.1"
    number = asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        body = str(self.number).encode()
        tag = f'"{self.number}"'
        is_known = self.headers.get("If-None-Match") == tag
        self.send_response(304 if is_known else 200)
        for name, value in {"Cache-Control": CACHING[1], "ETag": tag, "Vary": "Accept-Encoding"}.items():  # type: ignore[index]
            self.send_header(name, value)
        if not is_known:
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if is_known else body)

    def log_message(self, *_said: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.publication", description=(__doc__ or "").partition(":")[0] + ".")
    parser.add_argument("publications", nargs="?", type=int, default=20, help="how many (default: 20)")
    times = parser.parse_args().publications
    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    late, readings = [], 0
    with serving_shipped(site.server_port) as nginx:
        for number in range(1, times + 1):
            until = time.monotonic() + random.uniform(0.5, 2.5)  # noqa: S311
            while time.monotonic() < until:
                nginx.get("/", {})
                readings += 1
                time.sleep(0.005)
            Site.number, published, last = number, time.monotonic(), 0.0
            while time.monotonic() < published + MOST + 1:
                began = time.monotonic()
                if int(nginx.get("/", {})[2]) < number:
                    last = began - published
                readings += 1
                time.sleep(0.005)
            late.append(last)
    site.shutdown()
    print(f"{times} publications, {readings} readings, {Site.asked} of them asked the site.")
    print(f"The page of before was seen for at most {max(late):.2f} s ({sum(late) / times:.2f} s on average).")
    if max(late) > MOST:
        raise SystemExit(f"That is more than {MOST:.0f} s.")


if __name__ == "__main__":
    main()

"""Files sent whole or in part: ``Range``, ``If-Range`` and what they are answered with (RFC 9110 section 14)."""

import io
import re
from pathlib import Path
from typing import BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)
"""One range of bytes; who asks for several gets the whole, as the section allows."""


def sent(request: HttpRequest, file: Path, *, content_type: str, etag: str, modified: int) -> HttpResponseBase:
    """The file, the part of it that is asked for, 304, 412 or 416.

    ``etag`` is a strong one, with its marks; ``modified`` are seconds. Raises ``FileNotFoundError``.
    """
    size = file.stat().st_size
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None:
        part = _part(request, size, etag)
        first, length = part or (0, size)
        if not length:
            response = HttpResponse(status=416)
            response.headers["Content-Range"] = f"bytes */{size}"
        elif request.method == "HEAD":
            response = HttpResponse(content_type=content_type)
            response.headers["Content-Length"] = str(size)
        else:
            response = FileResponse(Part(file.open("rb"), first, length), content_type=content_type)
            if part:
                response.status_code = 206
                response.headers["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(modified)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _part(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """The first byte that is asked for and how many, none where there are no such bytes; None for all of the file.

    A part of another file than the client has the beginning of would be of no use, and dates do not tell apart
    what changes within a second, so ``If-Range`` must name the entity tag.
    """
    found = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or not found or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = found.groups()
    if first:
        end = min(int(last) + 1 if last else size, size)
        if last and int(last) < int(first):
            return None
        return int(first), max(end - int(first), 0)
    if last:  # so many at the end
        return max(size - int(last), 0), min(int(last), size)
    return None


class Part:
    """A part of a file for whoever reads a file, the server too, which sends it without holding a thread."""

    def __init__(self, file: BinaryIO, first: int, length: int) -> None:
        self.file = file
        self.end = first + length
        self.close = file.close
        self.tell = file.tell
        file.seek(first)

    def read(self, size: int = -1) -> bytes:
        left = self.end - self.tell()
        return self.file.read(left if size < 0 else min(size, left))

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self.file.seek(self.end + offset) if whence == io.SEEK_END else self.file.seek(offset, whence)

"""The whole chronology in each long format, made once for an edition as a file beside its dataset.

Who asks nothing of such a format gets the file, or the part of it that is missing: plain or packed with gzip, each
with an entity tag of its own. Until it is there the answer is made while it is read, as one to a question always is.

What is made here is what the view of the format answers, headers and bytes. Its files are found by the number of the
edition and the code that made them, so those of an edition before are never sent, and they are deleted with it.
"""

import datetime
import functools
import gzip
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import quote_etag

from config.compression import takes
from timeline import replicas
from timeline.formats import FORMATS, Format
from timeline.models import Edition, State
from timeline.public.language import foreign
from timeline.public.site import current_edition
from timeline.views import cdn, cross_origin, formats, validators

from . import ranges, storage

PACKED = ".gz"
HEAD = ".head.json"
"""Ends of the names of what lies beside a plain file: the same packed, and the headers of both."""

LEVEL = 6
"""Of gzip, as answers that are made while they are read have it."""

HEADERS = ("Content-Disposition", "Link")
"""What an answer says of itself beside its type and its tag."""

LONG = [kind for kind in FORMATS if kind.is_long]


def make(edition: Edition, folder: Path) -> list[Path]:
    """Write the files of what is public now, which is this edition, into a folder."""
    made = []
    for kind in LONG:
        request = _question(kind)
        answer = formats.answer(request, kind=kind, edition=edition)
        head: dict[str, Any] = {"since": request.since, "words": request.words, "tag": validators.tag(request)}
        head["about"] = request.about
        head["headers"] = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
        plain = folder / _name(edition, kind)
        files = [plain, _beside(plain, PACKED), _beside(plain, HEAD)]
        with files[0].open("wb") as whole, gzip.open(files[1], "wb", compresslevel=LEVEL) as packed:
            for piece in answer:
                whole.write(piece)
                packed.write(piece)
        files[2].write_text(json.dumps(head, default=datetime.datetime.isoformat), encoding="utf-8")
        made += files
    return made


def is_made(edition: Edition) -> bool:
    """Whether the files are there that this code would make of the edition."""
    return all(_head(_question(kind), edition, kind) for kind in LONG)


def at(kind: Format) -> Callable[..., HttpResponseBase]:
    """The view at the address of a format, which gives the file where there is one."""
    anew = formats.at(kind)
    if not kind.is_long:
        return anew

    @functools.wraps(anew)
    def view(request: HttpRequest) -> HttpResponseBase:
        is_plain = request.method in ("GET", "HEAD") and not request.META.get("QUERY_STRING")
        asks_nothing = is_plain and not foreign()  # the files are in the original
        return (_ready(request, kind) if asks_nothing else None) or anew(request)

    return cross_origin.open_to_all(view)


def _ready(request: HttpRequest, kind: Format) -> HttpResponseBase | None:
    """The file, or the part of it that is asked for; None while there is none."""
    replicas.allow()
    try:
        edition = current_edition()
    except (DatabaseError, InterfaceError):
        return None
    head = _head(_question(kind), edition, kind)
    if head is None:
        request.edition = edition  # type: ignore[attr-defined] # the view that makes it need not ask again
        return None
    plain = storage.folder() / _name(edition, kind)
    is_packed = takes("gzip", request)
    etag = quote_etag(head["tag"])
    if is_packed and etag not in request.headers.get("If-None-Match", ""):  # else there is nothing new
        etag = quote_etag(f"{head['tag']}-gzip")
    modified = math.ceil(datetime.datetime.fromisoformat(head["since"][1]).timestamp())
    try:
        response = ranges.sent(
            request,
            _beside(plain, PACKED) if is_packed else plain,
            content_type=kind.content_type,
            etag=etag,
            modified=min(modified, int(time.time())),
        )
    except FileNotFoundError:  # the next edition is there
        return None
    if response.status_code in (200, 206, 304):
        for name, value in head["headers"].items():
            response.headers[name] = value
        response.headers["Cache-Control"] = validators.ANSWER_CACHING
        cdn.mark(response, head["about"])
    if is_packed and response.status_code in (200, 206):
        response.headers["Content-Encoding"] = "gzip"
    return response


def _question(kind: Format) -> validators.PublicRequest:
    """A request that asks nothing of a format."""
    request = validators.PublicRequest()
    request.method, request.path, request.is_known = "GET", f"/{kind.path}", False
    return request


def _head(request: validators.PublicRequest, edition: Edition, kind: Format) -> dict[str, Any] | None:
    """What is known of a file, if this code made it on this site: its tag says so."""
    try:
        text = _beside(storage.folder() / _name(edition, kind), HEAD).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    head: dict[str, Any] = json.loads(text)
    version, moment = head["since"]
    request.since, request.words = State(version, datetime.datetime.fromisoformat(moment)), head["words"]
    return head if head["tag"] == validators.tag(request) else None


def _name(edition: Edition, kind: Format) -> str:
    return f"{edition.version}.{kind.path.rstrip('/')}"


def _beside(plain: Path, ending: str) -> Path:
    return plain.with_name(plain.name + ending)

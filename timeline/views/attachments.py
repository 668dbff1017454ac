"""The files of what is attached to entries, given as long as an entry shows them to readers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import FileResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.images.models import AbstractRendition, Filter, Image

from timeline import replicas
from timeline.formats.picture import SIZE
from timeline.models import Attachment, Edition
from timeline.models.document import AttachmentDocument
from timeline.public.attachments import widths
from timeline.public.site import current_edition

from .entries import elsewhere, published

QUALITY = "webpquality-80"
CARD = f"fill-{SIZE[0]}x{SIZE[1]}|format-jpeg|jpegquality-80"
"""A picture as other sites show it beside a link."""


def picture(request: HttpRequest, slug: str, uid: str, width: int, *, edition: Edition) -> HttpResponse:
    """``/entries/<slug>/attachments/<id>/<width>.webp``: a picture, as wide as a page shows it."""
    found = _shown(slug, uid)
    if found is None:
        return elsewhere(request, slug, edition)
    if width not in widths(found[1]):
        raise _nothing()
    return _scaled(found[0], f"width-{width}|format-webp|{QUALITY}", "image/webp")


def card(request: HttpRequest, slug: str, uid: str, *, edition: Edition) -> HttpResponse:
    """``/entries/<slug>/attachments/<id>/share.jpg``: the main picture, cut to what other sites show."""
    found = _shown(slug, uid)
    if found is None:
        return elsewhere(request, slug, edition)
    if not found[1]["is_main"]:
        raise _nothing()
    return _scaled(found[0], CARD, "image/jpeg")


@require_safe
def file(request: HttpRequest, slug: str, uid: str, name: str) -> HttpResponseBase:
    """``/entries/<slug>/attachments/<id>/<name>``: the file itself.

    It may be large, so it is not kept; whether readers may have it is asked each time.
    """
    found = _shown(slug, uid)
    if found is None:
        return elsewhere(request, slug, current_edition())
    row, document = found
    if not document["url"].endswith(f"/{name}"):
        raise _nothing()
    stored: Any = row.image or row.document
    etag = quote_etag(stored.file_hash or f"{row.pk}-{document['size']}")
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None and request.method == "HEAD":
        response = HttpResponse(content_type=document["media_type"], headers={"Content-Length": str(document["size"])})
    elif response is None and document["kind"] == "picture":  # of 2,560 pixels at most
        with stored.file.open("rb") as picture:
            response = HttpResponse(picture.read(), content_type=document["media_type"])
    elif response is None:
        response = FileResponse(
            stored.file.open("rb"), as_attachment=True, filename=name, content_type=document["media_type"]
        )
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"
    return response


def _shown(slug: str, uid: str) -> tuple[Attachment, AttachmentDocument] | None:
    """What is attached to a public entry, and what its document says of it; None where readers have no such entry.

    Raises ``Http404`` where the entry has nothing of this id.
    """
    entry = published(slug)
    if entry is None:
        return None
    document = next((one for one in entry.document["attachments"] if one["id"] == uid), None)
    rows = Attachment._default_manager.select_related("image", "document").filter(entry=entry.pk, uid=uid)
    row = rows.first() if document else None
    if document is None or row is None:
        raise _nothing()
    return row, document


def _nothing() -> Http404:
    return Http404(_("There is nothing at this address."))


def _scaled(row: Attachment, spec: str, media_type: str) -> HttpResponse:
    with _rendition(row.image, Filter(spec=spec)).file.open("rb") as scaled:
        return HttpResponse(scaled.read(), content_type=media_type)


def _rendition(image: Image | None, wanted: Filter) -> AbstractRendition:
    """A picture scaled: made once, by the server of the database that is written to, and found from then on."""
    if image is None:
        raise _nothing()
    try:
        return image.find_existing_rendition(wanted)
    except image.get_rendition_model().DoesNotExist:
        with replicas.primary():
            return image.get_rendition(wanted)

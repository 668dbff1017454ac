"""What others take of a page: pictures for their links to it, references, the icons."""

from django.http import HttpRequest, HttpResponse

from timeline import lanes, wording
from timeline.formats import picture, references
from timeline.formats.references import ReferenceFormat
from timeline.models import Edition

from . import publishing
from .entries import elsewhere, published

# Others keep pictures anyhow; an hour spares them asking and lets a correction through the same day.
PICTURE_CACHING = "public, max-age=3600, stale-while-revalidate=86400"
ICON_SIZE = 180


def entry_picture(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """``/entries/<slug>/share.png``: headline, date and number of sources on a card."""
    row = published(slug)
    if row is None:
        return elsewhere(request, slug, edition)
    card = picture.Card(
        headline=row.document["headline"],
        date=wording.sentence_case(wording.when(row.document["date"]["edtf"])),
        foot=wording.source_count(row.document),
        site=publishing.site(edition)["name"],
        colour=lanes.colour(row.document, edition.lanes),
    )
    return HttpResponse(picture.draw(card), content_type="image/png")


def site_picture(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/share.png``: the headline of the chronology on a card."""
    about = publishing.site(edition)
    card = picture.Card(headline=about["headline"], date="", foot="", site=about["name"], colour="red")
    return HttpResponse(picture.draw(card), content_type="image/png")


def reference(request: HttpRequest, slug: str, *, kind: ReferenceFormat, edition: Edition) -> HttpResponse:
    """``/entries/<slug>/cite.bib`` and its like: the entry for a reference manager."""
    row = published(slug)
    if row is None:
        return elsewhere(request, slug, edition)
    item = references.entry_item(row.document, publishing.site(edition))
    response = HttpResponse(kind.render([item]), content_type=f"{kind.media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.{kind.extension}"'
    return response


def icon(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/apple-touch-icon.png``, for home screens."""
    return HttpResponse(picture.icon(ICON_SIZE), content_type="image/png")


def favicon(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/favicon.ico``, which browsers ask for unasked."""
    return HttpResponse(picture.favicon(), content_type="image/vnd.microsoft.icon")

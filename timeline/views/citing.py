"""How to cite an entry or one assertion of it: a page with all forms, and the files for reference managers.

Both name a version, whose address keeps saying what it says now, and the day of access. So they are of a day, and
what was made of them yesterday is asked for anew (:func:`midnight`).
"""

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from timeline.formats import references
from timeline.formats.references import ReferenceFormat
from timeline.models import Edition, PublishedEntry, Version
from timeline.models.document import EntryDocument
from timeline.public.assertions import Assertion, assertions
from timeline.public.language import here
from timeline.public.site import about_site, absolute, with_query
from timeline.punctuation import quoted

from .entries import elsewhere, published, way_to
from .head import Head, crumb, render_page
from .history import as_published, versions_of


def midnight() -> datetime.datetime:
    """When the day began on which something is read."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass
class Cited:
    """A version of an entry, the ``assertion`` of it that is meant, and the entry as it is ``now``."""

    now: EntryDocument
    entry: EntryDocument
    assertion: Assertion | None = None

    @property
    def query(self) -> str:
        """Asks for the same again, whatever is published meanwhile."""
        return f"statement={self.assertion.id}&version={self.entry['version']}" if self.assertion else ""

    @cached_property
    def assertion_now(self) -> Assertion | None:
        """What the assertion says in the current version; None if it is not in that any more."""
        return assertions(self.now).get(self.assertion.id) if self.assertion else None

    @property
    def is_changed(self) -> bool:
        return bool(self.assertion and self.assertion_now and self.assertion_now.text != self.assertion.text)


def cited(row: PublishedEntry, statement: str, version: str) -> Cited:
    """What a reader means: a version, the current one if none is named, and an assertion of it, if any.

    An assertion that the current version has no more is found in the last one that had it.
    Raises ``Http404`` where there is no such version or assertion, or its words were removed.
    """
    now = row.document
    entry = _version(row, version) if version and version != str(now["version"]) else now
    if not statement:
        return Cited(now, entry)
    if not version and statement.isprintable() and statement not in assertions(entry):
        entry = _version(row, str(_last_with(row, statement) or ""))
    try:
        return Cited(now, entry, assertions(entry)[statement])
    except KeyError:
        raise Http404(_("There is no such statement in this entry.")) from None


def _version(row: PublishedEntry, number: str) -> EntryDocument:
    versions = versions_of(row)
    found = next((one for one in versions if str(one.number) == number and not one.redaction), None)
    if found is None:
        raise Http404(_("There is no such version of this entry."))
    return as_published(row, versions, found)


def _last_with(row: PublishedEntry, statement: str) -> int | None:
    """The number of the last version that had an assertion."""
    having = {"statements": [{"id": statement}]}, {"sentences": [{"id": statement}]}
    versions = Version.objects.filter(entry=row.pk, redaction="")
    found = versions.filter(document__contains=having[0]) | versions.filter(document__contains=having[1])
    return found.order_by("-number").values_list("number", flat=True).first()


def cite(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """``/entries/<slug>/cite/?statement=<id>&version=<n>``: the link, a quotation, and a reference in every form."""
    row = published(slug)
    if row is None:
        return elsewhere(request, slug, edition)
    found = cited(row, request.GET.get("statement", ""), request.GET.get("version", ""))
    headline = row.document["headline"]
    words = _("How to cite a statement of “%s”") if found.assertion else _("How to cite “%s”")
    return render_page(
        request,
        "timeline/cite.html",
        edition,
        Head(
            title=words % headline,
            description=_("References in words, BibTeX, RIS and CSL-JSON, with the version and the day of access."),
            path=with_query(f"{row.document['url']}cite/", found.query),
            noindex=True,
            breadcrumbs=[*way_to(row), crumb(headline, row.document["url"])],
        ),
        entry=found.entry,
        cited=found,
        forms=_forms(found, edition),
    )


def _forms(found: Cited, edition: Edition) -> list[dict[str, Any]]:
    """Every way to point to it, each with a name for scripts, one for people, and its text."""
    entry, assertion, site, today = found.entry, found.assertion, about_site(edition), midnight().date()
    live = f"{found.now['url']}{f'#{assertion.anchor}' if assertion else ''}"
    path = live if not assertion or found.assertion_now else references.version_address(entry, assertion)
    reference = references.citation(entry, site, assertion=assertion, accessed=today)
    forms: list[dict[str, Any]] = [{"name": "link", "label": _("Link"), "text": absolute(here(path))}]
    if assertion:
        forms.append({"name": "quote", "label": _("Quotation"), "text": f"{quoted(assertion.text)} {reference}"})
    forms.append({"name": "text", "label": _("Reference"), "text": reference})
    item = references.entry_item(entry, site, assertion=assertion, accessed=today)
    for kind in references.FORMATS:
        href = with_query(f"{found.now['url']}cite.{kind.extension}", found.query)
        text = "".join(kind.render([item])).strip()
        forms.append({"name": kind.extension, "label": kind.label, "text": text, "href": href, "kind": kind})
    return forms


def reference(request: HttpRequest, slug: str, *, kind: ReferenceFormat, edition: Edition) -> HttpResponse:
    """``/entries/<slug>/cite.bib`` and its like: the entry, or an assertion of it, for a reference manager."""
    row = published(slug)
    if row is None:
        return elsewhere(request, slug, edition)
    found = cited(row, request.GET.get("statement", ""), request.GET.get("version", ""))
    site, today = about_site(edition), midnight().date()
    item = references.entry_item(found.entry, site, assertion=found.assertion, accessed=today)
    response = HttpResponse("".join(kind.render([item])), content_type=f"{kind.media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{item["id"]}.{kind.extension}"'
    return response

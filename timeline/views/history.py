"""History: the versions of an entry that readers could read, what changed between two, and all corrections."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.contrib.redirects.models import Redirect

from timeline.choices import Change
from timeline.filters.problems import quote
from timeline.formats import references
from timeline.formats.follow import format_links
from timeline.models import Edition, PublishedEntry, TranslationCorrection, Version
from timeline.models.document import EntryDocument
from timeline.public import comparison
from timeline.public.document import with_history
from timeline.public.language import filed_here, foreign, in_this_language, original, translated_here
from timeline.public.site import about_site, with_query
from timeline.public.wording import correction_text, when
from timeline.punctuation import labelled

from .entries import context, elsewhere, published, way_to
from .head import Head, crumb, home, render_page
from .records import page_links

PAGE_SIZE = 50

# -- the versions of one entry ------------------------------------------------------------


def history(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """``/entries/<slug>/history/``: every published version, newest first; two of them side by side.

    ``?from=1&to=3`` chooses the two, in either order; without it they are the last two.
    A number that is no version is named and left out.
    """
    row = published(slug)
    if row is None:
        return elsewhere(request, slug, edition)
    versions = versions_of(row)
    pair, problem = _asked(request, versions)
    compared = _compare(row.pk, *pair) if pair else None
    headline = row.document["headline"]
    return render_page(
        request,
        "timeline/history.html",
        edition,
        Head(
            title=_("Versions of “%s”") % headline,
            description=_(
                "Every version of this entry that readers could read, and what changed from one to the next."
            ),
            path=f"{row.document['url']}history/",
            noindex=True,
            breadcrumbs=[*way_to(row), crumb(headline, row.document["url"])],
        ),
        entry=row.document,
        versions=versions[::-1],
        can_compare=sum(not version.redaction for version in versions) > 1,
        pair=pair,
        comparison=compared,
        problem=problem,
    )


def _asked(request: HttpRequest, versions: Sequence[Version]) -> tuple[tuple[int, int] | None, str]:
    """The numbers of the two versions to compare, the earlier first, and in a sentence what was wrong with others."""
    readable = [version.number for version in versions if not version.redaction]
    if len(readable) < 2:
        return None, ""
    last_two = (readable[-2], readable[-1])
    numbers = []
    for name, default in zip(("from", "to"), last_two, strict=True):
        typed = request.GET.get(name, "")
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
        if typed and number not in readable:
            removed = number in [version.number for version in versions]
            message = (
                _("The words of version “%s” were removed, so it cannot be compared.")
                if removed
                else _("There is no version “%s” of this entry.")
            )
            return last_two, f"{message % quote(typed)} {_('These are the last two.')}"
        numbers.append(number or default)
    if numbers[0] == numbers[1]:
        return last_two, _("These were the same version twice. Choose two different ones; these are the last two.")
    return (min(numbers), max(numbers)), ""


def _compare(entry_id: int, earlier: int, later: int) -> comparison.Comparison:
    """Two queries: the documents, and where their records are now. What each said is compared in the original."""
    chosen = Version.objects.filter(entry=entry_id, number__in=(earlier, later)).order_by("number")
    before, after = chosen.values_list("document", flat=True)
    # Only what is not in both can have moved from one to the other.
    differing = comparison.addresses(before) ^ comparison.addresses(after)
    redirects = Redirect.objects.filter(
        old_path__in=[Redirect.normalise_path(address) for address in differing]
    ).values_list("old_path", "redirect_link")
    with translation.override(settings.LANGUAGE_CODE):
        return comparison.compare(before, after, {f"{old}/": new for old, new in redirects})


def version(request: HttpRequest, slug: str, number: int, *, edition: Edition) -> HttpResponse:
    """``/entries/<slug>/versions/<n>/``: the entry as it was published then; 410 when its words were removed."""
    row = published(slug, words=filed_here("words"))
    if row is None:
        return elsewhere(request, slug, edition)
    versions = versions_of(row)
    shown = next((one for one in versions if one.number == number), None)
    if shown is None:
        raise Http404(_("There is no such version of this entry."))
    document = as_published(row, versions, shown)
    published_on = when(shown.published_at.date().isoformat())
    url = row.document["url"]
    present = {"current_url": url, "cite_query": f"?version={number}"}
    words = {"headline": document["headline"], "number": number, "date": published_on}
    return render_page(
        request,
        "timeline/redacted.html" if shown.redaction else "timeline/version.html",
        edition,
        Head(
            title=_("%(headline)s (version %(number)d)") % words,
            description=_("Version %(number)d of this entry, published on %(date)s.") % words,
            path=url,
            noindex=True,
            breadcrumbs=[*way_to(row), crumb(row.document["headline"], url)],
            item=None if shown.redaction else references.entry_item(document, about_site(edition)),
        ),
        status=410 if shown.redaction else 200,
        version=shown,
        count=len(versions),
        current=row.document,
        corrected_by=next((one for one in versions if one.number > number and one.correction), None),
        **({} if shown.redaction else context(document, edition) | present),
    )


def versions_of(row: PublishedEntry) -> list[Version]:
    """All versions of an entry, the first one first; what each says is asked for when it is wanted."""
    return list(Version.objects.filter(entry=row.pk).defer("document").order_by("number"))


def as_published(row: PublishedEntry, versions: list[Version], shown: Version) -> EntryDocument:
    """The document of a version, with its past as it was then and the present address of its entry.

    What is translated of the current one is shown; an older one has its words in the original.
    """
    now = row.document
    document: EntryDocument = {
        **shown.document,
        "uid": now["uid"],
        "slug": now["slug"],
        "url": f"{now['url']}versions/{shown.number}/",
    }
    if shown.redaction:
        document["headline"] = now["headline"]
    document = with_history(document, [one for one in versions if one.number <= shown.number])
    language = document["language"]
    words = row.words if shown is versions[-1] else {}  # type: ignore[attr-defined] # annotated
    return {**in_this_language(document, words), "language": language if not words else document["language"]}


# -- all corrections ----------------------------------------------------------------------


def _corrections() -> QuerySet[Version]:
    """The corrections of entries that readers can see, newest first."""
    found = Version.objects.filter(change=Change.CORRECTION, entry__published__isnull=False).defer("document")
    return found.annotate(
        slug=F("entry__published__slug"),
        headline=F("entry__published__document__headline"),
        said=filed_here("words__headline", "entry"),
    ).order_by("-published_at", "-pk")


def _slips() -> list[dict[str, Any]]:
    """Corrections of the translation into the language of the page, the newest first: one query."""
    found = TranslationCorrection.objects.filter(language=foreign(), entry__published__isnull=False)
    rows = found.annotate(
        slug=F("entry__published__slug"),
        headline=F("entry__published__document__headline"),
        said=filed_here("words__headline", "entry"),
    ).order_by("-corrected_at", "-pk")
    return [
        {
            "id": one.slug,
            "number": one.number,
            "wrong": one.wrong,
            "right": one.right,
            "redaction": one.redaction,
            "date": one.corrected_at.isoformat(),
            "headline": translated_here(one.headline, one.said),
            "href": f"/entries/{one.slug}/",
        }
        for one in (rows[:PAGE_SIZE] if foreign() else ())
    ]


def _described(one: Any) -> dict[str, Any]:
    url = f"/entries/{one.slug}/"
    return {
        "id": f"{one.slug}-{one.correction}",
        "number": one.correction,
        "headline": translated_here(one.headline, one.said),
        "href": f"{url}#correction-{one.correction}",
        "uncorrected_href": f"{url}versions/{one.number - 1}/",
        "changes_href": f"{url}history/?from={one.number - 1}&to={one.number}#comparison",
        "date": one.published_at.date().isoformat(),
        "published_at": one.published_at,
        "text": correction_text(
            {"wrong": original(one.wrong), "right": original(one.right), "redaction": one.redaction}
        ),
    }


def corrections(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/corrections/``: every correction of every entry, newest first."""
    page = Paginator(_corrections(), PAGE_SIZE).get_page(request.GET.get("page"))
    path = "/corrections/"
    here = f"page={page.number}" if page.number > 1 else ""
    title = _("Corrections")
    return render_page(
        request,
        "timeline/corrections.html",
        edition,
        Head(
            title=title,
            description=_("What was wrong in the entries of this chronology, and what is right."),
            path=with_query(path, here),
            noindex=bool(here),
            breadcrumbs=[home()],
            feeds=[
                feed | {"is_feed": True}
                for feed in format_links("", labelled(about_site(edition)["name"], title))
                if feed["path"].startswith("corrections.")
            ],
        ),
        total=page.paginator.count,
        corrections=[_described(one) for one in page],
        slips=_slips() if page.number == 1 else [],
        **page_links(page, path),
    )

"""Files for search engines and browsers: the site map, robots.txt, and how to search here."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemaps
from django.contrib.sitemaps.views import SitemapIndexItem
from django.db.models import BigIntegerField, DateTimeField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from timeline.models import Edition, FigureSeries, PublishedEntry, Term
from timeline.names import encode_xml
from timeline.public.language import here, offered
from timeline.public.site import about_site, absolute

from .public_records import (
    public_categories,
    public_commodities,
    public_organisations,
    public_people,
    public_sources,
    public_storylines,
)

# -- site map -----------------------------------------------------------------------------

INDEXES = (
    "chronology",
    "people",
    "commodities",
    "categories",
    "organisations",
    "storylines",
    "state",
    "glossary",
    "sources",
    "about",
    "corrections",
)
"""Pages that are one of a kind, by the names of their addresses."""


class SitemapSection(Sitemap):
    """A part of the site map; its addresses begin with BASE_URL, whatever host was asked."""

    limit = 1000
    languages: Sequence[str] = ()

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.BASE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return settings.BASE_URL.partition("://")[2].rstrip("/")

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        """Each page, and in each language that the site is in the same with all of them beside it."""
        urls = super().get_urls(page, site, protocol)
        if not self.languages:
            return urls
        return [
            {**url, "location": location, "alternates": alternates}
            for url in urls
            for alternates in [list(_alternates(url["location"], self.languages))]
            for location in dict.fromkeys(one["location"] for one in alternates)
        ]


def _alternates(location: str, languages: Iterable[str]) -> Iterator[dict[str, str]]:
    """A page in every language, the original also as what to show who reads none of them."""
    path = location.removeprefix(absolute(""))
    for language in (settings.LANGUAGE_CODE, "x-default"):
        yield {"location": location, "lang_code": language}
    for language in languages:
        yield {"location": absolute(f"/{language}{path}"), "lang_code": language}


class Indexes(SitemapSection):
    """What is there once; when such a page last changed is not known."""

    def items(self) -> list[str]:
        return list(INDEXES)

    def location(self, item: str) -> str:
        return reverse(f"timeline:{item}")


class Entries(SitemapSection):
    """Published entries."""

    def items(self) -> QuerySet[PublishedEntry]:
        return PublishedEntry.objects.only("entry_id", "slug", "updated_at").order_by("pk")

    def location(self, item: PublishedEntry) -> str:
        return reverse("timeline:entry", args=[item.slug])

    def lastmod(self, item: PublishedEntry) -> datetime:
        return item.updated_at


class Records(SitemapSection):
    """Records of one kind; each changed when the last of its entries did. Those ``of_few`` have few of them."""

    def __init__(
        self, records: Callable[[], QuerySet[Any]], entries: Q | None = None, *, of_few: bool = False
    ) -> None:
        self.records, self.entries = records, entries
        # The planner would go through all entries from the latest on, to come upon one that cites the source.
        self.latest = "MAX(%(expressions)s + interval '0')" if of_few else "MAX(%(expressions)s)"

    def items(self) -> QuerySet[Any]:
        records = self.records().only("slug").select_related(None).order_by("pk")
        if self.entries is None:
            return records
        newest = Func(F("updated_at"), template=self.latest, output_field=DateTimeField())
        changed = PublishedEntry.objects.filter(self.entries).order_by().annotate(newest=newest).values("newest")
        return records.annotate(changed=Subquery(changed))

    def lastmod(self, item: Any) -> datetime | None:
        return getattr(item, "changed", None)


def _having(*columns: str) -> Q:
    """Entries that have the record in one of these arrays."""
    record = Func(OuterRef("pk"), template="ARRAY[%(expressions)s]", output_field=ArrayField(BigIntegerField()))
    return Q(*((f"{column}__contains", record) for column in columns), _connector=Q.OR)


IN_SERIES = _having("series")
SECTIONS: dict[str, SitemapSection] = {
    "pages": Indexes(),
    "entries": Entries(),
    "people": Records(public_people, _having("people")),
    "commodities": Records(public_commodities, _having("commodities")),
    "categories": Records(public_categories, Q(category=OuterRef("pk"))),
    "organisations": Records(public_organisations, _having("organisations", "publishers")),
    "sources": Records(public_sources, _having("sources"), of_few=True),
    "figures": Records(
        lambda: FigureSeries.objects.filter(Exists(PublishedEntry.objects.filter(IN_SERIES))), IN_SERIES
    ),
    "storylines": Records(public_storylines, _having("storylines")),
    "glossary": Records(Term.objects.all),
}


def sitemap_index(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/sitemap.xml``: the pages of every section, one query a section."""
    parts = []
    for name, section in SECTIONS.items():
        address = absolute(reverse("timeline:sitemap", args=[name]))
        parts.append(SitemapIndexItem(address))
        parts += [SitemapIndexItem(f"{address}?p={page}") for page in range(2, section.paginator.num_pages + 1)]
    return TemplateResponse(request, "sitemap_index.xml", {"sitemaps": parts}, content_type="application/xml")


def sitemap(request: HttpRequest, section: str, *, edition: Edition) -> HttpResponse:
    """``/sitemap-<section>.xml``: at most a thousand addresses; ``?p=2`` goes on."""
    sections: dict[str, Any] = {}
    if section in SECTIONS:  # a copy, as the languages are those of now
        sections[section] = copy(SECTIONS[section])
        sections[section].languages = offered(edition)
    return sitemaps.sitemap(request, sections, section)


# -- small files --------------------------------------------------------------------------


def robots(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/robots.txt``: everything is open, so that crawlers see which pages ask not to be listed."""
    lines = [
        "User-agent: *",
        f"Disallow: /{settings.ADMIN_PATH}",
        "",
        f"Sitemap: {absolute('/sitemap.xml')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


SHORT_NAME = 16
LONG_NAME = 48
"""Characters that OpenSearch 1.1 allows."""


def opensearch(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/opensearch.xml``: lets a browser search here (OpenSearch 1.1)."""
    name = about_site(edition)["name"]
    home = absolute("")
    addresses = (
        ("text/html", f"{home}{here('/')}?q={{searchTerms}}"),
        ("application/atom+xml", f"{home}{here('/feed.atom')}?q={{searchTerms}}"),
    )
    urls = "".join(f"<Url type={quoteattr(kind)} template={quoteattr(address)}/>\n" for kind, address in addresses)
    return HttpResponse(
        encode_xml(
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
            f"<ShortName>{escape(_whole_words(name, SHORT_NAME))}</ShortName>\n"
            f"<LongName>{escape(_whole_words(name, LONG_NAME))}</LongName>\n"
            f"<Description>{escape(_('Search the entries of %s.') % name)}</Description>\n"
            f'<Image width="48" height="48" type="image/vnd.microsoft.icon">{escape(home)}/favicon.ico</Image>\n'
            f"{urls}"
            "<InputEncoding>UTF-8</InputEncoding>\n"
            "</OpenSearchDescription>\n"
        ),
        content_type="application/opensearchdescription+xml",
    )


def trust(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/.well-known/trust.txt`` (JournalList): whom to ask about this publication, and where it says who pays."""
    site = about_site(edition)
    if not site["imprint"].get("publisher"):
        raise Http404(_("The publisher of this chronology is not named."))
    lines = [f"contact={site['contact']}"] if site["contact"] else []
    lines.append(f"disclosure={absolute('/about/#publisher')}")
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")


def _whole_words(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit + 1].rpartition(" ")[0] or text[:limit]

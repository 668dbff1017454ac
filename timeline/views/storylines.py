"""Storylines: the index of them, and a matter told step by step through its entries."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Max, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline import edtf
from timeline.formats import references, structured
from timeline.formats.follow import format_links
from timeline.models import Edition, Storyline
from timeline.models.document import EntryDocument, StorylineDocument
from timeline.public.days import all_lines, stands
from timeline.public.site import about_site, absolute
from timeline.public.storylines import entries_of, names_of, storyline_document, with_rows
from timeline.public.wording import label, when

from .figures import chart_of
from .head import Head, crumb, home, render_page
from .indexes import index
from .public_records import public_storylines

MOST_PEOPLE = 12
"""People named beside a storyline, those of most parts first."""


def storylines(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/storylines/``: all of them, in the editors' order, with how far they reach."""
    return index(
        request,
        edition,
        _with_years(public_storylines()).prefetch_related("names"),
        name="storylines",
        title=_("Storylines"),
        description=_("One matter told step by step through its entries, each sentence with its sources."),
        describe=lambda records: [_described(record) for record in records],
    )


def _with_years(records: QuerySet[Storyline]) -> QuerySet[Any]:
    date = "steps__entry__published__sort_date"
    return records.annotate(first=Min(date), last=Max(date)).order_by("position", "name")


def _described(record: Any) -> dict[str, Any]:
    first, last = record.first.year, record.last.year
    return {
        "name": record.name,
        "names": names_of(record),
        "href": record.get_absolute_url(),
        "count": record.total,
        "years": str(first) if first == last else f"{first}–{last}",
    }


def storyline(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """``/storylines/<slug>/``: what happened in short, its steps, its figures, and what is open."""
    record = with_rows(public_storylines()).filter(slug=slug).first()
    if record is None:
        raise Http404(_("There is no such storyline."))
    entries = entries_of([record])
    document = storyline_document(record, entries)
    steps = [entries[step.entry_id] for step in record.steps.all() if step.entry_id in entries]
    site = about_site(edition)
    return render_page(
        request,
        "timeline/storyline.html",
        edition,
        Head(
            title=record.name,
            title_kind=_("storyline"),
            description=" ".join(sentence["text"] for sentence in document["summary"]) or _brief(document),
            path=document["url"],
            breadcrumbs=[home(), crumb(_("Storylines"), "/storylines/")],
            nodes=[
                structured.listing(record.name, absolute(document["url"]), [entry["url"] for entry in steps], site)
                | {"publisher": structured.publisher(site)}
            ],
            item=references.storyline_item(document, site),
            follow=urlencode({"storyline": slug}),
            feeds=format_links(urlencode({"storyline": slug}), _("Entries in the storyline %s") % record.name),
        ),
        storyline=document,
        period=_period(steps),
        chart=chart_of(record.series, record.colour, edition) if record.series else None,
        disagreements=[{"entry": entry, "item": item} for entry in steps for item in entry["disagreements"]],
        stands=_stands(record, edition),
        people=_people(steps),
        others=public_storylines().exclude(pk=record.pk).order_by("position", "name"),
        filter_href=f"/?{urlencode({'storyline': slug})}",
    )


def _stands(record: Storyline, edition: Edition) -> dict[str, Any] | None:
    """Where the lines of a storyline stand; without any no query."""
    if not record.lines.all():
        return None
    return stands(all_lines().filter(storylines__storyline=record).order_by("storylines__sort_order"), edition)


def _brief(document: StorylineDocument) -> str:
    parts = ngettext("%d part", "%d parts", len(document["steps"])) % len(document["steps"])
    return _("%(name)s, in %(parts)s.") % {"name": document["name"], "parts": parts}


def _period(steps: list[EntryDocument]) -> str:
    """From the first day of the first entry to the last one of the last: "17 May 2019 – 11 March 2026"."""
    starts = [entry["date"]["start"] for entry in steps if entry["date"]["start"]]
    ends = [entry["date"]["end"] for entry in steps if entry["date"]["end"]]
    if not (starts and ends):
        return ""
    first, last = min(starts), max(ends)
    return when(first) if first == last else edtf.display(edtf.parse(f"{first}/{last}"))


def _people(steps: Iterable[EntryDocument]) -> list[dict[str, Any]]:
    """Who is in the entries, with the number of parts and the roles there; those of most parts first."""
    found: dict[str, dict[str, Any]] = {}
    roles: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for entry in steps:
        for person in entry["people"]:
            known = found.setdefault(
                person["slug"],
                {**{name: person[name] for name in ("slug", "name", "native", "native_language")}, "parts": 0},
            )
            known["parts"] += 1
            if role := label(person["role"], "role"):
                roles[person["slug"]][role.lower()] = None
    listed = sorted(found.values(), key=lambda one: -one["parts"])[:MOST_PEOPLE]
    return [{**one, "roles": list(roles[one["slug"]])} for one in listed]

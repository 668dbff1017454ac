"""The reports: links to the lists as a question filters them, and the months that were researched."""

import csv
import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.wagtail_hooks import SiteHistoryReportMenuItem
from wagtail.permissions import page_permission_policy

from timeline.models import ChronologyPage, Coverage
from timeline.models.fields import period_of
from timeline.public.coverage import first_day, month_of, stretches
from timeline.spreadsheets import guarded

# By month the entries known to it or better; by year, as month 0, those of which only a longer time is known.
ENTRIES_BY_MONTH = """
SELECT extract(year FROM lower(period))::int AS year,
       CASE WHEN date_trunc('month', lower(period)) = date_trunc('month', upper(period) - 1)
            THEN extract(month FROM lower(period))::int ELSE 0 END AS month,
       count(*)
FROM timeline_publishedentry
WHERE NOT lower_inf(period)
GROUP BY year, month
"""


ENTRIES, SOURCES = "entries:index", "wagtailsnippets_timeline_source:list"
REPORTS: list[tuple[Any, str, str, str]] = [
    (_("Waiting for you"), ENTRIES, "desk=me", "user"),
    (_("To be sourced"), ENTRIES, "needs=source", "link"),
    (_("Key entries with one source"), ENTRIES, "needs=second&weight=key", "key"),
    (_("Dates worked out"), ENTRIES, "needs=day", "date"),
    (_("Planned, and now past"), ENTRIES, "needs=outcome", "time"),
    (_("Positions missing"), ENTRIES, "needs=position", "user"),
    (_("Sources without publisher"), SOURCES, "lacks=publisher", "link"),
    (_("Sources without archived copy"), SOURCES, "lacks=archive", "link"),
    (_("Corrections"), ENTRIES, "corrected=1&ordering=-corrected", "edit"),
    (_("Recently changed"), ENTRIES, "ordering=-latest_revision_created_at", "history"),
]
"""What a report is called, the list it shows, the question it asks of it, and its icon."""

NOT_OURS = {"aging-pages", "page-types-usage"}
"""Reports of Wagtail on pages in general: all pages here are entries, and their age is no fault."""


def tidy_reports(request: HttpRequest, items: list[MenuItem]) -> None:
    """Ours before Wagtail's; links of a menu are made when it is shown, as their lists are registered late."""
    items[:] = [item for item in items if item.name not in NOT_OURS]
    for place, (label, name, query, icon) in enumerate(REPORTS):
        items.append(MenuItem(label, f"{reverse(name)}?{query}", name=f"report-{place}", icon_name=icon, order=place))
    items.append(
        MenuItem(_("Coverage"), reverse("timeline_coverage"), name="coverage", icon_name="calendar-check", order=90)
    )


def show_history() -> None:
    """Show the history of the site to whoever has to do with pages, without fetching the page above all of these."""
    actions = {"add", "change", "publish", "lock", "unlock", "bulk_delete"}
    SiteHistoryReportMenuItem.is_shown = lambda _self, request: page_permission_policy.user_has_any_permission(
        request.user, actions
    )


# Coverage


def coverage(request: HttpRequest) -> HttpResponse:
    """Months by the number of entries, shaded where nobody looked; who may publish the chronology ticks them here."""
    page = ChronologyPage.objects.live().first()
    may_edit = bool(page and page.permissions_for_user(request.user).can_publish())
    if request.method == "POST":
        if page is None or not may_edit:
            raise PermissionDenied
        return _save(request, page)
    years = _years(page)
    if request.GET.get("export") == "csv":
        return _as_csv(years)
    context = {
        "years": years,
        "months": [MONTHS_3[number] for number in range(1, 13)],
        "may_edit": may_edit,
        "page": page,
        "header_title": gettext("Coverage"),
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": gettext("Home")},
            {"url": "", "label": gettext("Coverage")},
        ],
        "header_icon": "calendar-check",
    }
    return render(request, "timeline/admin/report_coverage.html", context)


def _years(page: ChronologyPage | None) -> list[dict[str, Any]]:
    """The years from the first to the last of which anything is known, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES_BY_MONTH)
        counts = {(year, month): number for year, month, number in cursor.fetchall()}
    looked = set().union(*(_months(row) for row in page.coverage.all())) if page else set()
    known = [year for year, _month in counts] + [month // 12 for month in looked] + [timezone.localdate().year]
    return [
        {
            "year": year,
            "longer": counts.get((year, 0), 0),
            "months": [
                {
                    "value": f"{year}-{month:02}",
                    "words": f"{MONTHS[month]} {year}",
                    "entries": counts.get((year, month), 0),
                    "researched": year * 12 + month - 1 in looked,
                }
                for month in range(1, 13)
            ],
        }
        for year in range(max(known), min(known) - 1, -1)
    ]


def _months(row: Coverage) -> set[int]:
    """The months of a researched stretch, as :mod:`timeline.public.coverage` counts them."""
    period = period_of(row.date)
    if period is None or period.lower is None or period.upper is None:
        return set()
    return set(range(month_of(period.lower), month_of(period.upper - datetime.timedelta(days=1)) + 1))


def _save(request: HttpRequest, page: ChronologyPage) -> HttpResponse:
    if page.has_unpublished_changes:
        edit = messages.button(reverse("wagtailadmin_pages:edit", args=[page.pk]), gettext("Edit the chronology"))
        sentence = gettext("Nothing was saved: the chronology has changes that are not public. Publish them first.")
        messages.error(request, sentence, buttons=[edit])
        return redirect("timeline_coverage")
    shown = {month["value"] for year in _years(page) for month in year["months"]}
    ticked = {_number(value) for value in request.POST.getlist("month") if value in shown}
    with transaction.atomic():
        page.coverage.set(_rows(page.coverage.all(), ticked))
        page.save_revision(user=request.user, log_action=True).publish(user=request.user)
    messages.success(request, gettext("Saved. Readers see the months that nobody has researched shaded."))
    return redirect("timeline_coverage")


def _number(value: str) -> int:
    year, month = value.split("-")
    return int(year) * 12 + int(month) - 1


def _rows(rows: Iterable[Coverage], ticked: set[int]) -> list[Coverage]:
    """Stretches that cover just the months ticked, in order; those that still hold stay, with their notes."""
    kept = []
    missing = set(ticked)
    for row in rows:
        months = _months(row)
        if months <= ticked:
            kept.append(row)
        else:
            kept += [Coverage(date=_edtf(*ends), note=row.note) for ends in stretches(sorted(months & ticked))]
        missing -= months
    kept += [Coverage(date=_edtf(*ends)) for ends in stretches(sorted(missing))]
    kept.sort(key=lambda row: min(_months(row), default=0))
    for place, row in enumerate(kept):
        row.sort_order = place
    return kept


def _edtf(first: int, last: int) -> str:
    ends = [f"{first_day(month):%Y-%m}" for month in (first, last)]
    return ends[0] if first == last else "/".join(ends)


def _as_csv(years: list[dict[str, Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="coverage.csv"'
    writer = csv.writer(response)
    writer.writerow([gettext("Month"), gettext("Entries"), gettext("Researched")])
    for year in years:
        for month in year["months"]:
            looked = gettext("yes") if month["researched"] else gettext("no")
            writer.writerow([guarded(month["value"]), month["entries"], looked])
    return response


URLS = [path("reports/coverage/", coverage, name="timeline_coverage")]

"""Asks every view of the editors' desk, and fails when one reads more than it shows.

python -m bench.desk [N] [--bound ROWS] [--only WORD] [--role Moderators] [--keep]

For each address: milliseconds, those of our own processor time, KB, statements, and the most rows that the plan of one
statement reads. To count as far as people read takes some ten thousand at any N, so what passes the bound in a large
database is what grows with the entries.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench import database

SLOW = 1.0
"""Seconds that no view may take."""


class Plans:
    """The statements of one request, and how many rows the plan of each reads."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.statements: list[str] = []
        self.worst = (0, "", "")

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements.append(sql)
        if sql.startswith("SELECT"):
            with self.connection.connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + sql, params)
                plan = cursor.fetchone()[0]
            plan = plan if isinstance(plan, list) else json.loads(plan)
            for read, node in _reads(plan[0]["Plan"]):
                self.worst = max(self.worst, (read, node, sql))
        return execute(sql, params, many, context)


def _reads(node: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """What each node of a plan reads from tables and indexes: rows, and where."""
    if "Relation Name" in node or "Index Name" in node:
        removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        where = f"{node['Node Type']} {node.get('Relation Name') or node.get('Index Name')}"
        yield round((node["Actual Rows"] + removed) * node["Actual Loops"]), where
    for child in node.get("Plans", []):
        yield from _reads(child)


def addresses(client: Any) -> Iterator[str]:
    """Every list with each of its orders and filters, every chooser, form, report and history."""
    from django.urls import reverse

    from timeline.models import EntryPage, Organisation, Person, Source

    entry = EntryPage.objects.filter(live=True).order_by("-pk")[0]
    yield "/admin/"
    yield from _list(client, "/admin/entries/", ["tariff", "akazawa", "gallium", "関税", "zzzz"])
    for name, words in RECORDS.items():
        url = reverse(f"wagtailsnippets_timeline_{name}:list")
        yield from _list(client, url, words)
        for word in ["", *words]:
            yield f"{reverse(f'wagtailsnippetchoosers_timeline_{name}:choose')}?q={word}"
        yield reverse(f"wagtailsnippets_timeline_{name}:add")
    for word in ["", "tariff", "関税", "gallium"]:
        yield f"{reverse('entry_chooser:choose')}?q={word}"
    parent = entry.get_parent()
    yield reverse("wagtailadmin_pages:add", args=["timeline", "entrypage", parent.pk])
    for name in ("edit", "history", "usage", "delete", "copy", "unpublish", "view_draft"):
        yield reverse(f"wagtailadmin_pages:{name}", args=[entry.pk])
    yield reverse("wagtailadmin_pages:edit", args=[parent.pk])
    for model in (Person, Organisation, Source):
        record = model.objects.order_by("pk")[0]
        for name in ("edit", "usage", "history", "delete", "inspect"):
            yield reverse(f"wagtailsnippets_timeline_{model._meta.model_name}:{name}", args=[record.pk])
    for name in PLAIN:
        yield reverse(name)
    yield reverse("wagtailadmin_explore", args=[parent.pk])
    yield f"{reverse('wagtailadmin_pages:search')}?q=tariff"
    yield f"{reverse('wagtailadmin_choose_page')}"
    yield reverse("wagtailadmin_choose_page_child", args=[parent.pk])
    yield f"{reverse('wagtailadmin_choose_page_search')}?q=tariff"


RECORDS = {
    "source": ["tariff", "daily", "1234", "関税", "zzzz"],
    "person": ["suzuki", "鈴木", "zzzz"],
    "organisation": ["works", "zzzz"],
    "commodity": ["car", "87"],
    "figureseries": [],
    "term": [],
    "category": [],
}
PLAIN = [
    "wagtailadmin_reports:locked_pages",
    "wagtailadmin_reports:workflow",
    "wagtailadmin_reports:workflow_tasks",
    "wagtailadmin_reports:site_history",
    "wagtailadmin_reports:aging_pages",
    "wagtailadmin_reports:page_types_usage",
    "timeline_coverage",
    "timeline_merges:index",
    "timeline_imports:index",
    "wagtailredirects:index",
    "wagtailadmin_explore_root",
]


def _list(client: Any, url: str, words: list[str]) -> Iterator[str]:
    """A list as it opens, in each order, with each choice of each filter, and for some words."""
    yield url
    view = client.get(url).context_data["view"]
    for key in view.get_valid_orderings():
        yield f"{url}?ordering={key}"
    for name, field in view.filters.form.fields.items() if view.filters else []:
        for choice, _label in list(getattr(field, "choices", []))[:8]:
            if str(choice):
                yield f"{url}?{name}={choice}"
    yield f"{url}?p=200"
    for word in words:
        yield f"{url}?q={word}"


def ask(client: Any, url: str, connection: Any) -> tuple[Any, float, float, Plans]:
    """The answer, the seconds and those of our processor without looking at the plans, and the plans."""
    client.get(url)
    started, busy = time.perf_counter(), time.process_time()
    response = client.get(url)
    took, busy = time.perf_counter() - started, time.process_time() - busy
    plans = Plans(connection)
    with connection.execute_wrapper(plans):
        client.get(url)
    return response, took, busy, plans


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.desk", description=__doc__.splitlines()[0])
    parser.add_argument("number", nargs="?", type=int, default=10_000, help="generated entries (default: 10,000)")
    parser.add_argument("--bound", type=int, help="rows that one statement may read (default: 100,000 + N / 5)")
    parser.add_argument("--only", default="", help="ask only addresses with this in them")
    parser.add_argument("--role", default="", help="as a member of this group; without it as an administrator")
    parser.add_argument("--keep", action="store_true", help="use the database although the code has changed")
    options = parser.parse_args()
    bound = options.bound or 100_000 + options.number // 5

    url = os.environ.get("BENCH_URL") or database.address(f"nenpyo_bench_{options.number}")
    os.environ |= {"NENPYO_ENV": "development", "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": url}
    if "BENCH_URL" not in os.environ:
        database.ready(options.number, dict(os.environ), keep=options.keep)
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.db import connection
    from django.test import Client

    name = f"bench-{options.role or 'administrator'}"
    user, _made = get_user_model().objects.get_or_create(username=name, defaults={"is_superuser": not options.role})
    user.groups.set(Group.objects.filter(name=options.role))
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(user)
    failed = 0
    for path in addresses(client):
        if options.only not in path:
            continue
        response, took, busy, plans = ask(client, path, connection)
        read, node, sql = plans.worst
        bad = response.status_code != 200 or read > bound or took > SLOW
        failed += bad
        mark, asked, status = "!" if bad else " ", len(plans.statements), response.status_code
        sent = f"{len(response.content) / 1000:4.0f} KB"
        print(
            f"{mark} {took * 1000:6.0f} ms {busy * 1000:5.0f} {sent} {asked:3} {read:9,} {node:45} {status} {path}",
            flush=True,
        )
        if bad and os.environ.get("BENCH_SQL"):
            print(sql[:3000])
    raise SystemExit(f"{failed} views read more than they show, or fail." if failed else 0)


if __name__ == "__main__":
    main()

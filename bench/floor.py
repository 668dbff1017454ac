"""The yardstick: the leanest honest answers to the same questions, on the same rows.

Plain tables made from the published entries, one SELECT for each thing that is shown,
one small template, no middleware: about what Django and PostgreSQL need at the least.
What the product does beyond this (bad input, sentences, links, feeds, languages) is
what its factor over the floor pays for. Not a design to follow.

Served by gunicorn as ``bench.floor:serve()``; ``prepare`` makes the tables.
"""

# ruff: noqa: S608 - the SQL is put together from texts of this file; values are parameters
import datetime
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import path
from django.utils.feedgenerator import Atom1Feed

from config import env

TABLES = """
DROP SCHEMA IF EXISTS floor CASCADE;
CREATE SCHEMA floor;
CREATE TABLE floor.entry AS
    SELECT entry_id AS id, sort_date AS day, slug, document->>'headline' AS headline,
        document->>'summary' AS summary, document->'category'->>'slug' AS category,
        ARRAY(SELECT c->>'slug' FROM jsonb_array_elements(document->'commodities') c
            UNION SELECT c->>'top' FROM jsonb_array_elements(document->'commodities') c) AS commodities,
        ARRAY(SELECT jsonb_array_elements(document->'statements')->>'text') AS statements,
        updated_at, vector
    FROM timeline_publishedentry;
CREATE TABLE floor.source AS
    SELECT e.entry_id AS entry, (s->>'number')::int AS number, s->>'title' AS title, s->>'url' AS url,
        s->'publisher'->>'name' AS publisher
    FROM timeline_publishedentry e, jsonb_array_elements(e.document->'sources') s;
CREATE UNIQUE INDEX ON floor.entry (slug);
CREATE INDEX ON floor.entry (day, id);
CREATE INDEX ON floor.entry (category, day, id);
CREATE INDEX ON floor.entry (updated_at DESC);
CREATE INDEX ON floor.entry USING gin (vector);
CREATE INDEX ON floor.entry USING gin (commodities);
CREATE INDEX ON floor.source (entry);
CREATE TABLE floor.total AS
    SELECT 'category' AS facet, category AS value, count(*) AS total FROM floor.entry GROUP BY 2
    UNION ALL SELECT 'commodity', v, count(*) FROM floor.entry, unnest(commodities) v GROUP BY 2
    UNION ALL SELECT 'year', extract(year FROM day)::text, count(*) FROM floor.entry GROUP BY 2;
"""

TEMPLATE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Floor</title></head><body><main>
<form><input name="q">{% for facet, value, total in totals %}<label><input type="checkbox" name="{{ facet }}"
value="{{ value }}"> {{ value }} {{ total }}</label>{% endfor %}</form>
<ol>{% for entry in entries %}<li><article><time datetime="{{ entry.day|date:'Y-m-d' }}">{{ entry.day|date:"j F Y" }}
</time><h2><a href="/entry/{{ entry.slug }}/">{{ entry.headline }}</a></h2><p>{{ entry.summary }}</p>
<ul>{% for source in entry.sources %}<li><a href="{{ source.url }}">{{ source.publisher }}: {{ source.title }}</a></li>
{% endfor %}</ul></article></li>{% endfor %}</ol></main></body></html>"""

ENTRY = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ entry.headline }}</title></head><body>
<h1>{{ entry.headline }}</h1><time>{{ entry.day|date:"j F Y" }}</time><p>{{ entry.summary }}</p>
{% for text in entry.statements %}<p>{{ text }}</p>{% endfor %}
<ul>{% for source in sources %}<li><a href="{{ source.url }}">{{ source.publisher }}: {{ source.title }}</a></li>
{% endfor %}</ul>{% for other in neighbours %}<a href="/entry/{{ other.slug }}/">{{ other.headline }}</a>{% endfor %}
</body></html>"""

PAGE, FEED = 25, 20
SHOWN = "id, day, slug, headline, summary"


def prepare(cursor: Any) -> None:
    """Make the tables anew from the published entries."""
    for statement in TABLES.split(";\n"):
        cursor.execute(statement)


def select(sql: str, parameters: Any = ()) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def conditions(request: HttpRequest) -> tuple[str, list[Any]]:
    """WHERE for ``category``, ``commodity``, ``year`` and ``q``, and its parameters."""
    known: dict[str, str] = {
        "category": "category = %s",
        "commodity": "commodities @> ARRAY[%s]",
        "year": "day BETWEEN make_date(%s::int, 1, 1) AND make_date(%s::int, 12, 31)",
        "q": "vector @@ websearch_to_tsquery('english', %s)",
        "after": "day >= %s::date",
    }
    parts, parameters = ["true"], []
    for name, sql in known.items():
        if value := request.GET.get(name):
            parts.append(sql)
            parameters += [value] * sql.count("%s")
    return " AND ".join(parts), parameters


def listing(request: HttpRequest) -> HttpResponse:
    """Entries by date with their sources, and how many each facet value has."""
    where, parameters = conditions(request)
    entries = select(f"SELECT {SHOWN} FROM floor.entry WHERE {where} ORDER BY day, id LIMIT {PAGE + 1}", parameters)
    entries = entries[:PAGE]
    sources: dict[int, list[dict[str, Any]]] = {entry["id"]: [] for entry in entries}
    for source in select("SELECT * FROM floor.source WHERE entry = ANY(%s) ORDER BY number", [list(sources)]):
        sources[source["entry"]].append(source)
    for entry in entries:
        entry["sources"] = sources[entry["id"]]
    if set(request.GET) - {"after"}:
        totals = select(
            f"""WITH f AS MATERIALIZED (SELECT day, category, commodities FROM floor.entry WHERE {where} LIMIT 5000)
            SELECT 'category' AS facet, category AS value, count(*) AS total FROM f GROUP BY 2
            UNION ALL SELECT 'commodity', v, count(*) FROM f, unnest(commodities) v GROUP BY 2
            UNION ALL SELECT 'year', extract(year FROM day)::text, count(*) FROM f GROUP BY 2""",
            parameters,
        )
    else:
        totals = select("SELECT facet, value, total FROM floor.total")
    context = {"entries": entries, "totals": [tuple(total.values()) for total in totals]}
    return render(request, "list.html", context)


def entry(request: HttpRequest, slug: str) -> HttpResponse:
    """One entry with its sources and its neighbours in time."""
    found = select("SELECT * FROM floor.entry WHERE slug = %s", [slug])
    if not found:
        raise Http404
    here = [found[0]["day"], found[0]["id"]]
    neighbours = select(
        "(SELECT slug, headline FROM floor.entry WHERE (day, id) < (%s, %s) ORDER BY day DESC, id DESC LIMIT 1)"
        " UNION ALL (SELECT slug, headline FROM floor.entry WHERE (day, id) > (%s, %s) ORDER BY day, id LIMIT 1)",
        here * 2,
    )
    sources = select("SELECT * FROM floor.source WHERE entry = %s ORDER BY number", here[1:])
    return render(request, "entry.html", {"entry": found[0], "sources": sources, "neighbours": neighbours})


def feed(request: HttpRequest) -> HttpResponse:
    """Atom with headline and summary, by Django's own generator."""
    where, parameters = conditions(request)
    atom = Atom1Feed(title="Floor", link="http://127.0.0.1/", description="")
    for item in select(
        f"SELECT {SHOWN}, updated_at FROM floor.entry WHERE {where} ORDER BY updated_at DESC LIMIT {FEED}", parameters
    ):
        atom.add_item(
            title=item["headline"],
            link=f"http://127.0.0.1/entry/{item['slug']}/",
            description=item["summary"],
            pubdate=datetime.datetime.combine(item["day"], datetime.time(), datetime.UTC),
            updateddate=item["updated_at"],
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml")


def unchanged(request: HttpRequest) -> HttpResponse:
    """304 after one SELECT."""
    select("SELECT max(updated_at) FROM floor.entry")
    return HttpResponseNotModified()


urlpatterns = [
    path("list/", listing),
    path("entry/<slug:slug>/", entry),
    path("feed/", feed),
    path("304/", unchanged),
]


def serve() -> Any:
    """The WSGI application; DATABASE_URL names the database."""
    templates = {"list.html": TEMPLATE, "entry.html": ENTRY}
    loaders = [("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", templates)])]
    settings.configure(
        SECRET_KEY="floor",  # noqa: S106 - signs nothing
        # What the server and the connection that both have ask for.
        DEVELOPMENT=False,
        DATABASE_STATEMENT_SECONDS=5,
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        DATABASES={"default": {**env.database("DATABASE_URL"), "CONN_MAX_AGE": 600}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": loaders}}],
    )
    django.setup()
    from django.core.wsgi import get_wsgi_application  # after the set-up

    return get_wsgi_application()

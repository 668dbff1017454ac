"""What public entries lack, as columns, and indexes for the lists of the desk, in Wagtail's tables too."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

from timeline.names import fold

# As ``edition.rows`` and ``edition.totals`` say it.
FILL = """
UPDATE timeline_publishedentry SET one_source = now.one_source, unsourced = now.unsourced, positionless = now.positionless
FROM (
    SELECT entry_id,
           (document ->> 'one_source')::boolean AS one_source,
           jsonb_array_length(document -> 'statements') = 0
           OR document @? 'strict $.statements[*].citations ? (@.size() == 0)'
           OR document @? 'strict $.figures[*].citations ? (@.size() == 0)' AS unsourced,
           ARRAY(
               SELECT DISTINCT person.id FROM jsonb_array_elements(document -> 'people') known
               JOIN timeline_person person ON person.slug = known ->> 'slug'
               WHERE jsonb_array_length(known -> 'positions') = 0 ORDER BY 1
           ) AS positionless
    FROM timeline_publishedentry
) AS now
WHERE timeline_publishedentry.entry_id = now.entry_id
      AND (now.one_source OR now.unsourced OR cardinality(now.positionless) > 0);
INSERT INTO timeline_facettotal (facet, value, total)
SELECT 'positionless', unnest(positionless), count(*) FROM timeline_publishedentry GROUP BY 2
"""

# Of Wagtail's tables: what is unfinished or waits is little beside all that is public and done.
WAGTAIL = {
    "timeline_page_unfinished": "wagtailcore_page (id) WHERE NOT live OR has_unpublished_changes",
    "timeline_page_root": "wagtailcore_page (path) WHERE depth = 1",
    "timeline_page_expires": "wagtailcore_page (expire_at) WHERE expire_at IS NOT NULL",
    "timeline_page_title": "wagtailcore_page (title, id)",
    "timeline_page_live": "wagtailcore_page (live, id)",
    "timeline_page_changed": "wagtailcore_page (latest_revision_created_at DESC NULLS LAST, id DESC)",
    "timeline_page_unchanged": "wagtailcore_page (latest_revision_created_at, id)",
    "timeline_task_in_progress": "wagtailcore_taskstate (task_id) WHERE status = 'in_progress'",
}

LATEST_FIRST = [
    models.OrderBy(models.F("date_period"), descending=True, nulls_last=True),
    models.OrderBy(models.F("page_ptr"), descending=True),
]

SAID = models.Func(
    "title",
    "byline",
    "url",
    template="upper(%(expressions)s)",
    arg_joiner=" || ' ' || ",
    output_field=models.TextField(),
)

NAMED = ("person", "organisation", "commodity", "category", "term")


def fold_names(apps: Any, schema_editor: Any) -> None:
    """Write the names of records as the desk compares them; as readers' searches know them only a rebuild does."""
    table = apps.get_model("timeline", "SearchName").objects
    known = {(row.kind, row.record, row.name): row for row in table.all()}
    for (_kind, _record, name), row in known.items():
        row.folded = fold(name)[:200]
    table.bulk_update(known.values(), ["folded"], batch_size=1000)
    unknown: dict[tuple[str, int, str], Any] = {}
    for kind in NAMED:
        names = list(apps.get_model("timeline", kind).objects.values_list("pk", "name"))
        names += apps.get_model("timeline", f"{kind}name").objects.values_list(kind, "name")
        for pk, name in names:
            if (kind, pk, name) not in known:
                row = table.model(kind=kind, record=pk, name=name, key="", stands=False, folded=fold(name)[:200])
                unknown[kind, pk, name] = row
    table.bulk_create(unknown.values(), batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [("timeline", "0025_fragments"), ("wagtailcore", "0098_apitoken")]

    operations = [
        migrations.AddField("publishedentry", "one_source", models.BooleanField(default=False)),
        migrations.AddField("publishedentry", "unsourced", models.BooleanField(default=False)),
        migrations.AddField("publishedentry", "positionless", ArrayField(models.BigIntegerField(), default=list)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True),
        migrations.AddIndex(
            "publishedentry",
            models.Index(
                fields=["is_key", "entry"], name="published_one_source", condition=models.Q(("one_source", True))
            ),
        ),
        migrations.AddIndex(
            "publishedentry",
            models.Index(fields=["entry"], name="published_unsourced", condition=models.Q(("unsourced", True))),
        ),
        migrations.AddIndex(
            "publishedentry",
            models.Index(fields=["entry"], name="published_positionless", condition=~models.Q(("positionless", []))),
        ),
        migrations.AddIndex("entrypage", models.Index(*LATEST_FIRST, name="entry_latest")),
        migrations.AddIndex(
            "entrypage",
            models.Index(
                models.OrderBy(models.F("date_period"), nulls_last=True),
                models.OrderBy(models.F("page_ptr")),
                name="entry_earliest",
            ),
        ),
        migrations.AddIndex("entrypage", models.Index(fields=["weight", "page_ptr"], name="entry_weight")),
        migrations.AddIndex(
            "entrypage",
            models.Index(fields=["page_ptr"], name="entry_planned", condition=models.Q(("planned", True))),
        ),
        migrations.AddIndex(
            "entrypage",
            models.Index(*LATEST_FIRST, name="entry_derived", condition=models.Q(("date_basis", "derived"))),
        ),
        migrations.AddIndex(
            "entrypage",
            models.Index(
                *LATEST_FIRST,
                name="entry_two_ends",
                condition=models.Q(("date_extent", ""), ("date_precision", "interval")),
            ),
        ),
        migrations.AddIndex(
            "source", GinIndex(OpClass(SAID, name="gin_trgm_ops"), name="source_said")
        ),
        migrations.CreateModel(
            "DraftWords",
            [
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="draft_words",
                        serialize=False,
                        to="timeline.entrypage",
                    ),
                ),
                ("revision", models.BigIntegerField()),
                ("vector", SearchVectorField()),
            ],
            options={"indexes": [GinIndex(fields=["vector"], name="draft_vector")]},
        ),
        migrations.AddField("searchname", "folded", models.CharField(default="", max_length=200), preserve_default=False),
        migrations.RunPython(fold_names, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            "searchname", GinIndex(fields=["folded"], name="search_name_folded", opclasses=["gin_trgm_ops"])
        ),
        *(
            migrations.RunSQL(f"CREATE INDEX {name} ON {what}", f"DROP INDEX {name}")
            for name, what in WAGTAIL.items()
        ),
    ]

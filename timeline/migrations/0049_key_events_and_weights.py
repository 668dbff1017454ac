"""Key events as a filter, with their total, and the weights of entries in the order of the list."""

from django.db import migrations, models

WEIGHTS = """
UPDATE timeline_publishedentry SET weight = CASE WHEN is_key THEN 2 ELSE 0 END
WHERE is_key OR document->>'weight' = 'short'
"""
TOTAL = """
INSERT INTO timeline_facettotal (facet, value, total)
SELECT 'is_key', 0, count(*) FROM timeline_publishedentry WHERE is_key HAVING count(*) > 0
ON CONFLICT (facet, value) DO UPDATE SET total = EXCLUDED.total
"""


def in_order(name, *first, **more):
    return migrations.AddIndex(
        "publishedentry",
        models.Index(
            fields=[*first, "sort_date", "sort_rank", "weight", "entry"], include=["period", "digest"], name=name, **more
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("timeline", "0048_letters_to_readers")]

    operations = [
        migrations.AddField("departure", "is_key", models.BooleanField(default=False)),
        migrations.AddField("publishedentry", "weight", models.SmallIntegerField(default=1)),
        *(
            migrations.RemoveIndex("publishedentry", f"published_{name}")
            for name in ("order", "category_order", "differs")
        ),
        migrations.RunSQL(WEIGHTS, migrations.RunSQL.noop, elidable=True),
        migrations.RunSQL(TOTAL, migrations.RunSQL.noop, elidable=True),
        in_order("published_order"),
        in_order("published_category_order", "category"),
        in_order("published_differs", condition=models.Q(differs=True)),
        in_order("published_key", condition=models.Q(is_key=True)),
    ]

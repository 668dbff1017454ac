"""One index of the words, records and months of entries, instead of one for the words and one for each kind of record."""

import django.contrib.postgres.indexes
from django.db import migrations
from django.db.models import Func

from timeline.models.querysets import AsArray

# The months of a period, counted from the year 0; of a long one, or one without an end, 0 alone.
# Nothing but what PostgreSQL has itself, so that it is the same wherever the index is made.
MONTHS = """
CREATE FUNCTION timeline_months(period daterange) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN last - first <= 24 THEN ARRAY(SELECT generate_series(first, last)) ELSE ARRAY[0] END
    FROM (SELECT
        (extract(year FROM lower(period)) * 12 + extract(month FROM lower(period)) - 1)::integer AS first,
        (extract(year FROM upper(period) - 1) * 12 + extract(month FROM upper(period) - 1) - 1)::integer AS last
    ) ends
$$
"""


class Migration(migrations.Migration):
    dependencies = [("timeline", "0037_imprint")]

    operations = [
        migrations.RunSQL(MONTHS, "DROP FUNCTION timeline_months(daterange)"),
        migrations.AddIndex(
            model_name="publishedentry",
            index=django.contrib.postgres.indexes.GinIndex(
                "vector",
                AsArray("category"),
                "people",
                "commodities",
                "organisations",
                "publishers",
                "sources",
                "lanes",
                Func("period", function="timeline_months"),
                name="published_filed",
            ),
        ),
        # The planner knows of months and the like only what it has counted, and would do so hours later.
        migrations.RunSQL("ANALYZE timeline_publishedentry", migrations.RunSQL.noop, elidable=True),
        *(
            migrations.RemoveIndex(model_name="publishedentry", name=f"published_{name}")
            for name in ("people", "commodities", "organisations", "publishers", "sources", "lanes", "vector")
        ),
    ]

"""The index of words, records and months of entries has their years too."""

import django.contrib.postgres.indexes
from django.db import migrations

from timeline.models.querysets import AsArray, MonthsAndYears

# As `MonthsAndYears` says. Nothing but what PostgreSQL has itself, so that it is the same wherever the index is made.
MONTHS_AND_YEARS = """
CREATE FUNCTION timeline_months_and_years(period daterange) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN last - first <= 24
        THEN ARRAY(SELECT generate_series(first, last) UNION ALL SELECT -generate_series(first / 12, last / 12))
        ELSE ARRAY[0] END
    FROM (SELECT
        (extract(year FROM lower(period)) * 12 + extract(month FROM lower(period)) - 1)::integer AS first,
        (extract(year FROM upper(period) - 1) * 12 + extract(month FROM upper(period) - 1) - 1)::integer AS last
    ) ends
$$
"""

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
    dependencies = [("timeline", "0064_blocks")]

    operations = [
        migrations.RunSQL(MONTHS_AND_YEARS, "DROP FUNCTION timeline_months_and_years(daterange)"),
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
                MonthsAndYears("period"),
                name="published_filed_under",
            ),
        ),
        # The planner knows of months and the like only what it has counted, and would do so hours later.
        migrations.RunSQL("ANALYZE timeline_publishedentry", migrations.RunSQL.noop, elidable=True),
        migrations.RemoveIndex(model_name="publishedentry", name="published_filed"),
        migrations.RunSQL("DROP FUNCTION timeline_months(daterange)", MONTHS),
    ]

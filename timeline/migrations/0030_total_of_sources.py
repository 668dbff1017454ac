"""How many sources are cited, as one of the stored totals."""

from django.db import migrations

FILL = """
INSERT INTO timeline_facettotal (facet, value, total)
SELECT 'sources', 0, count(*) FROM timeline_facettotal WHERE facet = 'source' HAVING count(*) > 0
"""
EMPTY = "DELETE FROM timeline_facettotal WHERE facet = 'sources'"


class Migration(migrations.Migration):
    dependencies = [("timeline", "0029_gone_totals")]

    operations = [migrations.RunSQL(FILL, EMPTY, elidable=True)]

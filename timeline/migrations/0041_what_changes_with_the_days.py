"""The day from which something else is said of a published entry, found by the service in its first run."""

from django.db import migrations, models

# The day itself follows from the document, which only our code reads: an early one makes the service look.
FILL = """
UPDATE timeline_publishedentry SET changes_on = published_at::date
WHERE document @? '$.figures[*] ? (@.status == "in_force" && @.period != "" && !(@.period like_regex "[.][.]$"))'
"""


class Migration(migrations.Migration):
    dependencies = [("timeline", "0040_where_things_stand")]

    operations = [
        migrations.AddField("publishedentry", "changes_on", models.DateField(blank=True, null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True),
        migrations.AddIndex(
            "publishedentry",
            models.Index(
                condition=models.Q(("changes_on__isnull", False)), fields=["changes_on"], name="published_changes_on"
            ),
        ),
    ]

"""Since when each answer is as it is: what is public carries the edition that changed it, and what left is noted."""

import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# What is public now counts as changed by the edition that stands.
FILL = """
UPDATE timeline_publishedentry SET edition = e.version, changed_at = e.changed_at FROM timeline_edition e;
UPDATE timeline_edition SET page_version = version, page_changed_at = changed_at;
"""


def array(**options):
    return django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), **options)


class Migration(migrations.Migration):

    dependencies = [("timeline", "0011_keep_versions")]

    operations = [
        migrations.CreateModel(
            name="Departure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("people", array()),
                ("commodities", array()),
                ("organisations", array()),
                ("publishers", array()),
                ("sources", array()),
                ("lanes", array(default=list)),
                ("differs", models.BooleanField()),
                ("uid", models.UUIDField()),
                ("edition", models.PositiveBigIntegerField()),
                ("left_at", models.DateTimeField()),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="timeline.category",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="departure",
            index=models.Index(fields=["-edition"], include=("left_at",), name="departure_changed"),
        ),
        migrations.AddIndex(model_name="departure", index=models.Index(fields=["uid"], name="departure_uid")),
        migrations.AddField(
            model_name="edition", name="page_version", field=models.PositiveBigIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="edition",
            name="page_changed_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="publishedentry",
            name="edition",
            field=models.PositiveBigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="publishedentry",
            name="changed_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="publishedentry",
            index=models.Index(fields=["-edition"], include=("changed_at",), name="published_changed"),
        ),
    ]

"""A table of the words that entries say. Those of entries that are public are counted when these are built anew."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("timeline", "0021_hs_codes_as_written")]

    operations = [
        migrations.CreateModel(
            name="WordTotal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=40)),
                ("folded", models.CharField(max_length=80)),
                ("version", models.PositiveSmallIntegerField()),
                ("total", models.IntegerField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["folded"], name="word_trigrams", opclasses=["gin_trgm_ops"]
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("word", "version"), name="word_counted_once")],
            },
        ),
        migrations.RunSQL(
            "UPDATE timeline_publishedentry SET document_version = 0", migrations.RunSQL.noop, elidable=True
        ),
    ]

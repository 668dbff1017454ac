"""What entries and records are found by in Japanese; ``rebuild_search --outdated`` files it."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [("timeline", "0055_what_readers_report_of")]

    operations = [
        migrations.AddField(
            model_name="publishedentry",
            name="vector_ja",
            field=django.contrib.postgres.search.SearchVectorField(null=True),
        ),
        migrations.AddIndex(
            model_name="publishedentry",
            index=django.contrib.postgres.indexes.GinIndex(Coalesce("vector_ja", "vector"), name="published_words_ja"),
        ),
        migrations.RemoveConstraint(model_name="searchname", name="search_name_listed_once"),
        migrations.AddField(
            model_name="searchname",
            name="language",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddConstraint(
            model_name="searchname",
            constraint=models.UniqueConstraint(
                fields=("kind", "record", "language", "name"), name="search_name_listed_once"
            ),
        ),
    ]

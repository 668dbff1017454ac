"""Published entries say which document they were built as; those that are there say that they do not know."""

from django.db import migrations, models

import timeline.models.document


class Migration(migrations.Migration):

    dependencies = [("timeline", "0013_countries")]

    operations = [
        migrations.AddField(
            model_name="publishedentry",
            name="document_version",
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="publishedentry",
            index=models.Index(fields=["document_version"], name="published_document_version"),
        ),
        # Nothing changes in the database: only how the column is read.
        migrations.AlterField(
            model_name="publishedentry", name="document", field=timeline.models.document.DocumentField()
        ),
        migrations.AlterField(model_name="version", name="document", field=timeline.models.document.DocumentField()),
    ]

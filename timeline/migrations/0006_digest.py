from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("timeline", "0005_validate_tags")]

    operations = [
        migrations.AddField("publishedentry", "digest", models.CharField(max_length=32, default=""), preserve_default=False),
        # Rows that are there already must differ: what is kept is found by this alone.
        migrations.RunSQL("UPDATE timeline_publishedentry SET digest = md5(document::text)", migrations.RunSQL.noop),
    ]

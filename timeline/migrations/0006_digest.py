from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("timeline", "0005_validate_tags")]

    operations = [
        migrations.AddField("publishedentry", "digest", models.CharField(max_length=32, default=""), preserve_default=False),
    ]

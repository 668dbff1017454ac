from django.db import migrations, models

from timeline.models.document import DocumentField


class Migration(migrations.Migration):
    """What is translated of entries is filed as whole documents. Until they are, pages put them together."""

    dependencies = [("timeline", "0061_roles_of_media")]

    operations = [
        migrations.AddField("publishedtranslation", "document", DocumentField(default=dict)),
        migrations.AddField("publishedtranslation", "of", models.CharField(default="", max_length=32)),
        migrations.AddField("publishedtranslation", "originals", models.JSONField(default=list)),
    ]

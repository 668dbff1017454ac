"""What readers have seen is withdrawn, never deleted: its versions hold it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("timeline", "0010_feeds")]

    operations = [
        migrations.AlterField(
            model_name="version",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="timeline.entrypage"
            ),
        ),
    ]

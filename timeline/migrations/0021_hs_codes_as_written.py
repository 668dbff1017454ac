"""An HS code is read as it is written. Nothing in the database changes."""

from django.db import migrations

import timeline.models.fields


class Migration(migrations.Migration):

    dependencies = [("timeline", "0020_what_the_two_dates_mean")]

    operations = [
        migrations.AlterField(
            "hscode",
            "code",
            timeline.models.fields.HSCodeField(
                help_text="2, 4 or 6 digits, for example 8703.", max_length=6, verbose_name="HS code"
            ),
        ),
    ]

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import timeline.models.fields


def make_room(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A year stands after the seasons, quarters and halves in it, which take the ranks 3 and 4."""
    apps.get_model("timeline", "PublishedEntry").objects.filter(sort_rank=3).update(sort_rank=5)


def close_up(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("timeline", "PublishedEntry").objects.filter(sort_rank=5).update(sort_rank=3)


class Migration(migrations.Migration):
    dependencies = [
        ("timeline", "0018_names_in_more_languages"),
    ]

    operations = [
        migrations.AlterField(
            model_name="entrypage",
            name="date",
            field=timeline.models.fields.EDTFField(
                help_text="When it happened, as exactly as it is known: 16 April 2025, April 2025, 2025, spring 2025, 2025-10-27/2025-10-29, 2025-05~ (about).",
                max_length=60,
                period="date_period",
                precision="date_precision",
                verbose_name="date",
            ),
        ),
        migrations.RunPython(make_room, close_up),
    ]

"""Give the groups of 0002 what storylines and the lines of where things stand need.

Both are public at once and speak for the whole chronology, so only moderators write them.
"""

from importlib import import_module

from django.db import migrations

roles = import_module("timeline.migrations.0002_roles")

RECORDS = {
    "Editors": {name: ["view"] for name in ["storyline", "stateline"]},
    "Moderators": {name: ["view", "add", "change", "delete"] for name in ["storyline", "stateline"]},
}


def grant(apps, schema_editor):
    for name, records in RECORDS.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        for model, actions in records.items():
            group.permissions.add(
                *(roles.permission(apps, f"{action}_{model}", "timeline", model) for action in actions)
            )


class Migration(migrations.Migration):
    dependencies = [("timeline", "0041_what_changes_with_the_days")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]

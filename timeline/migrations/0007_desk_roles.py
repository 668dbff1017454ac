"""Give the groups of 0002 what the desk's own records need.

Whoever adds a source may keep a copy of it. What changes many records at once,
an import or a merge, is for moderators.
"""

from importlib import import_module

from django.db import migrations

roles = import_module("timeline.migrations.0002_roles")

RECORDS = {
    "Editors": {"snapshot": ["view", "add"]},
    "Moderators": {
        "snapshot": ["view", "add", "delete"],
        "import": ["view", "add", "change"],
        "merge": ["view", "add", "change"],
    },
}


def grant(apps, schema_editor):
    for name, records in RECORDS.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        for model, actions in records.items():
            group.permissions.add(
                *(roles.permission(apps, f"{action}_{model}", "timeline", model) for action in actions)
            )


class Migration(migrations.Migration):

    dependencies = [("timeline", "0006_desk")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]

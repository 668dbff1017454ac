"""Give the groups of 0002 what the glossary and the series of figures need.

A series shows nothing until a figure joins it, so editors may add one; a glossary
term is public at once, so only moderators write it.
"""

from importlib import import_module

from django.db import migrations

roles = import_module("timeline.migrations.0002_roles")

RECORDS = {
    "Editors": {"figureseries": ["view", "add"], "term": ["view"]},
    "Moderators": {name: ["view", "add", "change", "delete"] for name in ["figureseries", "term"]},
}


def grant(apps, schema_editor):
    for name, records in RECORDS.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        for model, actions in records.items():
            group.permissions.add(
                *(roles.permission(apps, f"{action}_{model}", "timeline", model) for action in actions)
            )


class Migration(migrations.Migration):

    dependencies = [("timeline", "0003_overview")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]

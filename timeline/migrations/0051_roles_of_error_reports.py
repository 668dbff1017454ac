"""Give the groups of 0002 the inbox of error reports: editors answer them, moderators may delete what is none."""

from importlib import import_module

from django.db import migrations

roles = import_module("timeline.migrations.0002_roles")

ACTIONS = {"Editors": ["view", "change"], "Moderators": ["view", "change", "delete"]}


def grant(apps, schema_editor):
    for name, actions in ACTIONS.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        permissions = [roles.permission(apps, f"{one}_errorreport", "timeline", "errorreport") for one in actions]
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [("timeline", "0050_error_reports")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]

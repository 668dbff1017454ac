"""Make the group Translators, who translate and do nothing else at the desk; moderators do that as well."""

from importlib import import_module

from django.db import migrations

roles = import_module("timeline.migrations.0002_roles")


def grant(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    translate = roles.permission(apps, "change_translation", "timeline", "translation")
    enter = roles.permission(apps, "access_admin", "wagtailadmin", "admin")
    translators, _ = Group.objects.get_or_create(name="Translators")
    translators.permissions.add(translate, enter)
    for group in Group.objects.filter(name="Moderators"):
        group.permissions.add(translate)


class Migration(migrations.Migration):
    dependencies = [("timeline", "0058_the_translators_desk")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]

"""Let the groups of 0002 upload the pictures and documents that they attach to entries, and choose among them."""

from importlib import import_module

from django.db import migrations

roles = import_module("timeline.migrations.0002_roles")

MEDIA = [("wagtailimages", "image"), ("wagtaildocs", "document")]
ACTIONS = ["add", "choose"]


def grant(apps, schema_editor):
    GroupCollectionPermission = apps.get_model("wagtailcore", "GroupCollectionPermission")
    root = apps.get_model("wagtailcore", "Collection").objects.filter(depth=1).order_by("path").first()
    for group in apps.get_model("auth", "Group").objects.filter(name__in=["Editors", "Moderators"]) if root else ():
        for app, model in MEDIA:
            for action in ACTIONS:
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=root, permission=roles.permission(apps, f"{action}_{model}", app, model)
                )


class Migration(migrations.Migration):
    dependencies = [
        ("timeline", "0060_pictures_and_documents"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]

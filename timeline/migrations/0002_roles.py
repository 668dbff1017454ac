"""Fill Wagtail's own groups, Editors and Moderators, with what their work needs.

A record has no draft: changing it changes published entries at once. So editors may
add records (which nothing public uses yet), and moderators keep them.

    Editors      entries: write, and submit to moderation
                 sources, people, organisations, commodities: add
    Moderators   entries: write, approve, publish, schedule, withdraw, lock
                 every record: add, change, delete

On the page tree the permissions belong to the root page, so they also hold for a
chronology that is made later.
"""

from django.db import migrations

RECORDS = ["source", "person", "organisation", "commodity"]
EDITORS = {
    **{name: ["view", "add"] for name in RECORDS},
    "category": ["view"],
}
MODERATORS = {name: ["view", "add", "change", "delete"] for name in [*RECORDS, "category"]}
ON_PAGES = {
    "Editors": ["add_page", "change_page"],
    "Moderators": ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"],
}


def permission(apps, codename, app, model):
    """The permission; Django itself makes it only after all migrations have run."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=codename, defaults={"name": f"Can {codename.replace('_', ' ')}"}
    )
    return found


def grant(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Page = apps.get_model("wagtailcore", "Page")
    GroupPagePermission = apps.get_model("wagtailcore", "GroupPagePermission")
    root = Page.objects.filter(depth=1).order_by("path").first()
    for name, records in [("Editors", EDITORS), ("Moderators", MODERATORS)]:
        group, _ = Group.objects.get_or_create(name=name)
        for model, actions in records.items():
            group.permissions.add(
                *(permission(apps, f"{action}_{model}", "timeline", model) for action in actions)
            )
        group.permissions.add(permission(apps, "access_admin", "wagtailadmin", "admin"))
        for codename in ON_PAGES[name] if root else ():
            GroupPagePermission.objects.get_or_create(
                group=group, page=root, permission=permission(apps, codename, "wagtailcore", "page")
            )


def revoke(apps, schema_editor):
    Permission = apps.get_model("auth", "Permission")
    granted = Permission.objects.filter(content_type__app_label="timeline")
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ON_PAGES):
        group.permissions.remove(*granted)


class Migration(migrations.Migration):

    dependencies = [
        ("timeline", "0001_initial"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(grant, revoke)]

"""An index of the few pages that are locked, for Wagtail's report of them."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("timeline", "0027_shelf")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX timeline_page_locked ON wagtailcore_page (id) WHERE locked", "DROP INDEX timeline_page_locked"
        ),
    ]

"""Sources are known by new keys: fewer parameters tell pages apart, and an archive's copy is the page it was made of.

Which two sources are one page now, the list of sources says (filter “Lacks”).
"""

from django.db import migrations

from timeline.models.source import renew_keys


def renew(apps, _editor):
    renew_keys(apps.get_model("timeline", "Source"), apps.get_model("timeline", "SourceAddress"))


class Migration(migrations.Migration):

    dependencies = [("timeline", "0016_datasets_that_may_be_had")]

    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]

"""Compare names by their trigrams, for the near spellings offered when a search finds nothing.

pg_trgm is a trusted extension: the owner of the database may create it.
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("timeline", "0004_more_roles")]

    operations = [TrigramExtension()]

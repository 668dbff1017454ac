from django.db import migrations, models

FILE = """
UPDATE timeline_publishedtranslation SET answered = coalesce((
    SELECT jsonb_object_agg(key, value) FROM jsonb_each(words)
    WHERE key ^@ 'headline' OR key ^@ 'dates.' OR key ^@ 'figures.'
), '{}')
"""


class Migration(migrations.Migration):
    """What an answer to a line of the state says in another language is filed by itself: pages read those of all."""

    dependencies = [("timeline", "0062_translated_documents")]

    operations = [
        migrations.AddField("publishedtranslation", "answered", models.JSONField(default=dict)),
        migrations.RunSQL(FILE, migrations.RunSQL.noop, elidable=True),
    ]

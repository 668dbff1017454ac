"""Versions readers could read, addresses and copies of sources, and the desk's own records."""

import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import modelcluster.fields
from django.conf import settings
from django.db import migrations, models

import timeline.models.fields
from timeline.web.addresses import address_key


# What documents say from now on, of entries published before; built anew they would say the same.
OLDER_DOCUMENTS = """
UPDATE timeline_publishedentry SET document = document || jsonb_build_object(
    'planned', false, 'version', 1, 'changes', '[]'::jsonb, 'modified', document->'updated',
    'sources', (
        SELECT coalesce(jsonb_agg(source || '{"link": "", "link_since": ""}' ORDER BY place), '[]')
        FROM jsonb_array_elements(document->'sources') WITH ORDINALITY AS listed (source, place)
    )
);
UPDATE timeline_publishedentry SET digest = md5(document::text);
"""

# What readers can see now is the first version of each entry that is public.
FIRST_VERSIONS = """
INSERT INTO timeline_version
    (entry_id, number, change, published_at, note, wrong, "right", document, revision_id, redaction)
SELECT row.entry_id, 1, 'first', row.published_at, '', '', '', row.document, page.live_revision_id, ''
FROM timeline_publishedentry row JOIN wagtailcore_page page ON page.id = row.entry_id
"""

# What was published stays as it was: only a redaction may change it.
NEVER_CHANGED = """
CREATE FUNCTION timeline_version_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A published version cannot be changed.' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER version_is_final BEFORE UPDATE ON timeline_version FOR EACH ROW
WHEN (
    NEW.redaction = '' AND (
        OLD.entry_id, OLD.number, OLD.change, OLD.published_at, OLD.note, OLD.wrong, OLD."right", OLD.document
    ) IS DISTINCT FROM (
        NEW.entry_id, NEW.number, NEW.change, NEW.published_at, NEW.note, NEW.wrong, NEW."right", NEW.document
    )
)
EXECUTE FUNCTION timeline_version_is_final();
"""
CHANGEABLE = """
DROP TRIGGER version_is_final ON timeline_version;
DROP FUNCTION timeline_version_is_final();
"""


def fold_addresses(apps, schema_editor):
    """Give every source the key of its address."""
    Source = apps.get_model("timeline", "Source")
    batch = []
    for source in Source.objects.exclude(url="").only("url").iterator():
        source.address_key = address_key(source.url)
        batch.append(source)
        if len(batch) == 500:
            Source.objects.bulk_update(batch, ["address_key"])
            batch = []
    Source.objects.bulk_update(batch, ["address_key"])


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0005_trigrams'),
        ('wagtailcore', '0098_apitoken'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CommandRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('command', models.CharField(max_length=40, unique=True)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('problem', models.TextField(blank=True)),
            ],
            options={
                'verbose_name': 'run of a command',
            },
        ),
        migrations.AddField(
            model_name='entrypage',
            name='change',
            field=models.CharField(blank=True, choices=[('minor', 'Minor edit'), ('update', 'Update'), ('correction', 'Correction')], max_length=10, verbose_name='kind of change'),
        ),
        migrations.AddField(
            model_name='entrypage',
            name='change_note',
            field=timeline.models.fields.PlainTextField(blank=True, help_text='For an update: one sentence for readers. May stay empty.', verbose_name='what is new'),
        ),
        migrations.AddField(
            model_name='entrypage',
            name='correction_right',
            field=timeline.models.fields.PlainTextField(blank=True, help_text='What the entry says now.', verbose_name='what is right'),
        ),
        migrations.AddField(
            model_name='entrypage',
            name='correction_wrong',
            field=timeline.models.fields.PlainTextField(blank=True, help_text='What readers could read before, and why it was wrong.', verbose_name='what was wrong'),
        ),
        migrations.AddField(
            model_name='entrypage',
            name='planned',
            field=models.BooleanField(default=False, help_text='It has been announced and has not happened yet; readers see “Planned”.', verbose_name='planned'),
        ),
        migrations.AddField(
            model_name='source',
            name='address_key',
            field=models.CharField(blank=True, db_index=True, editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name='source',
            name='archive_state',
            field=models.CharField(blank=True, choices=[('ok', 'Works'), ('redirected', 'Redirects to the same page'), ('moved', 'Moved to another page'), ('inconclusive', 'No clear answer'), ('paywalled', 'Behind a paywall'), ('soft_404', 'Answers, but the page is not there'), ('changed', 'Changed: a quotation is gone'), ('dead', 'Gone')], editable=False, max_length=12, verbose_name='archived copy works'),
        ),
        migrations.AddField(
            model_name='source',
            name='description',
            field=timeline.models.fields.PlainTextField(blank=True, help_text='What the page says of itself. Private: readers never see it.', verbose_name='description'),
        ),
        migrations.AddField(
            model_name='source',
            name='link_state',
            field=models.CharField(blank=True, choices=[('ok', 'Works'), ('redirected', 'Redirects to the same page'), ('moved', 'Moved to another page'), ('inconclusive', 'No clear answer'), ('paywalled', 'Behind a paywall'), ('soft_404', 'Answers, but the page is not there'), ('changed', 'Changed: a quotation is gone'), ('dead', 'Gone')], db_index=True, editable=False, max_length=12, verbose_name='original'),
        ),
        migrations.CreateModel(
            name='FailedPublication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reasons', models.TextField()),
                ('failed_at', models.DateTimeField()),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='failed_publication', to='timeline.entrypage')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.revision')),
            ],
            options={
                'verbose_name': 'failed publication',
            },
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('kind', models.CharField(max_length=20)),
                ('content', models.TextField()),
                ('status', models.CharField(choices=[('checked', 'Checked, not loaded'), ('loaded', 'Loaded'), ('undone', 'Undone')], default='checked', max_length=8)),
                ('uploaded_at', models.DateTimeField(auto_now_add=True)),
                ('loaded_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('made', models.JSONField(default=dict)),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'import',
                'ordering': ['-uploaded_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('kept_key', models.CharField(max_length=120)),
                ('kept_name', models.CharField(max_length=400)),
                ('removed_key', models.CharField(max_length=120)),
                ('removed_name', models.CharField(max_length=400)),
                ('removed', models.JSONField()),
                ('moved', models.JSONField()),
                ('merged_at', models.DateTimeField(auto_now_add=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('merged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'merge',
                'ordering': ['-merged_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='LinkCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(choices=[('original', 'Original'), ('archived', 'Archived copy')], max_length=10)),
                ('url', models.CharField(max_length=2000)),
                ('state', models.CharField(choices=[('ok', 'Works'), ('redirected', 'Redirects to the same page'), ('moved', 'Moved to another page'), ('inconclusive', 'No clear answer'), ('paywalled', 'Behind a paywall'), ('soft_404', 'Answers, but the page is not there'), ('changed', 'Changed: a quotation is gone'), ('dead', 'Gone')], max_length=12)),
                ('checked_at', models.DateTimeField()),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('final_url', models.CharField(blank=True, max_length=2000)),
                ('detail', models.TextField(blank=True)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('failing_since', models.DateTimeField(null=True)),
                ('etag', models.CharField(blank=True, max_length=200)),
                ('last_modified', models.CharField(blank=True, max_length=100)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='link_checks', to='timeline.source')),
            ],
            options={
                'verbose_name': 'link check',
                'indexes': [models.Index(fields=['checked_at'], name='link_checked_at')],
                'constraints': [models.UniqueConstraint(fields=('source', 'address'), name='address_checked_in_one_row')],
            },
        ),
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('taken_at', models.DateTimeField()),
                ('origin', models.CharField(choices=[('fetched', 'Fetched from its address'), ('pasted', 'Pasted text'), ('uploaded', 'Uploaded file')], max_length=8)),
                ('url', models.CharField(blank=True, max_length=2000)),
                ('media_type', models.CharField(max_length=100)),
                ('content', models.BinaryField(default=bytes)),
                ('sha256', models.CharField(max_length=64)),
                ('text', models.TextField(blank=True)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='snapshots', to='timeline.source')),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'snapshot',
                'ordering': ['-taken_at', '-pk'],
                'indexes': [models.Index(fields=['source', '-taken_at'], name='snapshot_of_source')],
            },
        ),
        migrations.CreateModel(
            name='SourceAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('url', timeline.models.fields.PlainCharField(max_length=2000, validators=[django.core.validators.URLValidator(schemes=['http', 'https'])], verbose_name='address')),
                ('address_key', models.CharField(db_index=True, editable=False, max_length=300)),
                ('source', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='timeline.source')),
            ],
            options={
                'verbose_name': 'further address',
                'ordering': ['sort_order'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('source', 'url'), name='source_address_listed_once', violation_error_message='This address is listed twice.')],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('change', models.CharField(choices=[('first', 'First published'), ('minor', 'Minor edit'), ('update', 'Update'), ('correction', 'Correction')], max_length=10)),
                ('published_at', models.DateTimeField()),
                ('note', timeline.models.fields.PlainTextField(blank=True)),
                ('wrong', timeline.models.fields.PlainTextField(blank=True)),
                ('right', timeline.models.fields.PlainTextField(blank=True)),
                ('correction', models.PositiveIntegerField(null=True)),
                ('document', models.JSONField()),
                ('redaction', models.CharField(blank=True, choices=[('legal', 'Removed for legal reasons'), ('privacy', 'Removed to protect a person')], max_length=10)),
                ('redacted_at', models.DateTimeField(null=True)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='timeline.entrypage')),
                ('revision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision')),
            ],
            options={
                'verbose_name': 'published version',
                'ordering': ['entry', 'number'],
                'indexes': [models.Index(fields=['-published_at', '-id'], name='version_recent'), models.Index(condition=models.Q(('change', 'correction')), fields=['-published_at', '-id'], name='version_corrections')],
                'constraints': [models.UniqueConstraint(fields=('entry', 'number'), name='version_numbered_once'), models.UniqueConstraint(fields=('entry', 'correction'), name='correction_numbered_once'), models.CheckConstraint(condition=models.Q(models.Q(('change', 'correction'), ('correction__isnull', False)), models.Q(models.Q(('change', 'correction'), _negated=True), ('correction__isnull', True)), _connector='OR'), name='correction_has_a_number')],
            },
        ),
        migrations.RunPython(fold_addresses, migrations.RunPython.noop),
        migrations.RunSQL(OLDER_DOCUMENTS, migrations.RunSQL.noop),
        migrations.RunSQL(FIRST_VERSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(NEVER_CHANGED, CHANGEABLE),
    ]

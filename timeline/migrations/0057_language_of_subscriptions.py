"""The language of letters: of what is followed, not of who follows it."""

from django.conf import settings
from django.db import migrations, models

OF_SUBSCRIBERS = """
UPDATE timeline_subscription followed SET language = subscriber.language
FROM timeline_subscriber subscriber WHERE subscriber.id = followed.subscriber_id;
UPDATE timeline_letter letter SET language = subscriber.language
FROM timeline_subscriber subscriber WHERE subscriber.id = letter.subscriber_id;
"""


class Migration(migrations.Migration):
    dependencies = [("timeline", "0056_words_in_japanese")]

    operations = [
        *(
            migrations.AddField(
                model_name=name,
                name="language",
                field=models.CharField(max_length=20, default=settings.LANGUAGE_CODE),
                preserve_default=False,
            )
            for name in ("subscription", "letter")
        ),
        migrations.RunSQL(OF_SUBSCRIBERS, migrations.RunSQL.noop, elidable=True),
        migrations.RemoveField(model_name="subscriber", name="language"),
        migrations.RemoveConstraint(model_name="subscription", name="question_followed_once"),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                fields=("subscriber", "query", "language"), name="question_followed_once"
            ),
        ),
        migrations.RemoveIndex(model_name="subscription", name="subscription_round"),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("confirmed_at__isnull", False)),
                fields=["frequency", "query", "language"],
                name="subscription_round",
            ),
        ),
    ]

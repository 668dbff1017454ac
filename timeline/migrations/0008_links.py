"""Since when the state of a link is what it is, and when a page was last seen whole.

Readers are told the day on which an original was found gone. A page is called changed
only if a check once found what is missing now.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("timeline", "0007_desk_roles")]

    operations = [
        migrations.AddField(
            model_name="source",
            name="link_state_since",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="linkcheck",
            name="whole_at",
            field=models.DateTimeField(null=True),
        ),
    ]

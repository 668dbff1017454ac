"""Since when the state of a link is what it is: readers are told the day on which an original was found gone."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("timeline", "0007_desk_roles")]

    operations = [
        migrations.AddField(
            model_name="source",
            name="link_state_since",
            field=models.DateField(editable=False, null=True),
        ),
    ]

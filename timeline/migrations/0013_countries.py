"""Countries are chosen from ISO 3166-1. Nothing in the database changes: what was stored as something else stays.

Readers see that as it stands; whoever saves the record next, in the form, by an import or with the pack, is asked
for a country.
"""

from django.db import migrations, models

import timeline.countries


def country():
    return models.CharField(
        "country",
        max_length=3,
        blank=True,
        choices=timeline.countries.choices,
        error_messages={
            "invalid_choice": (
                "“%(value)s” is not the code of a country. Choose the country by name; in a file write "
                "the two letters that ISO 3166-1 has for it, such as JP, or EU, or INT for international."
            )
        },
    )


class Migration(migrations.Migration):

    dependencies = [("timeline", "0012_validators")]

    operations = [
        migrations.AlterField("organisation", "country", country()),
        migrations.AlterField("person", "country", country()),
    ]

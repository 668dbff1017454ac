#!/bin/sh
# Wagtail copies a page for translation, but the rows of its rows stay in the old language, and the copy fails.
#
# A page can have rows (ParentalKey of django-modelcluster) that are translatable themselves (TranslatableMixin), and
# such a row can have rows of its own. Copy and original share their translation key and differ in the locale; the
# database lets each pair of the two exist once. One would guess that `copy_for_translation` gives the new locale to
# every row that it copies. Seen here, with wagtail 8.0, django 6.1 and django-modelcluster 6.5, and the same with
# wagtail 8.0.1 and django 6.1.3:
#
#   a page with one level of rows is copied, and its rows have the new locale
#   with a second level, those rows are copied with the old locale: IntegrityError, and the page is not copied
#   the plain `copy` of such a page fails as well: it gives new translation keys to the first level only
#
# The tracker of Wagtail has the translation as issue 14425.
#
# Who is hurt: sites with translatable rows in translatable rows, such as a guide with sections that have entries. Their
# editors can neither translate such a page nor copy it, and all is well until somebody writes the first entry.
#
# Fails when the behaviour has changed. Needs python3 (3.12 or later) and a registry of packages.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
cd "$work"

venv/bin/pip install --quiet wagtail==8.0 django==6.1 django-modelcluster==6.5

mkdir example
touch example/__init__.py
cat > example/models.py <<'PYTHON'
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Page, TranslatableMixin


class Guide(Page):
    pass


class Section(TranslatableMixin, ClusterableModel):
    page = ParentalKey(Guide, related_name="sections")
    title = models.CharField(max_length=50)


class Entry(TranslatableMixin):
    section = ParentalKey(Section, related_name="entries")
    title = models.CharField(max_length=50)
PYTHON

cat > copies.py <<'PYTHON'
from importlib.metadata import version

import django
from django.conf import settings

LANGUAGES = [("en", "English"), ("fr", "French")]
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "taggit", "wagtail", "example"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "site.sqlite3"}},
    STATIC_URL="/static/",
    LANGUAGE_CODE="en",
    LANGUAGES=LANGUAGES,
    WAGTAIL_CONTENT_LANGUAGES=LANGUAGES,
    WAGTAIL_I18N_ENABLED=True,
)
django.setup()

from django.core.management import call_command
from django.db import IntegrityError
from django.db.models.signals import pre_save
from example.models import Entry, Guide, Section
from wagtail.models import Locale, Page

for package in ("wagtail", "django", "django-modelcluster"):
    print(package, version(package))

call_command("makemigrations", "example", verbosity=0)
call_command("migrate", verbosity=0)
english = Locale.objects.get(language_code="en")
french = Locale.objects.create(language_code="fr")
root = Page.get_first_root_node()

flat = root.add_child(instance=Guide(title="Rivers", slug="rivers", locale=english))
Section.objects.create(page=flat, title="Africa", locale=english)

nested = root.add_child(instance=Guide(title="Lakes", slug="lakes", locale=english))
section = Section.objects.create(page=nested, title="Asia", locale=english)
Entry.objects.create(section=section, title="Baikal", locale=english)


def say(sender, instance, **kwargs):
    print(f"  {sender.__name__} {instance.title} is to be saved in {instance.locale.language_code}")


for model in (Section, Entry):
    pre_save.connect(say, sender=model)

for page in (flat, nested):
    for name, copy in (
        ("copy_for_translation", lambda: page.copy_for_translation(french)),
        ("copy", lambda: page.copy(update_attrs={"slug": f"{page.slug}-2"})),
    ):
        print(f"{page.title}, {name}:")
        try:
            copy()
            print("  copied")
        except IntegrityError as error:
            print(f"  {type(error).__name__}: {error}")
    print(f"{page.title}, pages:", *(guide.locale.language_code for guide in Guide.objects.filter(title=page.title)))
PYTHON

cat > expected <<'TEXT'
wagtail 8.0
django 6.1
django-modelcluster 6.5
Rivers, copy_for_translation:
  Section Africa is to be saved in fr
  copied
Rivers, copy:
  Section Africa is to be saved in en
  copied
Rivers, pages: en fr en
Lakes, copy_for_translation:
  Section Asia is to be saved in fr
  Entry Baikal is to be saved in en
  IntegrityError: UNIQUE constraint failed: example_entry.translation_key, example_entry.locale_id
Lakes, copy:
  Section Asia is to be saved in en
  Entry Baikal is to be saved in en
  IntegrityError: UNIQUE constraint failed: example_entry.translation_key, example_entry.locale_id
Lakes, pages: en
TEXT

venv/bin/python copies.py | tee seen
diff expected seen && echo "As described."

"""Countries: chosen by name, kept by code, and read in the reader's language; what is no country gets in nowhere."""

from importlib import resources

import pytest
from babel import Locale
from django.contrib.auth import get_user
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from wagtail.admin.localization import get_available_admin_languages
from wagtail.users.models import UserProfile

from tests import sample_pack
from tests.editing import errors_of, form_data
from tests.factories import OrganisationFactory, PersonFactory, publish_entry
from timeline import countries
from timeline.imports import checking
from timeline.models import Organisation, Person

WRONG = ["vn", "USA", "日本", "x x", "XX", "XK", "UN", "001"]
SENTENCE = (
    "“{}” is not the code of a country. Choose the country by name; in a file write "
    "the two letters that ISO 3166-1 has for it, such as JP, or EU, or INT for international."
)


def address(model: type, view: str, *args: int) -> str:
    return reverse(f"wagtailsnippets_timeline_{model._meta.model_name}:{view}", args=args)


# -- names --------------------------------------------------------------------------------


def test_the_codes_are_those_of_iso_3166_1_and_two_more():
    """The database of time zones has the same list, from ISO itself."""
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text()
    assigned = {line.split("\t")[0] for line in table.splitlines() if not line.startswith("#")}
    assert len(assigned) == 249
    assert {code for code, _name in countries.choices()} == assigned | {"EU", "INT"}


def test_the_chronology_names_its_countries_as_it_always_did():
    names = {
        "AU": "Australia", "AZ": "Azerbaijan", "CA": "Canada", "CN": "China", "DE": "Germany", "EU": "European Union",
        "FR": "France", "GB": "United Kingdom", "IN": "India", "IT": "Italy", "JO": "Jordan", "JP": "Japan",
        "KR": "South Korea", "NG": "Nigeria", "NL": "Netherlands", "NP": "Nepal", "PH": "Philippines",
        "PK": "Pakistan", "SG": "Singapore", "TR": "Türkiye", "TW": "Taiwan", "US": "United States",
    }  # fmt: skip
    assert {code: countries.name(code) for code in names} == names


@pytest.mark.parametrize(
    ("language", "names"),
    [("en", ["Vietnam", "European Union", "International"]), ("ja", ["ベトナム", "欧州連合", "International"])],
)
def test_a_name_is_in_the_language_of_the_page(language, names):
    with translation.override(language):
        assert [countries.name(code) for code in ("VN", "EU", "INT")] == names
        assert ("VN", names[0]) in countries.choices()


def test_a_code_that_nobody_knows_stands_for_itself():
    assert [countries.name(code) for code in ("", "vn", "XX")] == ["", "vn", "XX"]


def test_countries_are_listed_by_name_without_regard_to_accents():
    names = [name for _code, name in countries.choices()]
    assert names[:3] == ["Afghanistan", "Åland Islands", "Albania"]
    assert names.index("International") < names.index("Iran")


def test_every_language_of_the_admin_has_names():
    for language, _name in get_available_admin_languages():
        assert Locale.parse(language, sep="-").language == language.split("-")[0]


# -- every door ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", WRONG)
@pytest.mark.parametrize(
    "model", [Person(family_name="Nguyen"), Organisation(name="Ministry")], ids=["person", "body"]
)
def test_a_model_refuses_what_is_no_country(model, code):
    model.country = code
    with pytest.raises(ValidationError) as refusal:
        model.clean_fields()
    assert refusal.value.message_dict["country"] == [SENTENCE.format(code)]


@pytest.mark.parametrize("code", ["", "VN", "EU", "INT"])
def test_a_model_takes_a_country_or_none(code):
    Person(family_name="Nguyen", country=code, key="nguyen").clean_fields()


def test_a_person_and_an_organisation_have_an_item_of_wikidata_alike(db):
    for model in (Person, Organisation):
        constraint = f"{model._meta.model_name}_wikidata_id_shape"
        assert constraint in [rule.name for rule in model._meta.constraints]
        with pytest.raises(ValidationError, match="Q and digits"):
            model(wikidata="842").validate_constraints()


@pytest.mark.parametrize("code", ["vn", "USA", "日本", "x x"])
def test_an_import_names_row_and_column(db, code):
    found = checking.check({"people.csv": f"family_name,country\nSato,JP\nNguyen,{code}\n"}, "people").problems
    assert [str(problem) for problem in found] == [f"people.csv, row 3, column B (country): {SENTENCE.format(code)}"]


def test_an_import_takes_a_country(db):
    result = checking.check({"people.csv": "family_name,country\nNguyen,VN\n"}, "people")
    assert (result.problems, [step.record["country"] for step in result.steps]) == ([], ["VN"])


@pytest.mark.parametrize("file", ["people.json", "organisations.json"])
@pytest.mark.parametrize("code", ["vn", "USA", "日本", "x x"])
def test_a_check_of_the_pack_names_file_and_record(tmp_path, file, code):
    files = sample_pack.sample()
    files[file][0]["country"] = code
    sample_pack.write(files, tmp_path)
    with pytest.raises(CommandError) as refusal:
        call_command("load_chronology", "--check", "--pack", str(tmp_path))
    assert f"{file}, {files[file][0]['id']}, country: {SENTENCE.format(code)}" in str(refusal.value)


# -- editors ------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Person, Organisation], ids=["person", "organisation"])
def test_editors_choose_a_country_by_name(moderator, model):
    page = moderator.get(address(model, "add"))
    assert '<option value="VN">Vietnam</option>' in page.content.decode()
    data = form_data(page) | {"family_name": "Nguyen", "name": "Ministry", "country": "VN"}
    assert moderator.post(address(model, "add"), data).status_code == 302
    assert model.objects.get().country == "VN"


def test_a_form_refuses_what_is_no_country(moderator):
    data = form_data(moderator.get(address(Person, "add"))) | {"family_name": "Nguyen"}
    for code in ("vn", "USA", "日本", "x x"):
        response = moderator.post(address(Person, "add"), data | {"country": code})
        assert f"Select a valid choice. {code} is not one of the available choices." in errors_of(response)
    assert not Person.objects.exists()


@pytest.mark.parametrize("model", [Person, Organisation], ids=["person", "organisation"])
def test_the_small_form_of_a_chooser_offers_them_in_the_language_of_the_editor(moderator, model):
    chooser = reverse(f"wagtailsnippetchoosers_timeline_{model._meta.model_name}:choose")
    assert '<option value="VN">Vietnam</option>' in moderator.get(chooser).json()["html"]
    UserProfile.objects.update_or_create(user=get_user(moderator), defaults={"preferred_language": "ja"})
    assert '<option value="VN">ベトナム</option>' in moderator.get(chooser).json()["html"]


def test_what_was_stored_before_codes_were_asked_for_is_seen_and_not_lost(moderator, client):
    """Migrating changes nothing stored: readers see it as it is, and an editor has to choose when saving next."""
    person = PersonFactory(family_name="Nguyen", given_name="", country="vn")
    publish_entry(people=[person])
    assert ">vn" in client.get("/people/").content.decode()
    edit = address(Person, "edit", person.pk)
    page = moderator.get(edit)
    assert '<option value="vn" selected>vn</option>' in page.content.decode()
    data = form_data(page)
    assert "vn is not one of the available choices" in " ".join(errors_of(moderator.post(edit, data)))
    assert moderator.post(edit, data | {"country": "VN"}).status_code == 302
    person.refresh_from_db()
    assert person.country == "VN"


def test_people_are_filtered_by_country(moderator):
    for family, country in (("Nguyen", "VN"), ("Sato", "JP")):
        PersonFactory(family_name=family, given_name="", country=country)
    page = moderator.get(address(Person, "list"), {"country": "VN"}).content.decode()
    assert ("Nguyen" in page, "Sato" in page) == (True, False)


# -- readers ------------------------------------------------------------------------------


def test_readers_see_the_name(client, db):
    person = PersonFactory(family_name="Nguyen", given_name="An", country="VN")
    ministry = OrganisationFactory(name="Ministry of Trade", country="VN")
    publish_entry(people=[person], organisations=[ministry])
    for page in ("/", "/people/", person.get_absolute_url(), "/organisations/", ministry.get_absolute_url()):
        assert "Vietnam" in client.get(page).content.decode(), page

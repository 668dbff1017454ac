"""The reference of an entry, read back by programs that others wrote."""

import datetime
import json
import re

import pytest
import rispy
from bs4 import BeautifulSoup
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pybtex import database
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from tests.factories import change, publish_entry
from timeline import edtf
from timeline.formats import references
from timeline.public.bylines import authors
from timeline.public.wording import when
from timeline.views.citing import midnight

HOSTILE = '100% & $5 #1 _x {a} ~ ^ \\emph{x} "q" “q” 赤沢 Ōno é <b> | \\ end } {\nER  - \n@misc{x, 🎌'

# Commands of LaTeX itself that the reader does not know.
KERNEL = {"textbraceleft": "{", "textbraceright": "}", "textless": "<", "textgreater": ">", "textbar": "|"}
COMMANDS = get_default_latex_context_db()
COMMANDS.add_context_category(
    "kernel",
    macros=[MacroTextSpec(name, text) for name, text in KERNEL.items()] + [MacroTextSpec("textasciicircum", "^")],
    prepend=True,
)


VERBATIM = {"url", "date"}
"""Fields that BibLaTeX reads as they stand."""


def bibtex_fields(text):
    """The one item of a BibTeX file, by the rules of BibTeX itself, and its fields as text."""
    ((key, item),) = database.parse_string(text, "bibtex").entries.items()
    decoder = LatexNodes2Text(latex_context=COMMANDS, strict_latex_spaces=True)
    fields = {
        name: value if name in ("url", "date") else decoder.latex_to_text(value)
        for name, value in dict(item.fields).items()
    }
    return {"type": item.type, "key": key, **fields}


def item(**fields):
    return {"id": "one", "type": "webpage", "title": "One", "issued": references.date("2025-04-16"), **fields}


# -- any item -----------------------------------------------------------------------------


@pytest.mark.parametrize("title", [HOSTILE, "{", "}", "\\", "a\\", "%", "赤沢亮正、訪米", "Ōno & Søn"])
def test_no_title_escapes_from_its_field(title):
    line = " ".join(title.split())
    both = [item(title=title), item(id="two")]
    assert [
        entry.key for entry in database.parse_string("".join(references.bibtex(both)), "bibtex").entries.values()
    ] == [
        "one",
        "two",
    ]
    assert bibtex_fields("".join(references.bibtex(both[:1])))["title"] == line
    assert [row["title"] for row in rispy.loads("".join(references.ris(both)))] == [line, "One"]
    assert [row["title"] for row in json.loads("".join(references.csl_json(both)))] == [title, "One"]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_whatever_a_title_is_there_is_one_record_with_one_title(title):
    written = [item(title=title), item(id="two")]
    assert len(database.parse_string("".join(references.bibtex(written)), "bibtex").entries) == 2
    assert [row["id"] for row in rispy.loads("".join(references.ris(written)))] == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "bibtex", "ris", "csl", "note"),
    [
        ("2025-04-16", ("2025", "April", "2025-04-16"), "2025/04/16/", {"date-parts": [[2025, 4, 16]]}, None),
        ("2025-04", ("2025", "April", "2025-04"), "2025/04//", {"date-parts": [[2025, 4]]}, None),
        ("2025", ("2025", None, "2025"), "2025///", {"date-parts": [[2025]]}, None),
        (
            "2025-04~",
            ("2025", "April", "2025-04~"),
            "2025/04//circa",
            {"date-parts": [[2025, 4]], "circa": True},
            "Dated about April 2025.",
        ),
        (
            "2025-04-16/2025-04-18",
            ("2025", "April", "2025-04-16/2025-04-18"),
            "2025/04/16/",
            {"date-parts": [[2025, 4, 16], [2025, 4, 18]]},
            "Dated 16–18 April 2025.",
        ),
        (
            "2024~/2025-04~",
            ("2024", None, "2024~/2025-04~"),
            "2024///circa",
            {"date-parts": [[2024], [2025, 4]], "circa": True},
            "Dated 2024 – April 2025, approximate.",
        ),
        ("../2025-10", (None, None, None), None, {"literal": "by October 2025"}, "Dated by October 2025."),
        (
            "2025-21",
            ("2025", None, "2025-21"),
            "2025///Spring",
            {"date-parts": [[2025]], "season": 1},
            "Dated spring 2025.",
        ),
        (
            "2025-24~",
            ("2025", None, "2025-24~"),
            "2025///circa Winter",
            {"date-parts": [[2025]], "season": 4, "circa": True},
            "Dated about winter 2025–26.",
        ),
        (
            "2025-34",
            ("2025", "April", "2025-04/2025-06"),
            "2025/04//",
            {"date-parts": [[2025, 4], [2025, 6]]},
            "Dated April–June 2025.",
        ),
    ],
)
def test_a_date_has_no_more_parts_than_are_known_and_its_end_is_said(text, bibtex, ris, csl, note):
    one = item(issued=references.date(text))
    fields = bibtex_fields("".join(references.bibtex([one])))
    assert tuple(fields.get(name) for name in ("year", "month", "date", "note")) == (*bibtex, note)
    (row,) = rispy.loads("".join(references.ris([one])))
    assert (row.get("date"), row.get("notes")) == (ris, [note] if note else None)
    assert one["issued"] == csl
    assert edtf.parse(fields["date"]).in_months.ends == edtf.parse(text).in_months.ends if "date" in fields else True


def test_every_author_of_a_byline_is_one_in_every_format():
    source = item(author=[{"literal": name} for name in authors("Ann Lee; Ken Sato and NHK")])
    names = ["Ann Lee", "Ken Sato", "NHK"]
    persons = database.parse_string("".join(references.bibtex([source])), "bibtex").entries["one"].persons["author"]
    assert [str(person) for person in persons] == [f"{{{name}}}" for name in names]
    assert rispy.loads("".join(references.ris([source])))[0]["authors"] == names
    assert [one["literal"] for one in json.loads("".join(references.csl_json([source])))[0]["author"]] == names


def test_a_source_is_an_article_of_its_paper_by_its_author():
    source = item(
        type="article-newspaper",
        author=[{"literal": "Barnes and Noble, Inc."}],
        **{"container-title": "Example Wire", "URL": "https://example.org/a_b%20?x={1}&y#z~"},
    )
    fields = bibtex_fields("".join(references.bibtex([source])))
    assert (fields["type"], fields["journal"]) == ("article", "Example Wire")
    assert fields["url"] == "https://example.org/a_b%20?x=%7B1%7D&y#z~"
    persons = database.parse_string("".join(references.bibtex([source])), "bibtex").entries["one"].persons["author"]
    assert [str(person) for person in persons] == ["{Barnes and Noble, Inc.}"]
    (row,) = rispy.loads("".join(references.ris([source])))
    assert (row["type_of_reference"], row["authors"]) == ("NEWS", ["Barnes and Noble; Inc."])


# -- an entry -----------------------------------------------------------------------------


@pytest.fixture
def entry(db):
    statements = ["Akazawa meets Trump.", "They speak for an hour.", "They eat."]
    return publish_entry(
        title="Akazawa meets Trump", slug="akazawa-meets-trump", date="2025-04~", statements=statements
    )


def test_every_format_names_title_site_date_version_and_address(client, entry, settings):
    url = f"{settings.BASE_URL}/entries/akazawa-meets-trump/versions/1/"
    version = today = entry.last_published_at.date()
    note = f"Entry for about April 2025. Version 1, {version.day} {version:%B %Y}."

    fields = bibtex_fields(client.get("/entries/akazawa-meets-trump/cite.bib").text)
    assert fields == {
        "type": "online",
        "key": "akazawa-meets-trump",
        "title": "Akazawa meets Trump",
        "organization": "Test Chronology",
        "year": str(version.year),
        "month": f"{version:%B}",
        "date": str(version),
        "url": url,
        "urldate": str(today),
        "version": "1",
        "language": "en",
        "note": note,
    }
    (row,) = rispy.loads(client.get("/entries/akazawa-meets-trump/cite.ris").text)
    assert row == {
        "type_of_reference": "ELEC",
        "id": "akazawa-meets-trump",
        "title": "Akazawa meets Trump",
        "secondary_title": "Test Chronology",
        "year": str(version.year),
        "date": f"{version:%Y/%m/%d}/",
        "access_date": f"{today:%Y/%m/%d}/",
        "edition": "1",
        "urls": [url],
        "language": "en",
        "notes": [note],
    }
    (found,) = client.get("/entries/akazawa-meets-trump/cite.csl.json").json()
    assert found["event-date"] == {"date-parts": [[2025, 4]], "circa": True}
    assert (found["title"], found["URL"], found["note"]) == ("Akazawa meets Trump", url, note)
    assert found["accessed"] == {"date-parts": [[today.year, today.month, today.day]]}
    assert "author" not in found


def test_the_page_shows_the_reference_in_words_and_leads_to_the_files(client, entry, settings):
    page = BeautifulSoup(client.get("/entries/akazawa-meets-trump/").content, "html.parser")
    version = entry.last_published_at.date()
    assert page.select_one(".cite").text == (
        "“Akazawa meets Trump.” Test Chronology. Entry for about April 2025. "
        f"Version 1, {version.day} {version:%B %Y}. {settings.BASE_URL}/entries/akazawa-meets-trump/versions/1/"
    )
    links = page.select("a[download]")
    assert [link.text for link in links] == ["BibTeX", "RIS", "CSL-JSON"]
    for link in links:
        response = client.get(link["href"])
        assert response["Content-Type"] == f"{link['type']}; charset=utf-8"
        assert response["Content-Disposition"].startswith('attachment; filename="akazawa-meets-trump.')
        assert client.get(link["href"], headers={"If-None-Match": response["ETag"]}).status_code == 304


# -- a statement of it --------------------------------------------------------------------

CITE = "/entries/akazawa-meets-trump/cite/"


@pytest.fixture
def corrected(entry):
    """A second version, in which one statement says something else and another is gone."""
    kept, changed, _gone = entry.statements.all()
    changed.text = "They speak for 75 minutes."
    entry.statements.set([kept, changed])
    return change(entry, "correction", "It was said that they speak for an hour.", "It was 75 minutes.")


def forms(page):
    """What the page offers to copy."""
    return {one["data-form"]: one.text for one in page.select("[data-form]")}


def test_a_statement_is_cited_by_its_words_its_version_and_the_day(client, entry, settings):
    _first, statement, _last = entry.statements.all()
    page = BeautifulSoup(client.get(f"{CITE}?statement={statement.uid}").content, "html.parser")
    today = timezone.localdate()
    base = f"{settings.BASE_URL}/entries/akazawa-meets-trump/"
    url = f"{base}versions/1/#s-{statement.uid}"
    reference = (
        f"“Akazawa meets Trump.” Test Chronology. Entry for about April 2025. Version 1, {when(str(today))}. "
        f"Accessed {when(str(today))}. {url}"
    )
    found = forms(page)
    assert found["link"] == f"{base}#s-{statement.uid}"
    assert found["quote"] == f"“They speak for an hour.” {reference}"
    assert found["text"] == reference
    for extension, parse in (
        ("bib", bibtex_fields),
        ("ris", lambda text: rispy.loads(text)[0]),
        ("csl.json", lambda text: json.loads(text)[0]),
    ):
        link = page.find("a", href=re.compile(rf"cite\.{extension}\?"))["href"]
        downloaded = client.get(link).text
        assert downloaded.strip() == found[extension]
        fields = parse(downloaded)
        assert url in (fields.get("url"), fields.get("URL"), *fields.get("urls", ()))
        assert "“They speak for an hour.”" in str(fields)
    assert client.get(page.find("a", string="Back to the entry")["href"]).status_code == 200


def test_a_sentence_of_the_summary_is_cited_too(client, entry):
    document = entry.published.document
    (sentence,) = document["sentences"]
    page = BeautifulSoup(client.get(f"{CITE}?statement={sentence['id']}").content, "html.parser")
    assert page.blockquote.text == sentence["text"] == document["summary"]
    assert forms(page)["link"].endswith(f"/#l-{sentence['id']}")


def test_a_statement_that_changed_or_went_says_so_and_is_cited_as_it_was(client, corrected):
    kept, changed, gone = corrected.versions.get(number=1).document["statements"]

    def note(query):
        page = BeautifulSoup(client.get(f"{CITE}?{query}").content, "html.parser")
        return forms(page)["text"].split("/")[-2], (page.select_one(".note") or page.new_tag("p")).text

    assert note(f"statement={kept['id']}&version=1") == ("1", "")
    number, words = note(f"statement={changed['id']}&version=1")
    assert number == "1"
    assert "has changed since" in words
    assert "“They speak for 75 minutes.”" in words
    assert note(f"statement={changed['id']}") == ("2", "")
    for query in (f"statement={gone['id']}", f"statement={gone['id']}&version=1"):
        number, words = note(query)
        assert number == "1", "the last version that had it"
        assert "not in the entry any more" in words


def test_what_an_entry_never_said_or_says_no_more_to_anybody_is_not_cited(client, corrected):
    (*_others, gone) = corrected.versions.get(number=1).document["statements"]
    for query in ("statement=nobody", "version=3", "version=x", f"statement={gone['id']}&version=2"):
        assert client.get(f"{CITE}?{query}").status_code == 404, query
        assert client.get(f"/entries/akazawa-meets-trump/cite.ris?{query}").status_code == 404, query
    corrected.versions.get(number=1).redact("legal")
    for query in ("version=1", f"statement={gone['id']}", f"statement={gone['id']}&version=1"):
        assert client.get(f"{CITE}?{query}").status_code == 404, query
    corrected.unpublish()
    assert client.get(CITE).status_code == 410


def test_the_day_of_access_is_that_of_the_answer(client, entry, monkeypatch, kept_home):
    first = client.get(CITE)
    assert client.get(CITE, headers={"If-None-Match": first["ETag"]}).status_code == 304
    tomorrow = midnight() + datetime.timedelta(days=1)
    monkeypatch.setattr("timeline.views.citing.timezone.localtime", lambda: tomorrow)
    answer = client.get(CITE, headers={"If-None-Match": first["ETag"]})
    assert answer.status_code == 200
    assert f"Accessed {when(str(tomorrow.date()))}." in answer.text


def test_what_is_not_published_has_no_reference(client, entry, django_assert_num_queries):
    address = "/entries/akazawa-meets-trump/cite.bib"
    with django_assert_num_queries(2):
        assert client.get(address).status_code == 200
    entry.unpublish()
    assert client.get(address).status_code == 410
    assert client.get("/entries/never-was/cite.ris").status_code == 404
    assert client.get("/entries/akazawa-meets-trump/cite.doc").status_code == 404

"""The glossary: its terms are found as whole words, explained where they stand first, and never out of date."""

import re

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse

from tests.editing import add_row, form_data
from tests.factories import SourceFactory, draft_entry, glossary_term, offer_japanese, publish_entry, translate
from timeline import edition
from timeline.models import Edition, Fragment, Term, TermCitation, TermName, Translation
from timeline.names import word_pattern
from timeline.public import glossary
from timeline.segments import digest
from timeline.views.entries import preview

pytestmark = pytest.mark.django_db


def soup(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.content, "html.parser")


def links(page):
    """The words that lead to a note, with the note: ``[("minimum access", "term-minimum-access")]``."""
    return [(link.text, link["href"][1:]) for link in page.select(".prose a.term")]


# -- the pattern --------------------------------------------------------------------------


def test_a_pattern_finds_whole_words_in_the_database_and_in_python():
    for names, text, found in [
        (["quota"], "The QUOTA ends.", "QUOTA"),
        (["quota"], "All quotas end.", None),
        (["quota"], "Subquota.", None),
        (["quota", "tariff-rate quota"], "A tariff-rate quota", "tariff-rate quota"),
        (["minimum  access"], "minimum\naccess", "minimum\naccess"),
        (["a.b"], "axb", None),
        (["C++ (new)"], "in c++ (NEW)!", "c++ (NEW)"),
        (["100%", "[x]", "$^|?*{2}"], "paid $^|?*{2} then", "$^|?*{2}"),
        ([r"\m"], r"a \m b", r"\m"),
        (["U.S."], "the U.S. side", "U.S."),
        (["élan"], "Un Élan", "Élan"),
        (["lan"], "élan", None),
        (["関税割当"], "日本の関税割当は", "関税割当"),
    ]:
        pattern = word_pattern(names)
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s ~* %s", [text, pattern])
            assert cursor.fetchone()[0] == bool(found), (names, text)
        match = re.search(pattern, text, re.IGNORECASE)
        assert (match and match[0]) == found, (names, text)


def test_the_pattern_follows_the_names():
    term = glossary_term("quota", "TRQ")
    assert re.search(term.pattern, "a TRQ")
    term = Term.objects.get()
    term.names.set([TermName(name="contingent")])
    term.save()
    stored = Term.objects.get().pattern
    assert re.search(stored, "a contingent")
    assert not re.search(stored, "a TRQ")


# -- on the page of an entry --------------------------------------------------------------


def test_the_first_use_of_a_term_leads_to_its_note(client):
    source = SourceFactory(title="Rules", slug="rules")
    glossary_term("minimum access", sources=[source])
    glossary_term("TRQ")
    glossary_term("golden share")
    entry = publish_entry(
        summary="Minimum access is in the summary.",
        statements=["Ministers meet.", "Minimum access and a TRQ.", "Minimum access again.", "A golden shares plan."],
    )
    page = soup(client, entry.get_absolute_url())
    assert links(page) == [("Minimum access", "term-minimum-access"), ("TRQ", "term-trq")]
    second = entry.statements.all()[1]
    note = page.find(id="term-minimum-access")
    assert note.find("a", href="/glossary/minimum-access/")
    assert "What minimum access means." in note.text
    assert note.find("a", href="/sources/rules/")
    assert note.find("a", href=f"#s-{second.uid}")
    assert "to be sourced" in page.find(id="term-trq").text


def test_of_terms_that_overlap_the_longer_one_is_explained(client):
    glossary_term("quota")
    glossary_term("tariff-rate quota")
    glossary_term("rate")
    entry = publish_entry(statements=["A tariff-rate quota.", "Another tariff-rate quota.", "A quota at last."])
    page = soup(client, entry.get_absolute_url())
    assert links(page) == [("tariff-rate quota", "term-tariff-rate-quota"), ("quota", "term-quota")]
    assert page.find("a", string="quota").find_parent("span").text.startswith("A quota at last.")
    assert not page.find(id="term-rate")


def test_neither_terms_nor_statements_become_markup(client):
    glossary_term("<b>bold</b>", definition="A <b>tag</b> & <script>alert(1)</script>.", slug="bold")
    statement = "Is <b>bold</b> & <i>brave</i>?"
    entry = publish_entry(statements=[statement])
    page = soup(client, entry.get_absolute_url())
    assert links(page) == [("<b>bold</b>", "term-bold")]
    assert page.find(id=f"s-{entry.statements.get().uid}").text.startswith(statement)
    assert "A <b>tag</b> & <script>alert(1)</script>." in page.find(id="term-bold").text
    assert "A <b>tag</b> & <script>alert(1)</script>." in soup(client, "/glossary/bold/").main.text
    assert "A <b>tag</b> & <script>alert(1)</script>." in soup(client, "/glossary/").main.text


def test_a_preview_explains_terms_too():
    glossary_term("minimum access")
    draft = draft_entry(statements=["Rice under minimum access."])
    page = BeautifulSoup(preview(RequestFactory().get("/"), draft).content, "html.parser")
    assert links(page) == [("minimum access", "term-minimum-access")]
    assert page.find(id="term-minimum-access")


# -- the pages of the glossary ------------------------------------------------------------


def test_a_term_lists_published_entries_that_use_it_newest_first(client):
    glossary_term("minimum access", "MA rice")
    publish_entry(title="Earlier", date="2019", statements=["Under minimum access."])
    publish_entry(title="Later", date="2025", statements=["MA rice arrives."])
    publish_entry(title="Apart", statements=["Access is at a minimum."])
    draft_entry(title="Drafted", statements=["Under minimum access."])
    publish_entry(title="Withdrawn", statements=["Under minimum access."]).unpublish()
    page = soup(client, "/glossary/minimum-access/")
    assert [link.text for link in page.select(".steps a")] == ["Later", "Earlier"]
    found = soup(client, page.find("a", string="Search the chronology for this term")["href"])
    assert {entry.h4.text for entry in found.select("article.entry")} == {"Later", "Earlier"}
    assert client.get("/glossary/no-such-term/").status_code == 404


def test_a_definition_shows_only_sources_fit_for_readers(client):
    fit, unfit = SourceFactory(title="Fit"), SourceFactory(title="Unfit", use="error_example")
    term = glossary_term("safeguard", sources=[fit, unfit])
    term.names.add(TermName(name="savegard", kind="misprint"))
    term.save()
    TermCitation.objects.filter(source=fit).update(quotation="an emergency brake", locator="page 2")
    page = soup(client, term.get_absolute_url())
    assert [row.find("a").text for row in page.select(".bib li")] == ["Fit"]
    assert "an emergency brake" in page.blockquote.text
    assert "Unfit" not in page.text
    assert "savegard" not in str(page)
    assert [link["href"] for link in soup(client, "/glossary/").select(".defs sup a")] == [fit.get_absolute_url()]
    # The term makes its source public, though no entry cites it.
    assert soup(client, fit.get_absolute_url()).find("a", href=term.get_absolute_url())


@pytest.mark.parametrize(("address", "limit"), [("/entries/first/", 9), ("/glossary/", 3), ("/glossary/term0/", 9)])
def test_queries_do_not_grow_with_terms_or_entries(client, django_assert_max_num_queries, address, limit):
    source = SourceFactory()
    publish_entry(slug="first", statements=[f"Term{n} in a statement." for n in range(3)])
    glossary_term("Term0", "Other0", sources=[source])
    with django_assert_max_num_queries(limit) as one:
        client.get(address)
    publish_entry(statements=["Term0 again."])
    for n in (1, 2):
        glossary_term(f"Term{n}", f"Other{n}", sources=[source, SourceFactory()])
    with django_assert_max_num_queries(limit) as three:
        client.get(address)
    assert len(one) == len(three)


def test_nothing_that_is_cached_outlives_a_change(django_capture_on_commit_callbacks):
    publish_entry()

    def version():
        return Edition.objects.get(pk=1).version

    seen = [version()]
    with django_capture_on_commit_callbacks(execute=True):
        term = glossary_term("safeguard")
    seen.append(version())
    with django_capture_on_commit_callbacks(execute=True):
        term.save()
    seen.append(version())
    with django_capture_on_commit_callbacks(execute=True):
        term.delete()
    seen.append(version())
    assert seen == sorted(set(seen))


# -- the editors' side --------------------------------------------------------------------


def test_moderators_write_terms_and_editors_read_them(moderator, editor):
    address = reverse("wagtailsnippets_timeline_term:add")
    source = SourceFactory()
    data = form_data(moderator.get(address)) | {"name": "golden share", "definition": "A share with special rights."}
    add_row(data, "names", name="special share", language="en", kind="alias")
    add_row(data, "citations", source=source.pk, quotation="a golden share", language="en", locator="")
    assert moderator.post(address, data).status_code == 302
    term = Term.objects.get()
    assert term.citations.get().source == source
    assert re.search(term.pattern, "the special share")
    assert editor.get(address).status_code == 302
    assert "golden share" in editor.get(reverse("wagtailsnippets_timeline_term:list")).text


class Desk:
    """What may happen to the terms that an entry uses. Each of ``acts`` is one change."""

    def __init__(self):
        offer_japanese()
        self.source = SourceFactory(title="A report")
        self.entry = publish_entry(title="Talks", slug="talks", statements=["A Snapback was agreed, a quota was not."])
        translate(self.entry)

    def save(self, record, **fields):
        for name, value in fields.items():
            setattr(record, name, value)
        record.save()

    def name(self, name, kind="alias"):
        self.term.names.add(TermName(name=name, kind=kind))
        self.term.save()

    def cite(self):
        self.term.citations.add(TermCitation(source=self.source))
        self.term.save()

    def write(self):
        self.term = glossary_term("snapback")

    def say_in_japanese(self, segment, text, words):
        where = {"language": "ja", "kind": "terms", "record": self.term.key, "segment": segment}
        Translation.objects.create(**where, of=digest(text), words=words)
        edition.refresh_translations([("terms", self.term.key)])

    def acts(self):
        yield self.write
        yield self.cite
        yield lambda: self.save(self.term, definition="Duties come back.")
        yield lambda: self.say_in_japanese("definition", "Duties come back.", "関税が元に戻ること。")
        yield lambda: self.say_in_japanese("name", "snapback", "訳")
        yield lambda: self.save(self.source, slug="the-report")
        yield lambda: self.save(self.source, use="discovery")
        yield lambda: self.save(self.source, use="evidence")
        yield lambda: self.save(self.term, name="return of duties")
        yield lambda: self.name("Quota")
        yield lambda: glossary_term("quota", definition="So much and no more.")
        yield lambda: Term.objects.get(name="quota").delete()
        yield lambda: self.term.delete()


@pytest.mark.parametrize("most", [300, 0], ids=["remembered", "asked for each time"])
def test_an_entry_explains_what_the_glossary_says_now(client, monkeypatch, django_capture_on_commit_callbacks, most):
    monkeypatch.setattr(glossary, "MOST_KNOWN", most)
    with django_capture_on_commit_callbacks(execute=True):
        desk = Desk()
    seen = set()
    for number, act in enumerate([lambda: None, *desk.acts()]):
        with django_capture_on_commit_callbacks(execute=True):
            act()
        pages = "/entries/talks/", "/ja/entries/talks/"
        known = [client.get(page).text for page in pages]
        glossary._whole.cache_clear()
        Fragment.objects.all().delete()
        assert known == [client.get(page).text for page in pages], f"after act {number}"
        seen.add(
            tuple(Fragment.objects.filter(kind__startswith="article").order_by("kind").values_list("text", flat=True))
        )
    assert len(seen) > 7, "most acts are seen there"

"""The flagship chronology, loaded once: it comes out as it went in, and what readers type finds what it should.

``tests/queries.csv`` lists what readers type: ``first`` is what may stand first, ``also`` what must be found as well,
``never`` what must not; each by the id it has in the pack. At ``least`` and at ``most`` so many entries are found, and
the page ``says`` something. ``tests/queries_ja.csv`` lists what readers type on the pages in Japanese; there every
entry is to be found whose headline, summary or statements ``contain`` something.
"""

import csv
import gzip
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import brotli
import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.utils import translation

from tests import chromium, fonts
from tests.test_content import state, texts
from timeline.content import pack
from timeline.filters import Question
from timeline.filters.paging import list_entries
from timeline.models import Edition, EntryPage, PublishedEntry, PublishedTranslation, StateLine
from timeline.public import standing
from timeline.public.days import state_of

pytestmark = pytest.mark.usefixtures("flagship")

QUERIES, JAPANESE = (
    list(csv.DictReader(Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()))
    for name in ("queries.csv", "queries_ja.csv")
)


@dataclass
class Asked:
    """What a reader typed, and what is wrong with the answer; ``first`` is None where the list names none."""

    query: str
    first: bool | None
    faults: list[str]


def ask(row: dict[str, str], keys: dict[int, str]) -> Asked:
    """One row of the list, asked as the page asks it."""
    question = Question(QueryDict(urlencode({"q": row["query"]})), best_first=True)
    listed = [keys[found.pk] for found in list_entries(question).rows]
    found = {keys[pk] for pk in question.entries.values_list("pk", flat=True)}
    faults = []
    first = row["first"].split(";") if row["first"] else []
    is_first = bool(listed and listed[0] in first) if first else None
    if is_first is False:
        faults.append(f"first is {listed[:1]}, not {row['first']}")
    if lacking := set(filter(None, row["also"].split(";"))) - found:
        faults.append(f"not found: {sorted(lacking)}")
    if wrong := set(filter(None, row["never"].split(";"))) & found:
        faults.append(f"found: {sorted(wrong)}")
    if not int(row["least"] or 0) <= len(found) <= int(row["most"] or len(found)):
        faults.append(f"{len(found)} found, not {row['least']}–{row['most']}")
    if row.get("says") and row["says"] not in Client().get("/", {"q": row["query"]}).content.decode():
        faults.append(f"the page does not say {row['says']}")
    return Asked(row["query"], is_first, faults)


@pytest.fixture(scope="module")
def flagship(at_flagship: None) -> Iterator[None]:
    """The pack of the flagship chronology; what a test changes is gone with the module."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_it_comes_out_as_it_went_in(tmp_path: Path) -> None:
    directory = shutil.copytree(pack.DIRECTORY, tmp_path / "pack")
    call_command("dump_chronology", pack=directory, verbosity=0)
    assert texts(directory) == texts(pack.DIRECTORY)
    before = state()
    call_command("load_chronology", verbosity=0)
    assert state() == before
    assert PublishedEntry.objects.count() == len(pack.read(directory).records["entries"])


def test_what_readers_type_finds_what_it_should(record_property: Any) -> None:
    keys = dict(EntryPage.objects.values_list("pk", "key"))
    asked = [ask(row, keys) for row in QUERIES]
    firsts = [one.first for one in asked if one.first is not None]
    right = f"The first entry is right in {sum(firsts)} of {len(firsts)}."
    record_property("answers", right)
    faults = [f"{one.query}: {'; '.join(one.faults)}" for one in asked if one.faults]
    assert not faults, "\n".join([right, *faults])


def test_what_readers_type_in_japanese_finds_what_it_should() -> None:
    keys = dict(EntryPage.objects.values_list("pk", "key"))
    said = {
        keys[row.entry_id]: "\n".join(
            words for key, (_of, words) in row.words.items() if key.startswith(("headline", "summary.", "statements."))
        )
        for row in PublishedTranslation.objects.filter(language="ja")
    }
    assert said.keys() == set(keys.values())
    with translation.override("ja"):
        asked = []
        for row in JAPANESE:
            containing = [key for key, words in said.items() if row["contain"] and row["contain"] in words]
            also = ";".join([*filter(None, row["also"].split(";")), *containing])
            asked.append(ask({**row, "also": also}, keys))
    faults = [f"{one.query}: {'; '.join(one.faults)}" for one in asked if one.faults]
    assert not faults, "\n".join(faults)


# -- where things stood on a day -----------------------------------------------------------

DAYS = Path(__file__).with_name("state_days.txt")


def expected_days() -> dict[str, dict[str, list[str]]]:
    """The answers of each line on each day of the list."""
    days: dict[str, dict[str, list[str]]] = {}
    day = ""
    for row in DAYS.read_text(encoding="utf-8").splitlines():
        line, is_answer, answers = row.partition(" = ")
        if is_answer:
            days[day][line] = sorted(answers.split(" | "))
        elif row and not row.startswith("#"):
            day = row
            days[day] = {}
    return days


def in_words(answer: standing.Answer) -> list[str]:
    """All that a line answers on a day, as the list has it."""

    def said(one: standing.StateDocument) -> str:
        return " ".join(filter(None, (standing.value(one), standing.counted(one), one["measure"])))

    found = [f"{one['standing'].replace('_', ' ')}: {said(one)}" for one in (*answer.held, *answer.said)]
    found += [f"by a later order: {said(one)}" for one in answer.corrected]
    found += [f"{one['standing'].replace('_', ' ')}: {said(one)}" for one in answer.stopped]
    return sorted(found if answer.is_known else [*found, "not known"])


@pytest.mark.parametrize("day", expected_days())
def test_what_was_in_force_on_a_day_is_what_people_found_by_hand(day: str) -> None:
    found = state_of(date.fromisoformat(day), Edition.objects.get())
    assert {answer.line.slug: in_words(answer) for answer in found.answers} == expected_days()[day]


def test_every_answer_has_a_source_and_an_entry() -> None:
    states = [one for row in PublishedEntry.objects.exclude(lines=[]) for one in row.states]
    assert [one for one in states if not one["sources"]] == []
    assert {one["line"] for one in states} == set(StateLine.objects.values_list("slug", flat=True))


def test_between_7_august_and_3_september_2025_two_answers_are_right() -> None:
    edition = Edition.objects.get()
    for day in ("2025-08-07", "2025-09-03"):
        [goods] = [one for one in state_of(date.fromisoformat(day), edition).answers if one.line.slug == "other-goods"]
        assert in_words(goods) == ["by a later order: 15% in total", "in force: 15% on top"]
        then = state_of(date.fromisoformat(day), edition, then=True)
        [goods] = [one for one in then.answers if one.line.slug == "other-goods"]
        assert in_words(goods) == ["in force: 15% on top"]


@pytest.mark.parametrize(
    ("month", "name", "titles"),
    [
        (
            "July 2019",
            "Toshimitsu Motegi",
            ["Chief negotiator in the trade talks with the United States", "Minister for Economic Revitalization"],
        ),
        (
            "April 2025",
            "Ryosei Akazawa",
            ["Chief negotiator in the tariff talks with the United States", "Minister for Economic Revitalization"],
        ),
    ],
)
def test_who_was_chief_negotiator_in_a_month_is_two_steps_from_the_first_page(
    month: str, name: str, titles: list[str]
) -> None:
    reader = Client()
    assert 'href="/state/"' in reader.get("/").text
    page = BeautifulSoup(reader.get("/state/", {"on": month}, follow=True).content, "html.parser")
    rows = page.select("table:has(#offices) tbody tr")
    held = {row.select_one("th").get_text("\n", strip=True).split("\n")[0] for row in rows if name in row.text}
    assert held >= set(titles)


# -- the first screen -----------------------------------------------------------------------

DESK, PHONE = (1280, 900), (390, 844)
FIRST_ENTRY = [
    (fonts.NARROW, DESK, 642),
    (fonts.NARROW, PHONE, 1150),
    (fonts.WIDE, DESK, 642),
    (fonts.WIDE, PHONE, 1150),
]
PARTS = ["#q", "h1", ".now", "#river", "article.entry"]
TOP = "(name) => document.querySelector(name).getBoundingClientRect().top + scrollY"
FIFTIETH = "document.querySelectorAll('.lines li')[49].getBoundingClientRect().bottom + scrollY"


def measure(pages: dict[str, Any], folder: Path) -> dict[Any, Any]:
    """Where the parts of the first page begin by font and screen, and where fifty headlines end."""
    from playwright.sync_api import sync_playwright

    places: dict[Any, Any] = {}
    with sync_playwright() as playwright:
        for family, size, _most in FIRST_ENTRY:
            (place := folder / f"{family} {size}").mkdir()
            browser = chromium.launch(playwright, str(chromium.find()), family, place)
            page = browser.new_page(viewport={"width": size[0], "height": size[1]}, is_mobile=size == PHONE)
            page.route("**/*", partial(_answer, pages=pages))
            for path in pages:
                page.goto(f"http://testserver{path}")
                asked = [(FIFTIETH,)] if "headlines" in path else [(TOP, part) for part in PARTS]
                places[family, size, path] = [page.evaluate(*one) for one in asked]
            browser.close()
    return places


def _answer(route: Any, pages: dict[str, Any]) -> None:
    """What a browser gets without a server: the pages, and files as they lie there."""
    address = route.request.url.removeprefix("http://testserver")
    path = urlsplit(address).path
    if path.startswith("/static/"):
        route.fulfill(path=str(finders.find(path.removeprefix("/static/"))))
    elif address in pages:
        route.fulfill(body=pages[address].content, content_type=pages[address]["Content-Type"])
    else:
        route.fulfill(status=404)


@pytest.fixture(scope="module")
def places(flagship: None, tmp_path_factory: pytest.TempPathFactory) -> Any:
    if not chromium.find():
        pytest.skip("no Chromium on this machine")
    pages = {path: Client().get(path) for path in ("/", "/ja/", "/?show=headlines")}
    with ThreadPoolExecutor(1) as apart:  # else the loop of the browser would hide our transaction
        return apart.submit(measure, pages, tmp_path_factory.mktemp("fonts")).result()


@pytest.mark.browser
@pytest.mark.parametrize(("family", "size", "most"), FIRST_ENTRY)
def test_the_first_entry_stands_high_below_where_things_stand_in_either_language(
    places: Any, family: str, size: tuple[int, int], most: int
) -> None:
    for path in ("/", "/ja/"):
        tops = places[family, size, path]
        assert tops == sorted(tops)
        assert tops[-1] <= most
        assert tops[PARTS.index(".now")] < size[1], "where things stand begins on the first screen"


@pytest.mark.browser
@pytest.mark.parametrize("family", [fonts.NARROW, fonts.WIDE])
def test_fifty_headlines_are_eight_screens_of_a_phone(places: Any, family: str) -> None:
    assert places[family, PHONE, "/?show=headlines"][0] <= 8 * PHONE[1]


def test_the_first_view_weighs_what_it_may(client: Client) -> None:
    page = client.get("/").content
    names = re.findall(r'"/static/([^"]+)"', page.decode())
    files = {name: Path(str(finders.find(name))).read_bytes() for name in names}
    packed = {name: len(brotli.compress(content, quality=5)) for name, content in files.items()}
    assert len(page) <= 80_000
    assert sum(packed.values()) + len(brotli.compress(page, quality=5)) <= 40_000
    assert sum(size for name, size in packed.items() if name.endswith(".js")) <= 12_000
    assert len(gzip.compress(files["site.css"])) <= 10_000

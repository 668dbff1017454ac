"""What is written beside the code: decisions that can be cited, links that lead somewhere, files that exist."""

import datetime
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md"), *ROOT.glob("deploy/*.md")])
FOLDERS = ["config", "timeline", "templates", "static", "tests", "bench", "requirements", "docs"]
KINDS = {".py", ".html", ".css", ".js", ".sh", ".in", ".md"}
CODE = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*")) if file.suffix in KINDS]
CITATION = re.compile(r"\bDECISIONS (\d+(?:(?:, | and )\d+)*)")  # one or several
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


class Decision(NamedTuple):
    number: int
    title: str
    day: datetime.date
    state: str
    reasons: str

    @property
    def successor(self) -> int:
        """The number of what supersedes it, 0 when it stands."""
        found = re.fullmatch(r"superseded by (\d+)", self.state)
        return int(found[1]) if found else 0


def named(paper: Path) -> str:
    return str(paper.relative_to(ROOT))


def anchor(heading: str) -> str:
    """The address of a heading inside its page, as forges make it from the words."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def decisions() -> list[Decision]:
    text = (ROOT / "DECISIONS.md").read_text()
    _introduction, *entries = re.split(r"^## ", text, flags=re.MULTILINE)
    found = []
    for entry in entries:
        form = re.fullmatch(r"(\d+)\. ([^\n]+)\n\n([\d-]{10}) · ([^\n]+)\n\n(.+)\n", entry.rstrip() + "\n", re.DOTALL)
        assert form, f"not “number. title”, “date · state”, reasons: {entry[:80]}"
        found.append(Decision(int(form[1]), form[2], datetime.date.fromisoformat(form[3]), form[4], form[5]))
    return found


def test_decisions_are_numbered_without_a_gap_in_the_order_they_were_made():
    found = decisions()
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert [one.day for one in found] == sorted(one.day for one in found)


def test_a_decision_stands_or_names_the_later_one_that_supersedes_it_and_is_named_by_it():
    by_number = {one.number: one for one in decisions()}
    for one in by_number.values():
        assert one.state == "accepted" or one.successor > one.number, f"{one.number}: {one.state}"
        if one.successor:
            assert re.search(rf"Supersedes(?: \d+,)* {one.number}\b", by_number[one.successor].reasons)


def test_the_list_of_decisions_has_each_once_by_its_title():
    introduction = (ROOT / "DECISIONS.md").read_text().split("\n## ")[0]
    listed = re.findall(r"^- \[(.+)\]\(#(.+)\)$", introduction, flags=re.MULTILINE)
    headings = [f"{one.number}. {one.title}" for one in decisions()]
    assert sorted(listed) == sorted((heading, anchor(heading)) for heading in headings)


def test_what_cites_a_decision_cites_one_that_stands():
    standing = {one.number for one in decisions() if not one.successor}
    wrong = [
        f"{named(file)}: {cited}"
        for file in [*CODE, *PAPERS]
        for several in CITATION.findall(file.read_text())
        for cited in re.findall(r"\d+", several)
        if int(cited) not in standing and file.name != "CHANGELOG.md"
    ]
    assert wrong == []


def test_a_citation_of_the_decisions_names_the_number():
    """Without it, its reader is sent through the whole file."""
    unnumbered = re.compile(r"\bDECISIONS\b(?!\.md| \d)")
    assert [named(file) for file in [*CODE, *PAPERS] if unnumbered.search(file.read_text())] == []


def leads_somewhere(target: str, paper: Path) -> bool:
    """Whether a link in ``paper`` leads to the web, or to a file and heading that are there."""
    if re.match(r"[a-z]+:", target):
        return True
    path, _, heading = target.partition("#")
    file = (paper.parent / path).resolve() if path else paper
    if not (file.is_relative_to(ROOT) and file.exists()):
        return False
    return not heading or heading in map(anchor, HEADING.findall(file.read_text()))


def test_no_paper_is_cited_that_is_not_in_this_repository():
    """A decision or an RFC can be looked up; a chapter of somebody's notes cannot."""
    elsewhere = re.compile(r"\((?!section)[a-z]+ \d+\.\d+\)")
    found = [(named(file), cited) for file in CODE for cited in elsewhere.findall(file.read_text())]
    assert found == []


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_links_of_a_paper_lead_to_files_and_headings_of_this_repository(paper):
    targets = re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", paper.read_text()))
    assert [target for target in targets if not leads_somewhere(target, paper)] == []


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_files_and_tests_that_a_paper_names_exist(paper):
    text = paper.read_text()
    if paper.name == "DECISIONS.md":  # what is superseded may speak of what is no more
        text = "\n".join(one.reasons for one in decisions() if not one.successor)
    if paper.name == "CHANGELOG.md":
        return
    tops = "|".join([*FOLDERS, r"\.ci"])
    paths = re.findall(rf"`((?:{tops})/[\w./-]+)`", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []
    tests = "\n".join(file.read_text() for file in CODE if file.is_relative_to(ROOT / "tests"))
    assert [test for test in re.findall(r"`(test_\w+)`", text) if f"def {test}(" not in tests] == []


def test_the_newest_version_of_the_changelog_is_the_one_we_are_and_only_it_may_lack_a_date():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    versions = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+) · (unreleased|\d{4}-\d\d-\d\d)", heading) for heading in headings]
    assert all(versions), headings
    assert headings[0].split(" · ")[0] == project["version"]
    numbers = [tuple(map(int, version.group(1, 2, 3))) for version in versions]
    assert numbers == sorted(set(numbers), reverse=True)
    assert [heading for heading in headings[1:] if heading.endswith("unreleased")] == []


def test_what_is_checked_before_a_commit_is_make_lint_and_nothing_is_fetched_for_it():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    said = re.findall(r"^[ -]*(repo|entry): (.+)$", hooks, flags=re.MULTILINE)
    assert said == [("repo", "local"), ("entry", "make lint")]


def test_each_word_of_the_glossary_stands_in_the_file_where_it_is_said_to_live():
    rows = re.findall(r"^\| ([a-z-]+) \| .+ \| (.+) \|$", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    lost = []
    for word, home in rows:
        files = [ROOT / path for path in re.findall(r"`(timeline/[\w/.]+)`", home)]
        text = "".join(file.read_text() for file in files if file.is_file())
        lost += [(word, name) for name in re.findall(r"`(\w+)`", home) if not re.search(rf"\b{name}\b", text)]
    assert len(rows) > 30
    assert lost == []


def test_a_service_is_to_run_at_one_interval_wherever_that_is_said():
    said: dict[str, set[str]] = {}
    for file in [ROOT / "docs" / "operating.md", ROOT / ".env.example", ROOT / "config" / "settings.py"]:
        for command, seconds in re.findall(r"(\w+) --every (\d+)", file.read_text()):
            said.setdefault(command, set()).add(seconds)
    for command in said:
        own = (ROOT / "timeline" / "management" / "commands" / f"{command}.py").read_text()
        said[command] |= set(re.findall(r"--every (\d+)", own))
    assert len(said) == 5
    assert {command: several for command, several in said.items() if len(several) > 1} == {}


def test_the_readme_names_each_variable_without_which_production_does_not_start():
    needed = (ROOT / ".env.example").read_text().split("# --- Often set")[0].split("# --- Needed in production")[1]
    variables = set(re.findall(r"^([A-Z_]+)=", needed, flags=re.MULTILINE)) - {"NENPYO_ENV"}
    readme = (ROOT / "README.md").read_text()
    sentence = re.search(r"without ([^:;]+?) Nenpyo does not start", readme)[1]
    assert set(re.findall(r"`(\w+)`", sentence)) == variables

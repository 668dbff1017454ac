"""How well articles are read: a folder of pages whose headline, authors, day and text are known.

python -m bench.articles FOLDER [--wrong title]

Each page is ``name.html`` beside ``name.json`` with what it is expected to say:

    {"url": "…", "title": "…", "authors": ["…"], "published": "2025-07-23", "paragraphs": ["…"]}

where any may be missing. Such pages lie in the tests of packages that read articles. ``--wrong`` prints each page
whose title, byline, day, text or doubts are not as expected.

An article is cited by the headline it was printed under. Many sets expect another, made for networks or searches, so
titles are counted twice: all, and those which some element of the page has for its words.
"""

import argparse
import json
import os
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import django
from lxml import html

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from timeline.names import strip_control  # noqa: E402 - after the settings
from timeline.public.bylines import authors  # noqa: E402
from timeline.web import articles  # noqa: E402
from timeline.web.articles.titles import bare  # noqa: E402
from timeline.web.quotations import found_in  # noqa: E402

NOT_PRINTED = "//script|//style|//nav|//noscript|//head|//*[contains(@class, 'breadcrumb')]"


def is_printed(title: str, page: bytes) -> bool:
    """Whether these are the words of one element of the page, paths of sections left aside."""
    tree = html.fromstring(strip_control(articles.decoded(page)).encode(), parser=html.HTMLParser(encoding="utf-8"))
    for element in tree.xpath(NOT_PRINTED):
        element.drop_tree()
    texts = (element.text_content() for element in tree.iter() if isinstance(element.tag, str))
    return any(bare(text) == bare(title) for text in texts if len(text) < 2 * len(title) + 60)


def judge(article: articles.Article, expected: dict[str, Any]) -> dict[str, str]:
    """``right``, ``empty``, ``offered`` or ``wrong`` for each thing that is expected."""
    verdicts = {}
    if expected.get("title"):
        verdicts["title"] = verdict(bare(article.title), bare(expected["title"]))
    if expected.get("authors"):
        wanted = {bare(one) for name in expected["authors"] for one in authors(name)}
        named = {bare(one) for one in authors(article.byline)} - {""}
        verdicts["byline"] = verdict(",".join(sorted(named)), ",".join(sorted(wanted)))
    if day := (expected.get("published") or "")[:10]:
        verdicts["day"] = verdict(article.published, day)
        if verdicts["day"] != "right" and day in article.printed:
            verdicts["day"] = "offered" if not article.published else "wrong"
    return verdicts


def verdict(found: str, wanted: str) -> str:
    return "right" if found == wanted else "wrong" if found else "empty"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--wrong", default="")
    options = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    doubts: Counter[str] = Counter()
    seconds, paragraphs, verbatim = [], 0, 0
    for file in sorted(options.folder.glob("*.html")):
        expected = json.loads(file.with_suffix(".json").read_text())
        start = time.perf_counter()
        article = articles.read(file.read_bytes(), "", expected.get("url") or "")
        seconds.append(time.perf_counter() - start)
        doubts.update(article.doubts)
        for what, found in judge(article, expected).items():
            counts[what, found] += 1
            if what == "title" and is_printed(expected["title"], file.read_bytes()):
                counts["printed", found] += 1
            if what == options.wrong and found != "right":
                shown = {
                    "title": article.title,
                    "byline": article.byline,
                    "day": f"{article.published} {article.printed}",
                }
                wanted = expected["published" if what == "day" else "authors" if what == "byline" else what]
                print(f"{file.stem}: {found}\n    {shown[what]}\n    {wanted}")
        words = [line for line in expected.get("paragraphs") or [] if len(line) > 40]
        kept = [line for line in words if found_in(line, article.text)]
        if options.wrong == "text" and len(kept) < len(words):
            print(f"{file.stem}: {len(kept)} of {len(words)}")
        paragraphs, verbatim = paragraphs + len(words), verbatim + len(kept)
        if options.wrong == "doubts" and article.doubts:
            print(file.stem, article.doubts, article.title)
    for what in ("title", "printed", "byline", "day"):
        row = {name: counts[what, name] for name in ("right", "offered", "empty", "wrong") if counts[what, name]}
        print(f"{what:8} {row.get('right', 0)} of {sum(row.values())}  {row}")
    if paragraphs:
        print(f"text     {verbatim} of {paragraphs} paragraphs verbatim, {verbatim / paragraphs:.1%}")
    print(f"doubts   {dict(doubts)}")
    print(f"seconds  {median(seconds):.3f} a page, {max(seconds):.2f} at most")


if __name__ == "__main__":
    main()

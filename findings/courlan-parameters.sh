#!/bin/sh
# courlan's clean_url() takes parameters out that name the page, and makes one address of different documents.
#
# courlan cleans addresses for web archives and corpora; trafilatura brings it along. Its documentation says that
# trackers are removed, so one would guess utm_source, gclid and their like. Seen here, with courlan 1.4.0, called
# without any option: whatever begins with ref, source, keyword, session or uid goes as well, on any site. The record
# with uid=77 and the one with uid=78 are one address afterwards, and so are two issues of reference=. A name that
# merely begins so (refno, referendum) is no exception.
#
# Who is hurt: whoever takes the cleaned address as the key of a document, to recognise doubles or as a queue of pages.
# The second document is silently taken for the first. Sites of statistics offices, courts and libraries name their
# pages by just such parameters.
#
# Fails when the behaviour has changed. Needs python3 and a registry of packages.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet courlan==1.4.0

cat > clean.py <<'PYTHON'
from importlib.metadata import version
from courlan import clean_url

print("courlan", version("courlan"))
for query in (
    "id=77&utm_source=letter",
    "record=77",
    "uid=77",
    "uid=78",
    "reference=2025-04",
    "refno=12",
    "referendum=2016",
    "source=12",
    "keyword=rice",
    "prefecture=13",
):
    print(query, "->", clean_url(f"https://example.org/page?{query}"))
PYTHON

cat > expected <<'TEXT'
courlan 1.4.0
id=77&utm_source=letter -> https://example.org/page?id=77
record=77 -> https://example.org/page?record=77
uid=77 -> https://example.org/page
uid=78 -> https://example.org/page
reference=2025-04 -> https://example.org/page
refno=12 -> https://example.org/page
referendum=2016 -> https://example.org/page
source=12 -> https://example.org/page
keyword=rice -> https://example.org/page
prefecture=13 -> https://example.org/page?prefecture=13
TEXT

venv/bin/python clean.py | tee seen
diff expected seen

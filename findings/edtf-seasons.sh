#!/bin/sh
# A season in EDTF: two parsers of the standard give the same valid text other months.
#
# EDTF (Library of Congress; ISO 8601-2:2019) writes spring to winter as the months 21 to 24 and says that no hemisphere
# is meant. One would guess that a parser takes them for the meteorological or the astronomical seasons, or refuses to
# say days, and that the four together cover a year. Seen here, with edtf 4.11.1 from npm and edtf 5.0.2 from PyPI:
#
#   edtf.js      spring is January to March, and so on: the seasons are the quarters of the calendar
#   python edtf  spring is March to May, autumn September to November, but winter is December alone: January and
#                February are in no season at all
#
# Who is hurt: whoever keeps "2025-21" and has one library sort, filter or draw it and the other one check it. An article
# of the winter issue of a quarterly falls out of every search for January, and the spring that begins in March for one
# program begins at New Year for the other.
#
# Fails when either behaviour has changed. Needs python3, npm and a registry of each.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet edtf==5.0.2
npm install --silent --no-fund --no-audit edtf@4.11.1 >/dev/null

cat > seasons.py <<'PYTHON'
import time
from importlib.metadata import version
from edtf import parse_edtf

print("python edtf", version("edtf"))
for text in ("2025-21", "2025-22", "2025-23", "2025-24"):
    season = parse_edtf(text)
    print(text, *(time.strftime("%Y-%m-%d", day) for day in (season.lower_strict(), season.upper_strict())))
PYTHON

cat > seasons.mjs <<'JAVASCRIPT'
import { readFileSync } from 'node:fs'
import edtf from 'edtf'

console.log('edtf.js', JSON.parse(readFileSync('node_modules/edtf/package.json')).version)
for (const text of ['2025-21', '2025-22', '2025-23', '2025-24']) {
  const season = edtf(text)
  const days = [season.min, season.max].map((at) => new Date(at).toISOString().slice(0, 10))
  console.log(text, ...days)
}
JAVASCRIPT

{ venv/bin/python seasons.py; node seasons.mjs; } | tee seen

cat > expected <<'TEXT'
python edtf 5.0.2
2025-21 2025-03-01 2025-05-31
2025-22 2025-06-01 2025-08-31
2025-23 2025-09-01 2025-11-30
2025-24 2025-12-01 2025-12-31
edtf.js 4.11.1
2025-21 2025-01-01 2025-03-31
2025-22 2025-04-01 2025-06-30
2025-23 2025-07-01 2025-09-30
2025-24 2025-10-01 2025-12-31
TEXT
diff expected seen && echo "As described."

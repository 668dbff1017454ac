"""What others say our documents must look like, kept here so that no test asks the network."""

import json
from pathlib import Path

from lxml import etree

HERE = Path(__file__).parent
ATOM = etree.RelaxNG(etree.parse(HERE / "atom.rng"))
"""Appendix B of RFC 4287."""

JSON_FEED = json.loads((HERE / "json_feed.json").read_text())
"""The text of https://www.jsonfeed.org/version/1.1/ as a JSON Schema, with nothing unknown allowed."""

TIMELINE_JS = json.loads((HERE / "timelinejs.json").read_text())
"""The text of https://timeline.knightlab.com/docs/json-format.html as a JSON Schema."""

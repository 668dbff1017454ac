"""The public API: versioned, read-only, described by an OpenAPI file made from this code.

schemas          what stands around every answer, entries and their changes, errors
answers          the envelope, its links and its content
record_schemas   people, sources, goods … and lists of them
documents        records as plain data: what readers may know of each
cursors          where a page of a list starts
http             conditional requests, CORS, problem details, links
questions        the reader's question in a request
parameters       the parameters, as the OpenAPI file describes them
entries          entries and facets
changes          what was published, updated, corrected and withdrawn
records          people, organisations, goods, sources, figures, glossary, coverage
service          the API itself, its OpenAPI file and its addresses
page             the page that explains it

An entry as others get it is described in ``timeline.formats.entry_schema``. The routes take
the reader's question (``timeline.filters``) and the records of ``views.public_records``, so
an answer never holds more than the pages show.

DECISIONS 86 and 88 say why.
"""

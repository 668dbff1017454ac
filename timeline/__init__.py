"""Nenpyo's one app: an editorial chronology, from the editor's form to the subscriber's feed.

A reader asks a question (the query string); ``filters`` turns it into one queryset of
published entries; the page, every feed and every export are renderings of it.

    characters               a leaf: characters that are the same to a reader
    punctuation              how a language ends sentences, parts lists and quotes
    edtf, choices, names,    dates, vocabulary, folded names,
    countries                countries by their codes
    hs                       codes of the Harmonized System
    segments                 what of a record is translated, each piece by a key and a digest of its words
    spreadsheets             cells that a spreadsheet would run or change
    moments                  times for editors, with their time zone
    clients                  the address that a request comes from, and whether another site sent it
    limits                   how often something may be done
    replicas                 which server of the database answers a reader
    text/                    words, figures and sentences of a text, and which texts a sentence condenses
    kept/                    public answers as they were made, given again while they are right
    web/                     a page of the web: its address, fetched safely, read, quotations compared
    models/                  what we know, one noun a file; models/publication.py has the rules
    accounts/                who may sign in, and how often somebody may try
    audit/                   who did what, as lines of the log
    public/                  what readers may know: the document of an entry, in words, its parts
    search/                  what is searched, how a reader's words are read, what is marked
    filters/                 the reader's question: its parameters, facets, sentence, canonical form, paging
    edition/                 keeps the public tables equal to what is published
    drafts/                  what editors wrote and readers cannot see, for the desk to search
    links/, merging/         whether sources can still be read; two records made one
    archiving/               archived copies of sources: looked for, and asked for
    running/                 what is started again and again beside the site, and whether it is
    content/                 the pack of the flagship chronology, its loader and dumper
    generated/               made-up entries to measure with
    translating/             what translators have before them, and what becomes of what they write
    imports/                 what editors upload: checked, loaded, undone
    admin/                   what editors see; wagtail_hooks only registers it
    charts/                  series of figures, positions and the overview, as shapes to draw
    formats/                 one file a format; each takes (question, entries), never a request
    letters/                 news by e-mail, for who has asked for it
    templatetags/            words, marks and classes for the templates
    views/                   thin: a question in, a rendering out
    error_reports/           what readers find wrong, from the form to the editors
    api/                     the public API, and the OpenAPI file made from it
    dataset/                 everything public as one file, kept by edition
    backup/                  everything, drafts too, as one file, and back

Imports run one way, in this order; tests/test_architecture.py says so. docs/glossary.md says
what the words mean.
"""

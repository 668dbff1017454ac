"""Nenpyo's one app: an editorial chronology, from the editor's form to the subscriber's feed.

A reader asks a question (the query string); ``filters`` turns it into one queryset of
published entries; the page, every feed and every export are renderings of it.

    edtf, choices, names     leaves: dates, vocabulary, folded names
    addresses, quotations    leaves: web addresses and quotations folded for comparison
    fetching, articles       a page of the web, fetched safely; what it says of itself, and its text
    querysets                what the public may ask
    wording                  dates, figures and sources in words
    lanes, coverage          rows and colours of the overview; the months that were researched
    models/                  what we know, one noun a file; models/publication.py has the rules
    document                 the public document of an entry (allow-list, plain data)
    search                   what is searched, and how a reader's words are read
    edition/                 keeps the public tables equal to what is published
    glossary                 which terms an entry uses, found when it is shown
    highlight                marks what a search found
    fragments                rendered parts of entries, kept while the entry stays as it is
    links, merging           whether sources can still be read; two records made one
    schedule                 publishes what is due, once, and tells what could not be
    lateness                 what somebody must start again and again, and whether it is late
    filters                  the reader's question: FilterSet, facets, sentence, canonical form
    paging, river            a page of the list; the overview
    charts/                  series of figures and positions of people, as shapes to draw
    comparison               two versions of an entry, word by word
    formats/                 one file a format; each takes (question, entries), never a request
    websub                   tells a hub which feeds have news
    templatetags/            words, marks and classes for the templates
    views                    thin: a question in, a rendering out
    api/                     the public API, and the OpenAPI file made from it
    dataset/                 everything public as one file, kept by edition
    status                   whether all goes well, for a program that watches the site
    admin/                   what editors see; wagtail_hooks only registers it
    content/                 the pack of the flagship chronology, its loader and dumper

Imports run one way, in this order; tests/test_architecture.py says so.
"""

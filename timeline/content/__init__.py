"""The content pack: a whole chronology as readable JSON files, and the way in and out.

    problems      what can be wrong with a pack, and where
    files         their JSON, read and written
    parts         how one field, reference or list of rows travels between JSON and models
    rules         the models' constraints, asked of instances in memory
    summary       the summary of an entry, sentence by sentence
    kinds         the mapping of each kind of record, listed once
    pack          reads and checks a directory; needs no database
    saving        saves many new records or entries at once
    threeway      a record as the last pack, the site and this pack have it, made one
    plan          what a load is to do with each record
    load          brings the database to what a pack says
    translated    brings the translations of the database to what a pack says
    dump          writes what is public now as a pack
    translations  the words of a pack in other languages, in files of their own
    translating   what of a pack is to be translated, and the files that translators fill in
    doubts        what a second reader of a translation should look at
    pack/         the flagship chronology, US–Japan trade since 2019

A pack is a directory with pack.json (format, version, title, strapline, licence) and one
file for each kind of record; entries have one for each year (``entries/2025.json``), and a
small pack may have them in ``entries.json``. References are made by ``id``, the record's ``key``.
"""

"""What editors see: forms, panels, choosers, listings and views of the Wagtail admin.

    rows         rows of an entry or a record: formsets whose messages are sentences
    duplicates   finds the record an editor is about to create a second time
    lookup       what an address, a text or a file tells about a source; our own copy of it
    filling      writes what a look-up found into the form that asked
    intake       the form of a source: look up, check, save; also inside an entry
    snapshots    our own copies of a source, private
    quoting      quotations checked against those copies
    records      sources, people, organisations, commodities, categories
    entries      the form of an entry, in the order of writing
    changes      what a publication changes for readers, and what earlier ones did
    moderation   approval: comments at each step, and letters
    notes        what is told while an entry is written, and what warns after saving
    checks       our rules among Wagtail's content checks
    desk         the views of an entry: edit, withdraw, delete, approve, in bulk
    finding      what is typed into a search box
    choosers     find a record by any of its names, or create it
    links        what the check of links found: column, filter, report, panel
    needs        what entries and sources still need, and what waits for whom
    exports      lists as tables for spreadsheets, without formulas
    listing      the list of entries
    record_lists the lists of records
    reports      links to those lists, and the months that were researched
    welcome      menu and home page

``wagtail_hooks`` registers what is here; nothing outside the admin imports it.
"""

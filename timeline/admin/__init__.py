"""The editors' side: forms, panels, choosers, listings and views of the Wagtail admin.

    rows         rows of an entry or a record: formsets whose messages are sentences
    sent_rows    how the rows of a form are sent, and blank ones fetched
    duplicates   finds the record an editor is about to create a second time
    quoting      quotations checked against our own copies of sources
    keeping      what was typed and is not saved: kept by the browser, compared, offered again
    conflicts    two editors of one page
    meanwhile    two editors of one record
    handback     the page that returns what was sent and could not be taken
    schedule     when a page is published, in the time zone of the account
    finding      what is typed into a search box
    counting     numbers counted as far as they are read, and lists paged through as far
    uses         what uses a record, read as far
    needs        what entries and sources still need, and what waits for whom
    exports      lists as tables for spreadsheets, without formulas
    guide        the editors' guide, and links into it
    stepwise     what takes a while, told while it is done
    imports      upload, dry run, confirmation and undoing of an import
    chronology   the form of the chronology's page
    error_reports  the inbox of what readers found wrong
    reports      links to lists, and the months that were researched
    letters      how many letters readers get, and never who
    media        pictures and documents: closed, and what an upload must pass
    files        uploaded files: which entries have each, and the deletion of those that none has
    welcome      menu and home page
    translating/  the translators' desk
    source/      a source from its page
    record/      people, organisations, goods, terms and sources: forms, lists, choosers, merges
    entry/       the form of an entry, and what is done with entries

``wagtail_hooks`` registers what is here; nothing outside the admin imports it. Of the last three
folders each may use those above it, and what stands here serves several of them.
"""

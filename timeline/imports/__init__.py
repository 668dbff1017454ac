"""Tables and files that editors upload: checked, loaded in one transaction, undone; and written back out.

    tables        records as CSV for spreadsheets, and back
    sheet         the records of one file, and where their values stand
    layout        what parts the cells of a table, and what stands above it
    support       what a summary rests on, as a cell
    sheets        reads a table, with every problem by row and column
    foreign/      reads what other programs write: TimelineJS, reference managers
    encodings     the text of a file that does not say its encoding
    uploads       what editors upload, and what is in it
    finding       records found by id, address, number or name
    support       what sentences of a summary rest on, as one cell
    normalising   what is the same although it is not written the same
    editors       who works on entries right now
    duplicates    records that may be there already
    checking      checks an import and says what it would do
    loading       does it in one transaction, step by step
    undoing       takes it back
    exporting     the records of a kind as they are now
    examples      made-up records for the templates of tables

The kinds of record and their fields are those of the pack (``timeline.content``).

DECISIONS 77, 79 and 97 say why.
"""

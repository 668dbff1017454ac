"""The form of an entry, and what is done with entries at the desk.

form         the form, in the order of writing
beginning    an entry begun from a source: what its copy names, and its words to quote
support      what each sentence of the summary rests on, ticked
changes      what a publication changes for readers, and what earlier ones did
moderation   approval: comments at each step, and letters
notes        what is told while an entry is written, and what warns after saving
checks       our rules among Wagtail's content checks
views        the views of an entry: edit, withdraw, delete, approve
listing      the list of entries
bulk         publish, withdraw, tag and delete many
"""

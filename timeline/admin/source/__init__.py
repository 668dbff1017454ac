"""A source from its page.

lookup       what an address, a text or a file tells about a source; our own copy of it
filling      writes what a look-up found into the form that asked
form         the form of a source: look up, check, save; also inside an entry
snapshots    our own copies of a source, private
archiving    the search for archived copies: column, filter, panel, and asking for one
links        what the check of links found: column, filter, report, panel
"""

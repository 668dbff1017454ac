"""Error reports: what readers find wrong, from the form to the inbox of the editors. DECISIONS 172.

subject   what a report is about: an entry in a version, an assertion in it, a source, or nothing in particular
form      its fields, and what tells a reader from a program
keeping   how many one client may send; kept once
page      the page of the form, which has no session and is never kept
seeing    what a service does: tells editors, and forgets who wrote
"""

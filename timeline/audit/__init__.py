"""Audit: who did what, as one line of the log each, for whoever runs the site. docs/operating.md has the table.

events      the names of what is told and its fields; the line
sign_in     sign-ins, second factors and locks
roles       accounts made and removed, passwords, groups and rights
content     publications and what takes words away, imports, merges
refusals    answers that say that somebody may not do this

Exports, backups and restores tell of themselves. It hears the signals of Django, Wagtail and ours,
so that no way around a view goes around the log.
"""


def connect() -> None:
    """Hear what is to be told."""
    from timeline.audit import content, roles, sign_in  # models exist only now

    sign_in.connect()
    roles.connect()
    content.connect()

"""Archived copies: a source without one is looked up in archives and, if allowed, an archive is asked to make one.

    queue      which source is next, and what editors ask for
    searching  one step of one source: look up, look at what was found, ask for a copy, hear whether it is made
    memento    archives that speak Memento (RFC 7089)
    wayback    the Wayback Machine's own interfaces
    asking     one question at a time, unhurried, and answers that bring nothing

Who is asked is set by whoever runs the site (``ARCHIVES``); nobody is unless they are named. DECISIONS 165 says why
it is so.
"""

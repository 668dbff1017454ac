"""Doctor: looks at a whole deployment and says in words what is missing, and what to do about it.

finding      what is found: a mark, a sentence, an advice
examination  all that is looked at, in order; what cannot be looked at is said, and the rest goes on
setting_up   settings, messages, collected files, time zones
folders      where the site writes
database     the server, what it knows of Japanese, our rights, clocks, the programs of a backup
services     what ``/status.json`` tells, and what has never run
site         the site as readers get it, through its proxy: TLS, uploads, headers that a stranger forged
people       accounts
letters      the server that takes our letters
"""

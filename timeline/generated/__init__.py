"""Made-up entries to measure with.

records      the people, organisations and sources that they need
entries      the entries, all that belongs to them, and what readers see of them
words        the vocabulary of their sentences
bulk         rows for COPY
aside        indexes and references, while many rows are written
removal      takes them away again
"""

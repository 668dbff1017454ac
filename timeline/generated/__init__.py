"""Made-up entries to measure with.

entries      the entries, and all that belongs to them
words        the vocabulary of their sentences
bulk         rows for COPY
"""

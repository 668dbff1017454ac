"""Translating: what translators have before them, and what becomes of what they write. DECISIONS 182.

    reading   a record as its translator sees it: segments, their state, what helps
    terms     Japanese for what a sentence names: glossary, people, organisations, goods
    saving    what was typed is kept, saved, reviewed and corrected; what stands in the way of it
    files     translations as a file for other programs (PO), and back

The desk (``timeline.admin.translating``) shows it. What readers see is filed by ``timeline.edition.translations``.
"""

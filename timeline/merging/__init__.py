"""Merging two records that are one: what it changes, the merge, and the way back.

    pointers     what points to a record, as rows of the database
    revisions    what points to a record from drafts and old versions
    plan         what stands against a merge, and what it will change
    merge        does it, in one transaction
    undoing      takes it back, as far as the rest of the site still allows

People, sources and commodities can be merged. The record that is kept takes over all
that pointed to the other one, whose names stay as further names, whose address leads
to the kept one, and whose data lie in a :class:`timeline.models.Merge`. What readers
could read in the past (``Version``) is never touched.

DECISIONS 76 says why.
"""

from .merge import merge
from .plan import Plan, RefusedError, fillable, plan, refusals
from .pointers import MERGEABLE
from .undoing import undo

__all__ = ["MERGEABLE", "Plan", "RefusedError", "fillable", "merge", "plan", "refusals", "undo"]

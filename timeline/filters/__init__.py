"""The reader's question: from a query string to one queryset, and back to words.

parameters  every parameter, declared once: its words, what it takes, how it narrows
kinds       what a parameter can be: words, a date, records, yes or no
question    Question: reads the parameters, says what it did not understand, writes itself
            as a canonical query string, as a sentence and as removable chips
dates       dates in the words of a search
naming      whose name some words are
renaming    old names of records, and their present ones
offers      what is offered for a date in a search
filterset   the django-filter FilterSet that turns good parameters into a queryset
facets      what can be ticked, and how many entries each tick would leave
spelling    other spellings to offer when words find nothing
neighbours  what such words name in another list: goods by a code, a record by its name
paging      a page of the list: the places between entries
relevance   what fits a search best first
problems    what was not understood
"""

from .facets import Counts, Option, Span, stored_spans
from .problems import ParameterProblem
from .question import Chip, Question

__all__ = ["Chip", "Counts", "Option", "ParameterProblem", "Question", "Span", "stored_spans"]

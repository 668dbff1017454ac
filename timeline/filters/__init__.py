"""The reader's question: from a query string to one queryset, and back to words.

question    Question: reads the parameters, says what it did not understand, writes itself
            as a canonical query string, as a sentence and as removable chips
filterset   the django-filter FilterSet that turns good parameters into a queryset
facets      what can be ticked, and how many entries each tick would leave
spelling    other spellings to offer when words find nothing
paging      a page of the list: the places between entries
"""

from .facets import Counts, Option, Span, stored_months, stored_spans
from .question import Chip, ParameterProblem, Question

__all__ = ["Chip", "Counts", "Option", "ParameterProblem", "Question", "Span", "stored_months", "stored_spans"]

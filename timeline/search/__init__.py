"""Search: what of an entry is searched, how a reader's words are read, what is marked.

index       what of an entry is searched, and the vector of it
explorer    Wagtail's own index of words, for its explorer and choosers
query       what a reader typed, as a question to the index
synonyms    other names of what a reader names
mentions    who and what a text names
highlight   marks what a search found
"""

from .index import texts, vector
from .mentions import Mention, named
from .query import MAX_LENGTH, MAX_WORDS, Question, Reading, begun, read
from .synonyms import Names, name_key

__all__ = [
    "MAX_LENGTH",
    "MAX_WORDS",
    "Mention",
    "Names",
    "Question",
    "Reading",
    "begun",
    "name_key",
    "named",
    "read",
    "texts",
    "vector",
]

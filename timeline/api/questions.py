"""The reader's question in a request to the API."""

from django.http import QueryDict

from timeline.filters import Question
from timeline.paging import asked_place
from timeline.views.formats import renamed

from .answers import Pairs
from .http import ApiRequest, Moved, Problem


def understood(request: ApiRequest, question: Question) -> Question:
    """The question, if all of it was understood.

    Raises :class:`Problem` that names each mistake, or :class:`Moved` to the same question
    about records that have another slug now.
    """
    asked_place(question)
    if problems := question.problems:
        if data := renamed(request.GET, problems):
            raise Moved(f"{request.path}?{data.urlencode()}")
        status = 404 if all(problem.is_missing for problem in problems) else 400
        raise Problem.of_parameters([(problem.parameter, problem.message) for problem in problems], status)
    return question


def without(data: QueryDict, *names: str) -> QueryDict:
    """The parameters but for those that are no part of the question."""
    rest = data.copy()
    for name in names:
        rest.pop(name, None)
    return rest


def pairs(question: Question) -> Pairs:
    """The question as parameters, in canonical order."""
    return [(name, value) for name, values in question.parameters.items() for value in values]

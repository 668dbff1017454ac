"""The reader's question in a request to the API."""

from timeline.filters import Question
from timeline.filters.paging import asked_place
from timeline.filters.renaming import renamed

from .answers import Pairs
from .http import ApiError, ApiRequest, Moved


def understood(request: ApiRequest, *others: str, option_limit: int = 0) -> Question:
    """The question of a request, whose parameters ``others`` are no part of it, if all of it was understood.

    Raises :class:`ApiError` that names each mistake, or :class:`Moved` to the same question
    about records that have another slug now.
    """
    data = request.GET.copy()
    for name in others:
        data.pop(name, None)
    question = Question(data, option_limit=option_limit, best_first=False)
    asked_place(question)
    if problems := question.problems:
        if moved := renamed(request.GET, problems):
            raise Moved(f"{request.path}?{moved.urlencode()}")
        status = 404 if all(problem.is_missing for problem in problems) else 400
        raise ApiError.of_parameters([(problem.parameter, problem.message) for problem in problems], status)
    return question


def pairs(question: Question) -> Pairs:
    """The question as parameters, in canonical order."""
    return [(name, value) for name, values in question.parameters.items() for value in values]

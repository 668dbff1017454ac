"""Pages in other languages: the same views, below the code of the language. DECISIONS 167."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from timeline.models import Edition
from timeline.public.language import offered, spoken

View = Callable[..., HttpResponseBase]


def in_language(language: str, view: View) -> View:
    """A view in a language; there is none before the chronology has a title in it."""

    def shown(request: HttpRequest, *args: Any, edition: Edition, **kwargs: Any) -> HttpResponseBase:
        if language not in offered(edition):
            raise Http404(_("The chronology is not translated into this language."))
        with translation.override(language):
            return view(request, *args, edition=spoken(edition), **kwargs)

    return shown

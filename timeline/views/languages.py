"""Pages in other languages: the same views, below the code of the language. DECISIONS 167 and 178."""

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import translation

from timeline.public.language import here, linked, offered, others
from timeline.public.site import current_edition
from timeline.punctuation import solid

View = Callable[..., HttpResponseBase]


def in_each(pages: list[URLPattern]) -> list[URLPattern]:
    """The addresses of pages, and the same below the code of each other language."""
    return [*pages, *(_in(language, page) for language in others() for page in pages)]


def _in(language: str, page: URLPattern) -> URLPattern:
    view = in_language(language, page.callback)
    return path(f"{language}/{page.pattern}", view, page.default_args, f"{language}.{page.name}")


def in_language(language: str, view: View) -> View:
    """A view in a language, whose links and redirects lead to what is in it."""

    @functools.wraps(view)
    def said(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(language):
            response = view(request, *args, **kwargs)
            if "Location" in response.headers:
                response.headers["Location"] = here(response.headers["Location"])
            is_page = response.headers.get("Content-Type", "").startswith("text/html")
            if response.streaming:
                response.streaming_content = _said(language, iter(response))  # type: ignore[attr-defined] # a stream
            elif is_page and isinstance(response, HttpResponse):
                response.content = solid(linked(response.text))
        return response

    return said


def _said(language: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces that are made after the view has answered."""
    made = iter(pieces)
    while True:
        with translation.override(language):
            piece = next(made, None)
        if piece is None:
            return
        yield piece


def language_of(request: HttpRequest) -> str:
    """The other language below whose code an address is; empty in the original."""
    language = request.path_info.strip("/").partition("/")[0]
    return language if language in others() else ""


def of_its_address(view: View) -> View:
    """A page of an error, in the language of the address that was asked for, if there are pages in it."""

    @functools.wraps(view)
    def said(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = language_of(request)
        is_offered = language and language in offered(current_edition())
        return (in_language(language, view) if is_offered else view)(request, *args, **kwargs)

    return said

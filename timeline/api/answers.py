"""Answers of the API: an envelope that says of what state and under what terms, links, and the content."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from pydantic import BaseModel
from wagtail.contrib.redirects.models import Redirect

from timeline.filters import Question
from timeline.models import PublishedEntry
from timeline.public.document import instant
from timeline.public.language import foreign, here
from timeline.public.site import absolute, licence

from .cursors import CursorPage
from .documents import API
from .http import LANGUAGE, ApiRequest, answer
from .parameters import LIMIT, Paging

Pairs = Sequence[tuple[str, str]]
"""Parameters with their values, in order."""

Links = dict[str, str]

RECORD_PATH = re.compile(r"(?:https?://[^/]+)?(/[a-z]+/[-\w]+)/?")


def answer_with(request: ApiRequest, found: Links, model: type[BaseModel], **content: Any) -> HttpResponse:
    """An answer that ``model`` describes and makes."""
    body = model.model_validate({**_envelope(request, found), **content})
    return answer(body.model_dump_json(exclude_unset=True), found)


def answer_with_texts(
    request: ApiRequest, found: Links, name: str, texts: Iterable[str], **content: Any
) -> HttpResponse:
    """An answer whose list ``name`` is made of JSON texts, each of which its own model has made."""
    return answer_with_text(request, found, name, f"[{','.join(texts)}]", **content)


def answer_with_text(request: ApiRequest, found: Links, name: str, text: str, **content: Any) -> HttpResponse:
    """An answer whose member ``name`` is a JSON text."""
    rest = json.dumps({**_envelope(request, found), **content}, ensure_ascii=False, separators=(",", ":"))
    return answer(f"{rest[:-1]},{json.dumps(name)}:{text}}}", found)


def _envelope(request: ApiRequest, found: Links) -> dict[str, Any]:
    # Not when this was answered: the same state must be the same bytes, or the ETag would lie.
    version, changed_at = request.since
    return {
        "edition": {"version": version, "changed": instant(changed_at)},
        "licence": licence(request.edition),
        "links": found,
    }


# -- links --------------------------------------------------------------------------------


def address(path: str, pairs: Pairs = ()) -> str:
    """An address of the API; parameters without a value are left out."""
    query = urlencode([(name, value) for name, value in (*pairs, (LANGUAGE, foreign())) if value])
    return absolute(f"{API}{path}{'?' if query else ''}{query}")


def links(path: str, pairs: Pairs = (), *, alternate: str = "") -> Links:
    """The links of an answer that is whole; ``alternate`` is the path of the page for people."""
    found = {"self": address(path, pairs)}
    return found | ({"alternate": absolute(here(alternate))} if alternate else {})


def page_links(
    path: str,
    page: CursorPage[Any],
    asked: Paging,
    pairs: Pairs = (),
    *,
    start: str = "",
    alternate: str = "",
) -> Links:
    """The links of a page of a list, which begins at its cursor or at ``start``."""
    known = [*pairs, ("limit", str(asked.limit) if asked.limit != LIMIT else "")]
    place = ("page", start) if not asked.cursor else ("cursor", asked.cursor)
    found = {"self": address(path, [*known, place]), "first": address(path, known)}
    if page.before:
        found["prev"] = address(path, [*known, ("cursor", page.before)])
    if page.after:
        found["next"] = address(path, [*known, ("cursor", page.after)])
    return found | ({"alternate": absolute(here(alternate))} if alternate else {})


def chronology_path(question: Question) -> str:
    """The page that shows what a question asks."""
    query = question.query()
    return f"/?{query}" if query else "/"


def new_address(kind: str, slug: str) -> str:
    """Where a record or entry of that slug has moved to in the API; empty when it has not."""
    old = Redirect.normalise_path(f"/{kind}/{slug}/")
    redirect = Redirect.objects.filter(old_path=old).order_by("pk").first()
    if redirect is None:
        return ""
    if redirect.redirect_page_id:
        entry = PublishedEntry.objects.filter(pk=redirect.redirect_page_id).values_list("slug", flat=True).first()
        return f"{API}/entries/{entry}" if entry else ""
    match = RECORD_PATH.fullmatch(redirect.redirect_link)
    return f"{API}{match[1]}" if match else ""

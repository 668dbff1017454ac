"""The API itself: its routes, its OpenAPI file and its addresses."""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import ValidationError

from timeline.models import FacetTotal
from timeline.public.site import about_site, absolute, licence
from timeline.views import cross_origin

from . import changes, entries, records
from .answers import address, answer_with, links
from .documents import API
from .http import LANGUAGE, LANGUAGES, ApiError, ApiRequest, Moved, answer, served
from .parameters import Paging, of_a_question
from .schemas import ProblemDetails, Start

VERSION = "1.0.0"
"""Of the API. A new field is 1.1.0; whatever would break a program gets an address of its own, /api/v2/."""

DESCRIPTION = """\
Everything public of the chronology, for programs: entries with their statements, citations, figures,
disagreements and dates; people with positions; goods with HS codes; sources; what changed.

Read-only, without a key. Any web page may ask (CORS). Answers carry an `ETag` and a `Last-Modified`; send
them back and you get `304` until the answer changes. Lists are paged by opaque cursors: follow
`links.next` in the body or `Link: rel="next"` in the header until there is none. Text that is not known is
empty; numbers and days that are not known are null; numbers that were printed are exact decimals as text.

Within /api/v1/ fields are only ever added. Please ask conditionally, and no more than once a second; to have
everything, take the dataset instead.
"""

api = NinjaAPI(
    title=settings.WAGTAIL_SITE_NAME,
    version=VERSION,
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    servers=[{"url": absolute("")}],
    openapi_extra={
        "info": {
            "summary": "A sourced chronology, read-only",
            "termsOfService": absolute("/about/#follow"),
            **({"contact": {"email": settings.CONTACT_EMAIL}} if settings.CONTACT_EMAIL else {}),
        },
        "externalDocs": {"description": "The API in words, with examples", "url": absolute("/api/")},
    },
)
api.add_router("", entries.router, tags=["Entries"])
api.add_router("", changes.router, tags=["Entries"])
api.add_router("", records.router, tags=["Records"])


BEGINNINGS = (
    *("entries", "facets", "changes", "withdrawals"),
    *("people", "organisations", "commodities", "categories", "sources"),
    *("figures", "storylines", "glossary", "coverage", "state", "openapi.json"),
)


@api.get("/", response=Start, operation_id="start", summary="Where to begin", tags=["Entries"])
def start(request: ApiRequest) -> HttpResponse:
    """The addresses of the API and how much there is."""
    return answer_with(
        request,
        links("/", alternate="/api/"),
        Start,
        title=about_site(request.edition)["name"],
        entries=FacetTotal.objects.filter(facet="all").values_list("total", flat=True).first() or 0,
        addresses={name: address(f"/{name}") for name in BEGINNINGS},
    )


# -- what is not answered -----------------------------------------------------------------


@api.exception_handler(ApiError)
def _problem(request: HttpRequest, problem: ApiError) -> HttpResponse:
    return problem.response(accepted(request))


@api.exception_handler(Moved)
def _moved(request: HttpRequest, moved: Moved) -> HttpResponse:
    return moved.response()


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = [(str(one["loc"][-1]), f"{one['msg']}.") for one in error.errors]
    return ApiError.of_parameters(problems).response(accepted(request))


def nothing_here(request: HttpRequest, rest: str) -> HttpResponseBase:
    """404 for an address that the API does not have."""
    message = _("There is no such address. %s lists those there are.") % absolute(f"{API}/")
    return ApiError(404, message).response()


# -- the OpenAPI file ---------------------------------------------------------------------

VALIDATORS = {
    "ETag": {"description": "Validator; send it back as If-None-Match.", "schema": {"type": "string"}},
    "Last-Modified": {"description": "When the answer last changed.", "schema": {"type": "string"}},
    "Cache-Control": {"description": "How long an answer may be reused.", "schema": {"type": "string"}},
    "Link": {"description": "Pages of a list (RFC 8288): self, first, prev, next.", "schema": {"type": "string"}},
}
SCHEMAS_OF_PARAMETERS = ("Bibliography", "Changes", "Paging")
FAILURES = {
    "400": "A parameter was not understood; `errors` names each with what it takes.",
    "404": "Nothing public is here, or nothing public has a slug that a parameter names.",
    "405": "Another method than GET, HEAD and OPTIONS.",
    "410": "The entry has been withdrawn; `detail` is the reason.",
}


IN_LANGUAGE = {
    "in": "query",
    "name": LANGUAGE,
    "required": False,
    "description": (
        "In which language the words are to be. What is not translated, and what changed since it was, stays in the "
        f"original, “{settings.LANGUAGE_CODE}”. Ids are others in each language."
    ),
    "schema": {"type": "string", "enum": LANGUAGES, "default": settings.LANGUAGE_CODE},
}


@functools.cache
def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 description of what is served, made from the routes and their models."""
    schema: dict[str, Any] = api.get_openapi_schema(path_prefix=f"{API}/")
    schema["components"]["schemas"]["ProblemDetails"] = ProblemDetails.model_json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}"
    )
    schema["components"]["schemas"] |= schema["components"]["schemas"]["ProblemDetails"].pop("$defs")
    schema["components"]["headers"] = VALIDATORS
    for name in SCHEMAS_OF_PARAMETERS:  # they stand with the routes, one by one
        schema["components"]["schemas"].pop(name, None)
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    for route, operations in schema["paths"].items():
        for parameter in operations["get"]["parameters"]:
            # Here OpenAPI wants examples with names; those of the schema say it already.
            parameter.pop("examples", None)
            if parameter["schema"].get("default") == "":  # that is not to ask; a pattern does not take it
                del parameter["schema"]["default"]
        if operations["get"].pop("x-takes-question", False):
            # Behind the page of the list, if there are pages, and before what else the route takes.
            place = len(Paging.model_fields)
            operations["get"]["parameters"][place:place] = of_a_question()
        operations["get"]["parameters"].append(IN_LANGUAGE)
        responses = {str(status): found for status, found in operations["get"]["responses"].items()}
        headers = {name: {"$ref": f"#/components/headers/{name}"} for name in VALIDATORS}
        responses["200"] |= {"description": "Here it is.", "headers": headers}
        responses["304"] = {"description": "Nothing has changed since.", "headers": headers}
        if "{" in route or route.endswith(("/entries", "/facets", "/changes", "/withdrawals")):
            location = {"description": "The new address.", "schema": {"type": "string", "format": "uri"}}
            responses["308"] = {
                "description": "It, or what is asked about, has another slug now.",
                "headers": {"Location": location},
            }
        for status, meaning in FAILURES.items():
            if status != "410" or route.endswith("/entries/{key}"):
                responses[status] = {"description": meaning, "content": problem}
        operations["get"]["responses"] = dict(sorted(responses.items()))
    return dict(sorted(schema.items(), key=lambda item: item[0] != "openapi"))


def openapi_json(request: ApiRequest) -> HttpResponse:
    """``/api/v1/openapi.json``."""
    return answer(_openapi_text(**licence(request.edition)))


@functools.cache
def _openapi_text(name: str, url: str) -> str:
    """The description, with the licence of the answers."""
    with translation.override(settings.LANGUAGE_CODE):
        described = openapi()
    info = described["info"] | {"license": {"name": name, "url": url}}
    return json.dumps(described | {"info": info}, ensure_ascii=False, indent=1)


@functools.cache
def _accepted() -> dict[str, dict[str, str]]:
    """``{operation: {parameter: what it takes}}``, from the same description that is served."""
    return {
        operations["get"]["operationId"]: {
            one["name"]: _takes(one) for one in operations["get"]["parameters"] if one["in"] == "query"
        }
        for operations in openapi()["paths"].values()
    }


def _takes(parameter: Mapping[str, Any]) -> str:
    values = [value for value in parameter["schema"].get("enum", ()) if value]
    return " ".join(filter(None, [parameter.get("description", ""), f"({', '.join(values)})" if values else ""]))


def accepted_by(operation: str) -> Mapping[str, str]:
    """The parameters that an operation takes, each with what it takes."""
    return _accepted().get(operation, {})


def accepted(request: HttpRequest) -> Mapping[str, str]:
    """The parameters that the address of a request takes."""
    return accepted_by(request.resolver_match.url_name or "") if request.resolver_match else {}


# -- addresses ----------------------------------------------------------------------------


def addresses() -> list[URLPattern]:
    """What stands under ``/api/v1/``, for the site's list of addresses."""
    routes: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
        (str(route.pattern), route.callback, route.name or "")
        for route in api.urls[0]
        if isinstance(route, URLPattern) and route.name != "api-root"
    ]
    routes.append(("openapi.json", openapi_json, "openapi"))
    return [
        *(path(route, served(view, accepted), name=name) for route, view, name in routes),
        path("<path:rest>", csrf_exempt(cross_origin.open_to_all(nothing_here)), name="nothing_here"),
    ]

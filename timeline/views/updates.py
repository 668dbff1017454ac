"""``/updates/``: news by e-mail, in a feed reader, a calendar or a spreadsheet, and the pages that letters lead to.

Pages for one subscriber are found by a signed link alone: nobody has a session, and no cache keeps them. Programs that
look at every link of a letter only ask for pages, so what changes something is a button.
"""

import functools
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from timeline.choices import Frequency
from timeline.clients import address_of, comes_from_elsewhere, network_of
from timeline.filters import Question
from timeline.filters.renaming import renamed
from timeline.letters import asking, links, news
from timeline.limits import TooManyError
from timeline.models import Edition, Subscriber, Subscription
from timeline.public.language import here
from timeline.public.site import absolute, current_edition, with_query
from timeline.public.wording import stop as with_stop

from .head import Head, home, render_page
from .public_records import public_storylines
from .validators import public

PATH = "/updates/"
LONGEST_QUERY = 2_000

UNKEPT = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""Headers of a page that says what somebody typed."""

PRIVATE = UNKEPT | {"Referrer-Policy": "no-referrer"}
"""Headers of a page whose address is a secret. Its forms come without ``Origin`` and are asked for none."""


class AddressForm(forms.Form):
    """An address that a letter is to go to."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": gettext_lazy("Write your e-mail address, such as name@example.org."),
            "invalid": gettext_lazy("This is not an e-mail address. Write one such as name@example.org."),
            "max_length": gettext_lazy("This is too long for an e-mail address. Write one such as name@example.org."),
        },
    )


class UpdatesForm(AddressForm):
    """An address, and how often letters are to come."""

    often = forms.ChoiceField(
        choices=Frequency.choices,
        error_messages={
            "required": gettext_lazy("Say how often: at once, daily or weekly."),
            "invalid_choice": gettext_lazy("Say how often: at once, daily or weekly."),
        },
    )


# -- the page with the four choices ---------------------------------------------------------


@csrf_exempt  # nobody is signed in, and the page is the same for all
def updates(request: HttpRequest) -> HttpResponseBase:
    """``/updates/?…``: how to follow a question; sent back, its form asks for letters."""
    return _sign_up(request) if request.method == "POST" and settings.LETTERS else _page(request)


@public()
def _page(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    question = Question(request.GET, option_limit=0)
    if question.problems and (data := renamed(request.GET, question.problems)):
        return HttpResponsePermanentRedirect(with_query(PATH, data.urlencode()))
    return _offer(request, edition, question, UpdatesForm(initial={"often": Frequency.WEEKLY}))


def _offer(
    request: HttpRequest, edition: Edition, question: Question, form: forms.Form, refusal: str = "", status: int = 200
) -> HttpResponse:
    query = question.subscription()
    title = _("Get updates")
    return render_page(
        request,
        "timeline/updates.html",
        edition,
        Head(
            title=title,
            description=_("How to follow this chronology, or any part of it."),
            path=with_query(PATH, query),
            noindex=bool(query),
            breadcrumbs=[home()],
            question=question,
        ),
        status=status,
        query=query,
        name=news.name_of(question) or edition.title,
        notes=[problem.message for problem in question.problems],
        form=form,
        refusal=refusal,
        offers_letters=settings.LETTERS,
        addresses={
            name: {"href": with_query(f"/{path}", query), "url": absolute(with_query(here(f"/{path}"), query))}
            for name, path in (("feed", "feed.atom"), ("calendar", "calendar.ics"), ("table", "entries.csv"))
        },
        subscribe_href=f"webcal:{absolute(with_query(here('/calendar.ics'), query)).partition(':')[2]}",
        excel_href=with_query("/entries.csv", "&".join(filter(None, ["excel=1", query]))),
        developers_href=with_query("/feeds/", query),
        list_href=with_query("/", query),
        narrower=[] if query else _narrower(edition),
    )


def _narrower(edition: Edition) -> list[dict[str, str]]:
    """What may be followed instead of everything: storylines and subjects."""
    told = public_storylines().order_by("position", "name")
    return [
        *({"label": one.name, "href": f"{PATH}?storyline={one.slug}"} for one in told),
        *({"label": lane["name"], "href": f"{PATH}?lane={lane['slug']}"} for lane in edition.lanes),
    ]


def _sign_up(request: HttpRequest) -> HttpResponse:
    if refusal := _from_elsewhere(request):
        return refusal
    edition, form = current_edition(), UpdatesForm(request.POST)
    question = Question(request.GET, option_limit=0)
    again = functools.partial(_offer, request, edition, question, form)
    query = question.subscription()
    if len(query) > LONGEST_QUERY:
        return _with(UNKEPT, again(_("These are more filters than a letter can follow. Take some away."), 400))
    if not form.is_valid() or question.problems:
        return _with(UNKEPT, again(status=400))
    try:
        asking.ask(form.cleaned_data["email"], query, form.cleaned_data["often"], network_of(address_of(request)))
    except TooManyError as error:
        return _too_many(again(_too_many_words(error), 429), error)
    return HttpResponseRedirect(f"{PATH}sent/")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def send_link(request: HttpRequest) -> HttpResponse:
    """``/updates/link/``: who lost the letters gets the link to what they get; the answer never tells whether."""
    if not settings.LETTERS:
        raise Http404(_("No letters are offered here."))
    form = AddressForm(request.POST or None)
    refusal, status, error = "", 200, None
    if request.method == "POST":
        if elsewhere := _from_elsewhere(request):
            return elsewhere
        if form.is_valid():
            try:
                asking.ask_for_link(form.cleaned_data["email"], network_of(address_of(request)))
                return HttpResponseRedirect(f"{PATH}sent/")
            except TooManyError as too_many:
                refusal, status, error = _too_many_words(too_many), 429, too_many
        else:
            status = 400
    head = Head(
        title=_("Your updates"), description=_("Where the link to your updates is sent."), path="", noindex=True
    )
    page = render_page(
        request, "timeline/updates_link.html", current_edition(), head, status=status, form=form, refusal=refusal
    )
    return _too_many(page, error) if error else _with(UNKEPT, page)


@public()
def sent(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/updates/sent/``: look into your mailbox."""
    head = Head(
        title=_("Look into your mailbox"), description=_("A letter is on its way."), path=f"{PATH}sent/", noindex=True
    )
    return render_page(request, "timeline/updates_sent.html", edition, head, hours=links.HOURS)


def _from_elsewhere(request: HttpRequest) -> HttpResponse | None:
    """No form of another site makes its readers ask for letters here."""
    if not comes_from_elsewhere(request):
        return None
    return _said(request, _("Not from another site"), _("Ask for updates on a page of this site."), status=403)


def _too_many_words(error: TooManyError) -> str:
    said = _("Letters were asked for too often. Try again in %d minutes; what you wrote is still here.")
    return said % error.minutes


def _too_many(response: HttpResponse, error: TooManyError) -> HttpResponse:
    response.headers["Retry-After"] = str(error.seconds)
    return _with(UNKEPT, response)


def _with(headers: dict[str, str], response: HttpResponse) -> HttpResponse:
    for name, value in headers.items():
        response.headers[name] = value
    return response


# -- pages for one subscriber ---------------------------------------------------------------

View = Callable[[HttpRequest, links.Found], HttpResponse]


def _for_one(purpose: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """A page that only a signed link leads to."""

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt  # who has the link may do what it is for
        @require_http_methods(["GET", "HEAD", "POST"])
        @functools.wraps(view)
        def page(request: HttpRequest, token: str) -> HttpResponse:
            if not settings.LETTERS_KEYS:
                raise Http404(_("No letters are offered here."))
            try:
                found = links.read(purpose, token)
            except links.BadLinkError as error:
                title = _("This link has expired") if error.is_old else _("This link is not whole")
                said = _("Open the link in your letter again, or have a new one sent.")
                return _said(request, title, said, status=404, link=True)
            return _with(PRIVATE, view(request, found))

        return page

    return decorate


@_for_one(links.CONFIRM)
def confirm(request: HttpRequest, found: links.Found) -> HttpResponse:
    """``/updates/confirm/…/``: what was asked for, and two buttons."""
    wanted = Subscription.objects.select_related("subscriber")
    subscription = wanted.filter(pk=found.subscription, subscriber__key=found.key).first()
    if subscription is None:
        return _gone(request)
    if request.method == "POST" and "no" in request.POST:
        asking.stop(subscription)
        return _said(request, _("Done"), _("No letters will come, and your address is deleted."))
    if request.method == "POST":
        confirmed = asking.confirm(found)
        return _to_change(confirmed, "confirmed") if confirmed else _gone(request)
    if subscription.confirmed_at:
        return _to_change(subscription.subscriber, "confirmed")
    row = _row(subscription)
    title = _("Confirm your updates")
    head = Head(title=title, description=row["sentence"], path="", noindex=True)
    return render_page(request, "timeline/updates_confirm.html", current_edition(), head, row=row)


DONE = {
    "confirmed": gettext_lazy("Confirmed. Letters come from now on."),
    "saved": gettext_lazy("Saved."),
    "stopped": gettext_lazy("Stopped: no more letters about it."),
    "resumed": gettext_lazy("Letters come again from now on."),
}


@_for_one(links.CHANGE)
def change(request: HttpRequest, found: links.Found) -> HttpResponse:
    """``/updates/yours/…/``: what comes, how often, and how to stop it."""
    subscriber = Subscriber.objects.filter(key=found.key).first()
    if subscriber is None:
        return _gone(request)
    if request.method == "POST":
        done = _changed(request, subscriber)
        return _to_change(subscriber, done) if done else _stopped(request)
    rows = subscriber.subscriptions.filter(confirmed_at__isnull=False).order_by("confirmed_at", "pk")
    head = Head(title=_("Your updates"), description=_("What comes to you, and how often."), path="", noindex=True)
    return render_page(
        request,
        "timeline/updates_yours.html",
        current_edition(),
        head,
        rows=[_row(row) for row in rows],
        done=DONE.get(request.GET.get("done", ""), ""),
        is_paused=subscriber.paused_at is not None,
        frequencies=Frequency.choices,
    )


def _changed(request: HttpRequest, subscriber: Subscriber) -> str:
    """Do what a button says; returns what is to be said of it, or nothing when the address is gone."""
    if "stop-all" in request.POST:
        asking.stop_all(subscriber.key)
        return ""
    if "resume" in request.POST:
        asking.resume(subscriber)
        return "resumed"
    number = request.POST.get("subscription", "")
    one = subscriber.subscriptions.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    if one and "stop" in request.POST:
        return "" if asking.stop(one) else "stopped"
    often = request.POST.get("often", "")
    if one and often in Frequency.values:
        asking.change(one, often)
    return "saved"


@_for_one(links.STOP)
def stop(request: HttpRequest, found: links.Found) -> HttpResponse:
    """``/updates/stop/…/``: one click, of a reader or of their mail program (RFC 8058), stops all and forgets all."""
    if request.method == "POST":
        asking.stop_all(found.key)
        return _stopped(request)
    if not Subscriber.objects.filter(key=found.key).exists():
        return _gone(request)
    said = _("No more letters come from here, and your address is deleted.")
    return _said(request, _("Stop all letters?"), said, button=_("Stop all and delete my address"))


def _to_change(subscriber: Subscriber, done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{links.path(links.CHANGE, subscriber)}?done={done}")


def _row(subscription: Subscription) -> dict[str, Any]:
    """What is followed, with its language where that is not the one of the page."""
    question, query = news.read(subscription.query)
    is_here = subscription.language == get_language()
    with translation.override(subscription.language):
        href = with_query(here("/"), query)
    return {
        "id": subscription.pk,
        "language": "" if is_here else dict(settings.LANGUAGES).get(subscription.language, subscription.language),
        "sentence": with_stop(question.sentence) if question else "",
        "query": query,
        "href": href,
        "often": subscription.frequency,
        "frequency": subscription.get_frequency_display().lower(),
    }


def _gone(request: HttpRequest) -> HttpResponse:
    return _said(
        request, _("No letters come to you"), _("Your address is not kept here, or not any more."), again=True
    )


def _stopped(request: HttpRequest) -> HttpResponse:
    return _said(request, _("Stopped"), _("No more letters will come, and your address is deleted."), again=True)


def _said(request: HttpRequest, title: str, message: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """A page with a sentence, and at most one button."""
    head = Head(title=title, description=message, path="", noindex=True)
    page = render_page(
        request, "timeline/updates_said.html", current_edition(), head, status=status, message=message, **more
    )
    return _with(PRIVATE, page)

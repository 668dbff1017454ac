"""Pages: ask for the code, set it up, show recovery codes. In the frame of the sign-in page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

import segno
from django import forms
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from timeline.accounts.second_factor import codes
from timeline.accounts.second_factor.gate import who
from timeline.accounts.second_factor.state import SESSION_KEY, is_shown

SECRET: Final = "second_factor_secret"  # noqa: S105 (a key of the session)

Page = Callable[..., HttpResponse]


class CodeForm(forms.Form):
    """Asks for the code of the app."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits, which your authenticator app shows now."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
        error_messages={"required": _("Write the six digits that the app shows.")},
    )
    wrong = _("This is not the code of this moment, or it was used already. Wait for the next one and try again.")


class RecoveryForm(forms.Form):
    """Asks for a recovery code."""

    code = forms.CharField(
        label=_("Recovery code"),
        help_text=_("One of those that you kept when you set the app up. Each works once."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "autofocus": True}),
        error_messages={"required": _("Write one of your recovery codes.")},
    )
    wrong = _("This is none of your recovery codes, or it was used already.")


def for_whoever_gave_the_password(page: Page) -> Page:
    """Lead strangers to the sign-in; keep codes out of reports and caches."""

    @wraps(page)
    def asked(request: HttpRequest, **more: Any) -> HttpResponse:
        if who(request).is_anonymous:
            return redirect_to_login(request.get_full_path(), reverse("wagtailadmin_login"))
        return page(request, **more)

    checked: Page = require_http_methods(["GET", "HEAD", "POST"])(asked)
    return never_cache(sensitive_post_parameters("code")(checked))


def _next(request: HttpRequest) -> str:
    """Where somebody was going, if that is here."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if here else reverse("wagtailadmin_home")


def _led_to(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': _next(request)})}")


def _let_in(request: HttpRequest, factor: int) -> None:
    """Note that this session has shown the factor; it goes on under a new key."""
    request.session[SESSION_KEY] = factor
    request.session.cycle_key()
    rotate_token(request)


def _checked(request: HttpRequest, *, recovery: bool = False) -> tuple[forms.Form, bool]:
    """The form, and whether a good code was in it."""
    kind = RecoveryForm if recovery else CodeForm
    form = kind(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if codes.is_good(request, who(request), form.cleaned_data["code"], recovery=recovery):
            return form, True
        form.add_error("code", kind.wrong)
    return form, False


TITLES = {
    "code": _("Your code"),
    "set_up": _("Set up a second factor"),
    "recovery_codes": _("Your recovery codes"),
    "renew": _("New recovery codes"),
    "remove": _("Remove the second factor"),
}


def _shown(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    there = _next(request)
    context |= {"title": TITLES[template], "who": who(request), "next": there, "back": urlencode({"next": there})}
    return render(request, f"timeline/accounts/{template}.html", context)


@for_whoever_gave_the_password
def ask(request: HttpRequest, *, recovery: bool = False) -> HttpResponse:
    """After the password: the code, or a recovery code."""
    user = who(request)
    if "leave" in request.POST:
        logout(request)
        return HttpResponseRedirect(reverse("wagtailadmin_login"))
    if is_shown(request, user):
        return HttpResponseRedirect(_next(request))
    if user.second_factor is None:
        return _led_to(request, "second_factor_set_up")
    form, good = _checked(request, recovery=recovery)
    if good:
        _let_in(request, user.second_factor)
        return HttpResponseRedirect(_next(request))
    return _shown(request, "code", form=form, recovery=recovery)


@for_whoever_gave_the_password
def set_up(request: HttpRequest) -> HttpResponse:
    """An app is told the secret, and shows by a code that it has it."""
    user = who(request)
    if user.second_factor is not None:
        return _led_to(request, "second_factor") if not is_shown(request, user) else _to_account()
    secret = request.session.setdefault(SECRET, codes.new_secret())
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        device = codes.set_up(request, user, secret, form.cleaned_data["code"])
        if device is not None:
            del request.session[SECRET]
            _let_in(request, device.pk)
            return _shown(request, "recovery_codes", codes=codes.renew(user))
        form.add_error("code", CodeForm.wrong)
    address = codes.device_of(user, secret).config_url
    drawing = segno.make(address, micro=False).svg_inline(border=4, light="#fff", omitsize=True)
    return _shown(
        request,
        "set_up",
        form=form,
        address=address,
        drawing=mark_safe(drawing),  # noqa: S308 (shapes only)
        secret=_typed(address),
        must=user.needs_second_factor,
    )


def _typed(address: str) -> str:
    """The secret as people type it, from the address that the app reads."""
    secret = address.partition("secret=")[2].partition("&")[0]
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


@for_whoever_gave_the_password
def renew(request: HttpRequest) -> HttpResponse:
    """New recovery codes, for a code."""
    return _with_a_code(request, "renew", _renewed)


def _renewed(request: HttpRequest) -> HttpResponse:
    codes.second_factor.send(sender="renewed", request=request, user=who(request))
    return _shown(request, "recovery_codes", codes=codes.renew(who(request)))


@for_whoever_gave_the_password
def remove(request: HttpRequest) -> HttpResponse:
    """No second factor any more, for a code."""
    return _with_a_code(request, "remove", _removed)


def _removed(request: HttpRequest) -> HttpResponse:
    if codes.remove(who(request)):
        codes.second_factor.send(sender="removed", request=request, user=who(request))
    return _to_account()


def _with_a_code(request: HttpRequest, template: str, act: Page) -> HttpResponse:
    """Ask for a code also of somebody who is in: a form left open must not be enough."""
    user = who(request)
    if not is_shown(request, user):
        return _led_to(request, "second_factor")
    if user.second_factor is None:
        return _to_account()
    form, good = _checked(request)
    return act(request) if good else _shown(request, template, form=form)


def _to_account() -> HttpResponse:
    return HttpResponseRedirect(reverse("wagtailadmin_account"))

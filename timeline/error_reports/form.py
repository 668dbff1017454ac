"""The form of a report. What tells a reader from a program: a field nobody sees, and a signed time.

Readers have no session here, so there is none that another site could misuse; its page could send the form in
somebody's name all the same, which the browser tells of (:func:`timeline.clients.comes_from_elsewhere`).
"""

import secrets
import time
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from timeline.models.fields import printable

LEAST_SECONDS = 3
"""Nobody reads the form and writes in less."""

MOST_HOURS = 24
"""After that the form asks to be looked through and sent again."""

SALT = "timeline.error_reports"


class Sized:
    """A field that says by how much a text is too long; the browser, which would cut it off unsaid, is not told."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, text: str) -> None:
        if over := max(0, len(text) - self.most):
            said = ngettext("This is %d character too long.", "This is %d characters too long.", over)
            raise forms.ValidationError(said % over, code="too_long")


class ReportForm(forms.Form):
    """What is wrong; if the reader likes, what is right and an address to answer to."""

    words = forms.CharField(
        label=_("What is wrong?"),
        widget=forms.Textarea({"rows": 6}),
        validators=[printable, Sized(4000)],
        error_messages={"required": _("Write what is wrong.")},
    )
    evidence = forms.CharField(
        label=_("What is right, and where does it say so?"),
        help_text=_("The address of a source, for example."),
        widget=forms.Textarea({"rows": 3}),
        validators=[printable, Sized(2000)],
        required=False,
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput({"autocomplete": "email"}),
        max_length=254,
        required=False,
        error_messages={"invalid": _("This is no e-mail address. Correct it, or leave it out.")},
    )
    homepage = forms.CharField(
        label=_("Leave this empty"),
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
        required=False,
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False, label_suffix="")
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)
        self.new_token = new_token()

    @property
    def shown(self) -> list[Any]:
        """The fields that people see."""
        return [self[name] for name in ("words", "evidence", "email")]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if self.data.get("homepage"):
            said = gettext("A field that only programs see was filled in, and is empty again. Send it once more.")
            raise forms.ValidationError(said)
        if problem := self._untimely():
            raise forms.ValidationError(problem)
        return cleaned

    def _untimely(self) -> str:
        """Why the form was not opened and filled in by somebody just now, in a sentence."""
        try:
            age = time.time() - signing.loads(self.data.get("token", ""), salt=SALT)["at"]
        except (signing.BadSignature, KeyError, TypeError):
            return gettext("The form was damaged on its way. Look through it and send it once more.")
        if age < LEAST_SECONDS:
            return gettext("That was faster than anybody writes. Send it once more.")
        if age > MOST_HOURS * 3600:
            return gettext("The form was open for more than a day. Look through it and send it once more.")
        return ""


def new_token() -> str:
    return signing.dumps({"at": time.time(), "once": secrets.token_urlsafe(9)}, salt=SALT)

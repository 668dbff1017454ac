"""Forms of Wagtail's pages for people who are not signed in."""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.forms.auth import PasswordResetForm

from timeline.accounts import tries


class LetterForm(PasswordResetForm):
    """Asks for the letter with a link to a new password; nobody's letter box is filled with them."""

    def save(self, *args: Any, request: HttpRequest, **more: Any) -> None:
        tries.begin(request, tries.Kind.LETTER, self.cleaned_data["email"])
        super().save(*args, request=request, **more)

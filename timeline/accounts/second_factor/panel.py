"""Panel: the second factor in the account settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import BaseSettingsPanel

from timeline.accounts.second_factor import codes
from timeline.accounts.second_factor.gate import who


class SecondFactorPanel(BaseSettingsPanel):
    """Says whether there is one, and leads to what can be done; nothing in it is saved."""

    name = "second_factor"
    title = _("Second factor")
    order = 550
    template_name = "timeline/accounts/panel.html"

    def get_form(self) -> forms.Form:
        return forms.Form()

    def get_context_data(self) -> dict[str, Any]:
        user = who(self.request)
        return {"has": user.second_factor is not None, "needs": user.needs_second_factor, "left": codes.left(user)}

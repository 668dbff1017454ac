"""The app as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TimelineConfig(AppConfig):
    """The one app of Nenpyo."""

    name = "timeline"
    verbose_name = _("Chronology")

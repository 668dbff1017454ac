"""Where Django meets the app."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class TimelineConfig(AppConfig):
    """Connects the table of published entries to the events that change it."""

    name = "timeline"
    verbose_name = _("Chronology")

    def ready(self) -> None:
        from timeline import audit, dataset, edition, links, replicas  # models exist only now
        from timeline import formats as _formats  # noqa: F401 - items of feeds are made at publication
        from timeline.accounts import checks
        from timeline.accounts.second_factor import log
        from timeline.running.alphabet import letters_are_known
        from timeline.search import explorer

        audit.connect()
        edition.connect()
        links.connect()
        explorer.connect()
        dataset.connect()
        log.connect()
        replicas.connect()
        register(checks.proxies_are_counted, Tags.security, deploy=True)
        register(letters_are_known, Tags.database)

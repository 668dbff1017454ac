"""The editors' guide: how to do each thing, for someone who has never seen the admin."""

from typing import Any

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import HelpPanel
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

SECTIONS = [
    ("whole", _("The whole in one minute")),
    ("source", _("Add a source")),
    ("entry", _("Write an entry")),
    ("keeping", _("When it cannot be saved")),
    ("publish", _("Check and publish")),
    ("corrections", _("Change what readers have seen")),
    ("records", _("People, organisations, goods")),
    ("standing", _("Where things stand, and storylines")),
    ("research", _("What was looked for")),
    ("next", _("What to do next")),
    ("many", _("Many at once")),
    ("translating", _("Translate")),
    ("together", _("Working together")),
    ("account", _("Your account")),
    ("words", _("The words we use")),
]
"""The parts of the guide: the anchor of each, and its heading."""


class GuideView(WagtailAdminTemplateMixin, TemplateView):
    """The page of the guide: one, so that a browser's search finds everything."""

    template_name = "timeline/admin/guide.html"
    page_title = _("Editors’ guide")
    header_icon = "help"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sections=SECTIONS, **kwargs)


class GuidePanel(HelpPanel):
    """A line at the head of a form that leads to its part of the guide."""

    def __init__(self, section: str = "whole", **kwargs: Any) -> None:
        kwargs.setdefault("template", "timeline/admin/guide_panel.html")
        super().__init__(**kwargs)
        self.section = section

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "section": self.section}

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            address = f"{reverse('guide')}#{self.panel.section}"
            heading = dict(SECTIONS)[self.panel.section]
            return {**super().get_context_data(parent_context), "address": address, "heading": heading}


URLS = [path("guide/", GuideView.as_view(), name="guide")]


class GuideMenuItem(MenuItem):
    """The first item of the help; its address is known only when the addresses are."""

    def render_component(self, request: Any) -> Any:
        self.url = reverse("guide")
        return super().render_component(request)


MENU_ITEM = GuideMenuItem(_("Editors’ guide"), "", name="guide", icon_name="help", order=1)

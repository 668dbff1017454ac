"""The desk: one record in one language, side by side, segment by segment, for the keyboard.

What is typed is kept by itself and shown to no reader; it becomes the translation, and public with it, when it is
saved (``timeline.translating.saving``).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import HeaderButton

from timeline.admin.keeping import Difference, KeepsTyping
from timeline.choices import SegmentState, Slip
from timeline.edition import Identity
from timeline.models import PublishedEntry, PublishedTranslation, TypedTranslation
from timeline.segments import READING
from timeline.translating import saving
from timeline.translating.reading import Reading, Row, label, read, stated
from timeline.translating.saving import Outcome, Typed

from .listing import KINDS, crumbs
from .rights import ICON, POLICY, known

FIELD = re.compile(r"words-([\w.-]{1,255})", re.ASCII)
"""The field in which a segment is translated, by its key."""

OF, OVER, SLIP, WRONG, RIGHT = "of-", "over-", "slip-", "wrong-", "right-"
"""What else is sent of a segment, before its key."""


class DeskView(KeepsTyping, WagtailAdminTemplateMixin, PermissionCheckedMixin, TemplateView):
    """A record as its translator sees it. Buttons are called ``act``: what to do, and to which segment."""

    permission_policy = POLICY
    permission_required = "change"
    template_name = "timeline/admin/translating/desk.html"
    page_title = _("Translate")
    header_icon = ICON

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.language = known(kwargs["language"])
        self.identity: Identity = (kwargs["kind"], kwargs["record"])

    @cached_property
    def reading(self) -> Reading:
        found = read(self.language, self.identity, self.request.user)
        if found is None:
            raise Http404(gettext("Nothing of this is public, so there is nothing to translate."))
        return found

    # -- the page -------------------------------------------------------------------------

    def get_page_subtitle(self) -> str:
        return self.reading.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        kind = self.identity[0]
        index = reverse("timeline_translations:index", args=[self.language])
        return crumbs(self.language, (f"{index}?kind={kind}", str(KINDS.get(kind, kind))), ("", self.reading.title))

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        place = [self.language, *self.identity]
        buttons = [
            HeaderButton(
                gettext("Export PO"), reverse("timeline_translations:export", args=place), icon_name="download"
            )
        ]
        if self.reading.entry:
            preview = reverse("timeline_translations:preview", args=[self.language, self.identity[1]])
            buttons.insert(0, HeaderButton(gettext("Preview"), preview, icon_name="view", attrs={"target": "_blank"}))
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reading = self.reading
        here = self.request.GET.get("at") or next((row.key for row in reading.rows if row.state != "reviewed"), "")
        return super().get_context_data(
            reading=reading,
            log=[(one, label(one.segment), stated(one.state_before), stated(one.state_after)) for one in reading.log],
            here=here,
            language_name=dict(settings.LANGUAGES)[self.language],
            slips=Slip.choices,
            second_reader=settings.TRANSLATIONS_SECOND_READER,
            to_review=[row for row in reading.rows if self.may_review(row)],
            autosave_interval=getattr(settings, "WAGTAIL_AUTOSAVE_INTERVAL", 500),
            **{**kwargs, "language": self.language},
        )

    def may_review(self, row: Row) -> bool:
        """Whether this translator can be the second reader of a segment."""
        if row.state != SegmentState.DRAFT or row.translation is None:
            return False
        return not settings.TRANSLATIONS_SECOND_READER or row.translation.translator_id != self.request.user.pk

    # -- what is sent ---------------------------------------------------------------------

    def sent(self) -> Iterator[Typed]:
        """What the form says of each segment."""
        post = {name: str(value).replace("\0", "") for name, value in self.request.POST.items()}
        for name, words in post.items():
            if found := FIELD.fullmatch(name):
                key = found[1]
                of, over, slip, wrong, right = (post.get(part + key, "") for part in (OF, OVER, SLIP, WRONG, RIGHT))
                slip = slip if slip in Slip.values else ""
                yield Typed(key, of[:8], over[:40], words, slip, wrong, right)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "kept" in request.GET:
            return super().post(request, *args, **kwargs)
        typed = {one.segment: one for one in self.sent()}
        saving.keep(self.language, self.identity, typed.values(), request.user)
        if not request.accepts("text/html"):
            return JsonResponse({"success": True, "kept_at": timezone.localtime().strftime("%H:%M")})
        if read(self.language, self.identity, request.user) is None:
            sentence = gettext("Nothing of this is public any more. What you typed is kept, should it come back.")
            messages.error(request, sentence)
            return redirect("timeline_translations:index", self.language)
        act, _colon, key = request.POST.get("act", "save").partition(":")
        if act == "discard":
            saving.discard(self.language, self.identity, request.user, key)
            return self.back(key)
        outcome = saving.save(self.language, {self.identity: list(self.asked(act, key, typed))}, request.user)
        self.tell(outcome)
        if outcome.refused:
            return self.refuse(outcome)
        return self.back(self.reading.next_after(key) if act == "next" else key)

    def asked(self, act: str, key: str, typed: dict[str, Typed]) -> Iterator[Typed]:
        """What is to be saved: one segment, or whatever was typed; a review is of what is saved already."""
        if act in ("next", "right"):
            if one := typed.get(key):
                is_right = act == "right" and one.is_untouched
                yield replace(one, is_right=is_right, review=act == "next" and one.is_untouched)
        elif act == "review":
            reviewable = {row.key for row in self.reading.rows if self.may_review(row)}
            yield from (replace(one, review=True) for one in typed.values() if one.segment in reviewable)
        else:
            yield from (one for one in typed.values() if not one.is_untouched)

    def back(self, key: str) -> HttpResponse:
        return redirect(f"{self.request.path}?{urlencode({'at': key})}#{key}" if key else self.request.path)

    def refuse(self, outcome: Outcome) -> HttpResponse:
        """The page again, with what was not saved in the boxes and the reasons beside them."""
        self.__dict__.pop("reading", None)  # it was read before anything was saved
        for (_identity, key), sentence in outcome.refused.items():
            for row in self.reading.rows:
                if row.key == key:
                    row.refusal = sentence
        return self.render_to_response(self.get_context_data())

    def tell(self, outcome: Outcome) -> None:
        numbers = []
        if n := len({change.segment for change in outcome.changes} - {key for _identity, key in outcome.reviewed}):
            numbers.append(ngettext("%d segment was saved.", "%d segments were saved.", n) % n)
        if n := len(outcome.reviewed):
            numbers.append(ngettext("%d segment is reviewed.", "%d segments are reviewed.", n) % n)
        told = gettext("Readers are told of correction %d of the translation.")
        numbers += [told % correction.number for correction in outcome.corrections.values()]
        if numbers:
            messages.success(self.request, " ".join(numbers))
        for sentence in dict.fromkeys(outcome.remarks.values()):
            messages.info(self.request, sentence)
        if n := len(outcome.refused):
            sentence = ngettext(
                "%d segment was not saved. What you typed is kept; the reason stands beside it.",
                "%d segments were not saved. What you typed is kept; the reasons stand beside them.",
                n,
            )
            messages.error(self.request, sentence % n)

    # -- what the browser kept ------------------------------------------------------------

    def compare_copy(self) -> HttpResponse:
        rows = {row.key: row for row in self.reading.rows}
        return self.compared(
            Difference(row.label, row.words, one.words)
            for one in self.sent()
            if (row := rows.get(one.segment)) and one.words.split() != row.words.split()
        )

    def show_copy(self) -> HttpResponse:
        typed = {one.segment: one for one in self.sent() if not one.is_untouched}
        for row in self.reading.rows:
            if one := typed.get(row.key):
                row.typed = TypedTranslation(
                    segment=row.key, of=one.of, over=one.over, words=one.words, slip=one.slip, wrong=one.wrong,
                    right=one.right,
                )  # fmt: skip
        return self.shown()


def previewed(request: HttpRequest, language: str, record: str) -> tuple[Any, dict[str, list[str]]]:
    """The public document of an entry, and its words in a language with drafts and what ``user`` has typed.

    Raises ``Http404`` for an entry that is not public.
    """
    reading = read(known(language), ("entries", record), request.user)
    if reading is None:
        raise Http404
    row = PublishedEntry.objects.only("document").get(pk=reading.entry)
    filed = PublishedTranslation.objects.filter(entry=row.pk, language=language).first()
    words = dict(filed.words) if filed else {}
    for one in reading.rows:
        if one.words and one.key != READING and (one.typed or not one.is_stale):
            words[one.key] = [one.of, one.words]
    return row.document, words

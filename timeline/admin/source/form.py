"""The form of a source, filled from a pasted address, a pasted text or a file.

The form of a source carries what was looked up from one request to the next: a ticket for
our copy that waits (``held``), the addresses that were met (``met``) and what we filled in
(``filled``), so that a second look-up replaces that and nothing an editor wrote.
"""

from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict, ErrorList
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import Panel
from wagtail.log_actions import log

from timeline.admin.duplicates import AskFirst, similar_sources
from timeline.admin.meanwhile import SaysWhatItHeld
from timeline.admin.quoting import quotation_state, quotation_warnings
from timeline.choices import OrganisationKind, SnapshotOrigin
from timeline.models import Organisation, Source
from timeline.models.fields import printable
from timeline.web import articles
from timeline.web.addresses import address_key, refusal, without_tracking, written_out
from timeline.web.archives import is_copy, original

from . import lookup
from .filling import LABELS, LookedUp, look_up, part_from_copy, pasted, repost

__all__ = ["quotation_state", "quotation_warnings"]

CARRIED = ["held", "met", "filled"]
STORED = ["archived_before"]
"""Of a source that is stored: what the form was made from."""
ASIDE = ["article_text", "article_file", "leave_out"]
"""Fields of the form beside those of the source."""
SHOWN_LINES = 120
"""Lines of a text that are shown from its beginning, and as many from its end."""


# The form


class SourceForm(AskFirst):
    """The fields of a source: filled by a look-up, with an address that can be one.

    Texts and files from which it can be filled come with a new source only.
    """

    use_required_attribute = False  # the button that looks up must not wait for a title

    new_publisher = forms.CharField(
        label=LABELS["new_publisher"],
        required=False,
        max_length=200,
        validators=[printable],
        help_text=_("Added with the source as an organisation. Not needed when you choose one."),
    )
    article_text = forms.CharField(
        label=_("Text of the article"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Select the article in your browser, copy it, and paste it here."),
    )
    article_file = forms.FileField(
        label=_("PDF or saved page"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.html,.htm"}),
        help_text=_("Up to 10 megabytes."),
    )
    leave_out = forms.BooleanField(label=_("Leave out the grey lines"), required=False, initial=True)
    held = forms.CharField(required=False, widget=forms.HiddenInput)
    met = forms.CharField(required=False, widget=forms.HiddenInput)
    filled = forms.CharField(required=False, widget=forms.HiddenInput)

    archived_before = forms.CharField(required=False, widget=forms.HiddenInput)

    looked_up: LookedUp | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.untracked: list[str] = []
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in [*ASIDE, *CARRIED, "new_publisher"]:
                del self.fields[name]
            self.fields["archived_before"].initial = self.instance.archived_url
            return
        del self.fields["archived_before"]
        if "accessed" in self.fields:
            self.fields["accessed"].initial = timezone.localdate

    def find(self) -> list[Any]:
        met = self.typed("met").split()[:20]
        return similar_sources([self.typed("url"), *met], self.typed("title"))

    def show(self, found: LookedUp) -> None:
        """Show what was found instead of what is still missing."""
        self.looked_up = found
        self._errors = ErrorDict()
        if found.problem:
            self._errors["url"] = ErrorList([found.problem])

    def full_clean(self) -> None:
        if self.looked_up is None:
            super().full_clean()

    def clean_url(self) -> str:
        if "url" in self.changed_data:
            self._part_from_copy()
        url, gone = without_tracking(self._address("url"))
        self.untracked = gone
        return url if "url" in self.changed_data else self.cleaned_data["url"]

    def _part_from_copy(self) -> None:
        """Where an archive's copy was given for the page, put each into its own field, to be looked at and saved."""
        typed = written_out(self.cleaned_data["url"])
        if not is_copy(typed):
            return
        archive, page = urlsplit(typed).hostname, original(typed)
        if is_copy(page):
            sentence = gettext(
                "This is a copy that %(archive)s keeps of a page. Write the address of the page here, which the copy "
                "shows, and this one under “Archived copy”."
            )
            raise ValidationError(sentence % {"archive": archive}, code="copy")
        data = QueryDict(mutable=True)
        data.update(self.data)
        self.data = data
        part_from_copy(data, self.add_prefix("url"), self.add_prefix("archived_url"))
        if data[self.add_prefix("archived_url")] == typed:
            sentence = gettext(
                "This was a copy that %(archive)s keeps. The address of the page itself stands here now, that of the "
                "copy under “Archived copy”. Check both, and save again."
            )
        else:
            sentence = gettext(
                "This was a copy that %(archive)s keeps: %(copy)s. The address of the page itself stands here now. "
                "Another copy stands under “Archived copy” and was left there. Check both, and save again."
            )
        raise ValidationError(sentence % {"archive": archive, "copy": typed}, code="copy")

    def clean_archived_url(self) -> str:
        """What the editor typed; where nothing was, a copy may have been found since the form was opened."""
        if self.instance.pk and self.cleaned_data["archived_url"] == self.typed("archived_before"):
            return self.instance.archived_url
        return self._address("archived_url")

    def _address(self, name: str) -> str:
        """The address in a field, if it is a new one that can be a source's."""
        url = self.cleaned_data[name]
        if not url or name not in self.changed_data:
            return url
        url = written_out(url)
        if reason := refusal(url):
            raise ValidationError(reason, code="address")
        return url

    def clean_article_file(self) -> Any:
        upload = self.cleaned_data["article_file"]
        if upload:
            try:
                lookup.check_file(upload)
            except lookup.UnreadableError as error:
                raise ValidationError(str(error), code="file") from error
        return upload

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        name = self.cleaned_data.get("new_publisher")
        if name and not self.cleaned_data.get("publisher"):
            self.cleaned_data["publisher"] = lookup.organisation_named(name)
        return cleaned

    def make_publisher(self) -> None:
        """Add the organisation that the editor named, where none of its name is known."""
        name = self.cleaned_data.get("new_publisher")
        if name and not self.instance.publisher_id:
            kind = OrganisationKind.MEDIA
            organisation, is_new = Organisation.objects.get_or_create(name=name, defaults={"kind": kind})
            self.instance.publisher = organisation
            if is_new:
                log(instance=organisation, action="wagtail.create", content_changed=True)

    @cached_property
    def waiting(self) -> Any:
        """Our copy that waits for this source, or None."""
        return lookup.held(self.typed("held"))

    @property
    def stored_lines(self) -> list[tuple[str, bool]]:
        """The lines of its text, each with whether it seems to be chrome; the middle of a long one is left out."""
        if not self.waiting or not self.waiting.text:
            return []
        chrome = articles.chrome_lines(self.waiting.text)
        lines = [(line, number in chrome) for number, line in enumerate(self.waiting.text.splitlines())]
        if len(lines) <= 2 * SHOWN_LINES:
            return lines
        return [*islice(lines, SHOWN_LINES), ("…", False), *lines[-SHOWN_LINES:]]

    @property
    def has_chrome(self) -> bool:
        return any(is_chrome for _line, is_chrome in self.stored_lines)

    @property
    def asks_for_text(self) -> bool:
        """Whether the way by hand stands open: it was tried, or is the only one."""
        found = self.looked_up
        return bool((found and (found.problem or found.doubts)) or self.typed("article_text"))

    @property
    def own_fields(self) -> list[Any]:
        """The fields of the source itself, but for its address; the question goes first, or beside the address."""
        elsewhere = ["url", *ASIDE, *(["similar"] if self.knows_address else [])]
        return [bound for bound in self.visible_fields() if bound.name not in elsewhere]

    @property
    def knows_address(self) -> bool:
        """Whether the look-up found a source, so that the question stands beside its address."""
        return bool(self.looked_up and self.looked_up.known)

    @property
    def asks_at_top(self) -> bool:
        return super().asks_at_top and not self.knows_address


class SourceRecordForm(SaysWhatItHeld, SourceForm, WagtailAdminModelForm):
    """The form of a source on its own page, where the address comes first."""

    kept_since = ("archived_url",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk and not self.is_bound:
            self.fields["url"].widget.attrs["autofocus"] = True


class LookUpPanel(Panel):
    """The address, its button, what was found, and the way by hand."""

    def get_form_options(self) -> dict[str, Any]:
        return {**super().get_form_options(), "fields": ["url", *ASIDE, *CARRIED, *STORED]}

    class BoundPanel(Panel.BoundPanel):
        template_name = "timeline/admin/intake_panel.html"


# Views


def take_in(request: HttpRequest) -> None:
    """Hold a text or file that comes with the form: a browser would not send the file again."""
    data = request.POST
    upload, text = request.FILES.get("article_file"), pasted(data)
    if not (upload or text):
        return
    waiting = lookup.held(data.get("held", ""))
    if not upload and waiting and waiting.sha256 == lookup.digest(text.encode(errors="replace")):
        return
    try:
        reading = lookup.read_file(upload) if upload else lookup.read_text(text)
    except lookup.UnreadableError:
        return  # the form says so
    repost(request)["held"] = lookup.ticket(lookup.hold(reading, request.user))


def keep(form: SourceForm, source: Source) -> None:
    """Hand to a new source what was found for it."""
    met = form.cleaned_data["met"].split()[:20]
    keys = {address_key(url) for url in met}
    waiting = form.waiting
    if waiting and waiting.origin == SnapshotOrigin.FETCHED and source.address_key not in keys:
        return  # the address was changed afterwards: this is another page
    if waiting:
        lookup.give(waiting, source, leave_out_chrome=form.cleaned_data["leave_out"])
    if source.address_key in keys:
        lookup.add_addresses(source, met)


class LooksUp:
    """The page that adds a source."""

    request: HttpRequest
    form: SourceForm
    object: Any

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.POST.get("look_up"):
            take_in(request)
            return super().post(request, *args, **kwargs)  # type: ignore[misc]
        self.object = None
        found = look_up(request)
        self.form = self.get_form()  # type: ignore[attr-defined]
        self.form.show(found)
        return self.render_to_response(self.get_context_data())  # type: ignore[attr-defined]

    def form_valid(self, form: SourceForm) -> HttpResponse:
        begins = "begin" in self.request.POST
        if form.existing:
            return begin_entry(form.existing.pk) if begins else super().form_valid(form)  # type: ignore[misc]
        form.make_publisher()
        response = super().form_valid(form)  # type: ignore[misc]
        keep(form, self.object)
        say_untracked(self.request, form)
        return begin_entry(self.object.pk) if begins else response


def begin_entry(source: int) -> HttpResponse:
    """On to the page that begins an entry with a source."""
    return redirect("timeline_beginning", source)


class LooksUpInChooser:
    """The form that adds a source without leaving an entry."""

    creation_form_template_name = "timeline/admin/intake_chooser.html"
    form: SourceForm

    def post(self, request: HttpRequest) -> HttpResponse:
        if not request.POST.get("look_up"):
            take_in(request)
            return super().post(request)  # type: ignore[misc]
        found = look_up(request)
        self.form = self.get_creation_form()  # type: ignore[attr-defined]
        self.form.show(found)
        return self.get_reshow_creation_form_response()  # type: ignore[attr-defined]

    def save_form(self, form: SourceForm) -> Source:
        if form.existing:
            return super().save_form(form)  # type: ignore[misc]
        form.make_publisher()
        source = super().save_form(form)  # type: ignore[misc]
        keep(form, source)
        return source


def say_untracked(request: HttpRequest, form: SourceForm) -> None:
    if form.untracked:
        names = ", ".join(form.untracked)
        messages.info(request, gettext("Tracking was taken out of the address: %(names)s.") % {"names": names})

"""A source in seconds: from a pasted address, a pasted text or a file to a filled form.

The form of a source carries what was looked up from one request to the next: a ticket for
our copy that waits (``held``), the addresses that were met (``met``) and what we filled in
(``filled``), so that a second look-up replaces that and nothing an editor wrote.
"""

import json
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict, ErrorList
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import Panel
from wagtail.log_actions import log

from timeline import articles, edtf
from timeline.addresses import address_key, refusal, without_tracking, written_out
from timeline.choices import OrganisationKind, SnapshotOrigin
from timeline.models import Organisation, Source
from timeline.models.fields import printable

from . import lookup
from .duplicates import NEW, AskFirst, at_addresses, similar_sources
from .quoting import quotation_state, quotation_warnings

__all__ = ["quotation_state", "quotation_warnings"]

CARRIED = ["held", "met", "filled"]
ASIDE = ["article_text", "article_file", "leave_out"]
"""Fields of the form beside those of the source."""
SHOWN_LINES = 120
"""Lines of a text that are shown from its beginning, and as many from its end."""


# What was found


@dataclass(frozen=True)
class Finding:
    """One thing that was found. ``kept`` when the editor had written something else, which stays."""

    label: str
    value: str
    why: str = ""
    kept: bool = False


@dataclass
class LookedUp:
    """The answer to a look-up, for the form to show."""

    place: str = ""
    problem: str = ""
    known: Source | None = None
    findings: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def look_up(request: HttpRequest) -> LookedUp:
    """Answer the button: fill in what was posted, and say what was found and where."""
    data, found = request.POST.copy(), LookedUp()
    request.POST = data  # type: ignore[assignment]  # forms of views read it there
    url = data["url"] = written_out(data.get("url", ""))
    if url and data.get("similar") != NEW and (known := at_addresses([url]).first()):
        _offer(data, known, found)
        return found
    try:
        reading = _read(request, url)
    except lookup.UnreadableError as error:
        found.problem = str(error)
    else:
        _fill(data, reading, found, request.user)
    return found


def _read(request: HttpRequest, url: str) -> lookup.Reading:
    upload, text = request.FILES.get("article_file"), request.POST.get("article_text", "").strip()
    if request.POST["look_up"] != "file":
        return lookup.read_address(url)
    if upload:
        return lookup.read_file(upload)
    if text:
        return lookup.read_text(text)
    raise lookup.UnreadableError(_t("There is nothing to read yet: paste the text of the article or choose a file."))


def _offer(data: QueryDict, known: Source, found: LookedUp) -> None:
    found.known = known
    data["similar"] = str(known.pk)


def _fill(data: QueryDict, reading: lookup.Reading, found: LookedUp, user: Any) -> None:
    """Write into empty fields, and over what an earlier look-up wrote, never over what an editor wrote."""
    url = data["url"]
    article, found.place = reading.article, reading.place
    publisher, why = lookup.publisher_of(reading, url)
    address, gone = without_tracking(reading.address or url)
    values = {
        "title": article.title[:400],
        "publisher": str(publisher.pk) if publisher else "",
        "new_publisher": "" if publisher else article.publisher[:200],
        "byline": article.byline[:200],
        "published": article.published,
        "language": article.language,
        "description": article.description[:2000],
    }
    shown = {
        **values,
        "publisher": publisher.name if publisher else "",
        "published": str(edtf.display(edtf.parse(article.published))) if article.published else "",
    }
    whys = {"publisher": why, "new_publisher": _t("no organisation of this name is known yet")}
    if reading.article.media_type == articles.PDF and article.published:
        whys["published"] = _t("the day the file was made")
    before = _filled(data)
    for name, value in values.items():
        default = str(Source._meta.get_field(name).get_default() or "") if name == "language" else ""
        typed = data.get(name, "").strip()
        free = typed in ("", default, before.get(name))
        if free:
            data[name] = value or default
        if value:
            kept = not free and typed != value
            found.findings.append(Finding(str(LABELS[name]), shown[name], whys.get(name, ""), kept))
    found.missing = [str(LABELS[name]) for name in ("title", "byline", "published") if not values[name]]
    if not (values["publisher"] or values["new_publisher"]):
        found.missing.append(str(LABELS["publisher"]))
    data["url"] = address
    data["accessed"] = data.get("accessed") or timezone.localdate().isoformat()
    data["filled"] = json.dumps(values)
    data["met"] = " ".join(dict.fromkeys([*reading.addresses, *filter(None, [url])]))
    if (old := lookup.held(data.get("held", ""))) is not None:
        old.delete()
    data["held"] = lookup.ticket(lookup.hold(reading, user))
    data["leave_out"] = "on"
    found.notices = _notices(reading, url, address, [*without_tracking(url)[1], *gone])
    if data.get("similar") != NEW and (known := at_addresses([*data["met"].split(), article.canonical_url]).first()):
        _offer(data, known, found)


def _notices(reading: lookup.Reading, url: str, address: str, gone: list[str]) -> list[str]:
    words = len(reading.article.text.split())
    notices = [
        ngettext(
            "%(number)s word of text will be kept with the source, for us alone.",
            "%(number)s words of text will be kept with the source, for us alone.",
            words,
        )
        % {"number": f"{words:,}"}
        if words
        else _t("No text of an article was found. Paste it below if you mean to quote it.")
    ]
    if gone:
        names = ", ".join(dict.fromkeys(gone))
        notices.append(_t("Tracking was taken out of the address: %(names)s.") % {"names": names})
    if url and address_key(url) != address_key(address):
        notices.append(_t("The address leads to %(address)s. Both will be remembered.") % {"address": address})
    return notices


def _filled(data: QueryDict) -> dict[str, str]:
    """What an earlier look-up wrote, as the form says; it may say anything."""
    try:
        filled = json.loads(data.get("filled") or "{}")
    except ValueError:
        return {}
    return filled if isinstance(filled, dict) else {}


LABELS = {
    "title": _("Title"),
    "publisher": _("Publisher"),
    "new_publisher": _("New publisher"),
    "byline": _("Byline"),
    "published": _("Published"),
    "language": _("Language"),
    "description": _("Description"),
}


# The form


class SourceForm(AskFirst):
    """A source: filled by a look-up, with an address that can be one.

    Texts and files from which it can be filled come with a new source only.
    """

    use_required_attribute = False  # the button that looks up must not wait for a title

    new_publisher = forms.CharField(
        label=LABELS["new_publisher"],
        required=False,
        max_length=200,
        validators=[printable],
        help_text=_("An organisation of this name is added with the source. Leave it empty to choose one above."),
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
        help_text=_("Up to 20 megabytes."),
    )
    leave_out = forms.BooleanField(label=_("Leave out the grey lines"), required=False, initial=True)
    held = forms.CharField(required=False, widget=forms.HiddenInput)
    met = forms.CharField(required=False, widget=forms.HiddenInput)
    filled = forms.CharField(required=False, widget=forms.HiddenInput)

    looked_up: LookedUp | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.untracked: list[str] = []
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in [*ASIDE, *CARRIED, "new_publisher"]:
                del self.fields[name]
        elif "accessed" in self.fields:
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
        url, gone = without_tracking(self._address("url"))
        self.untracked = gone
        return url if "url" in self.changed_data else self.cleaned_data["url"]

    def clean_archived_url(self) -> str:
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
        return bool((self.looked_up and self.looked_up.problem) or self.typed("article_text"))

    @property
    def own_fields(self) -> list[Any]:
        """The fields of the source itself, but for its address."""
        return [bound for bound in self.visible_fields() if bound.name not in ["url", *ASIDE]]


class SourceRecordForm(SourceForm, WagtailAdminModelForm):
    """The form of a source on its own page."""


class LookUpPanel(Panel):
    """The address, its button, what was found, and the way by hand."""

    def get_form_options(self) -> dict[str, Any]:
        return {**super().get_form_options(), "fields": ["url", *ASIDE, *CARRIED]}

    class BoundPanel(Panel.BoundPanel):
        template_name = "timeline/admin/intake_panel.html"


# Views


def take_in(request: HttpRequest) -> None:
    """Hold a text or file that comes with the form: a browser would not send the file again."""
    data = request.POST
    upload, text = request.FILES.get("article_file"), data.get("article_text", "").strip()
    if not (upload or text):
        return
    waiting = lookup.held(data.get("held", ""))
    if not upload and waiting and waiting.sha256 == lookup.digest(text.encode(errors="replace")):
        return
    try:
        reading = lookup.read_file(upload) if upload else lookup.read_text(text)
    except lookup.UnreadableError:
        return  # the form says so
    data = data.copy()
    data["held"] = lookup.ticket(lookup.hold(reading, request.user))
    request.POST = data  # type: ignore[assignment]


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
        if not form.existing:
            form.make_publisher()
        response = super().form_valid(form)  # type: ignore[misc]
        if not form.existing:
            keep(form, self.object)
            say_untracked(self.request, form)
        return response


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
        messages.info(request, _t("Tracking was taken out of the address: %(names)s.") % {"names": names})

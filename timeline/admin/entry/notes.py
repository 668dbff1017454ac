"""Live notes: what readers will see, and what is amiss, told while an entry is written.

The open form is sent here shortly after each change, saved or not, and the answer says what
belongs beside which field. What stops a publication are ``publication.problems``; all else
warns, beside the field here and once more in a message after saving (:func:`warnings`).
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, IntegerField, Q, prefetch_related_objects
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from modelcluster.models import get_all_child_relations
from wagtail.admin.panels import Panel
from wagtail.permissions import page_permission_policy

from timeline import edtf
from timeline.admin.quoting import quotation_warnings, stored_texts
from timeline.characters import word_count
from timeline.choices import DateBasis, PersonKind
from timeline.models import ChronologyPage, EntryPage, Person, PublishedEntry
from timeline.models.fields import QUOTATION_WORDS, may_last, period_of
from timeline.models.link import records_at_hand
from timeline.models.publication import Obstacle, problems, unanswered
from timeline.public.wording import when
from timeline.web.quotations import found_in

from . import support

READS, GOOD, WARNING = "reads", "good", "warning"
"""What a note is: what readers will see, that a check succeeded, that something is amiss."""

MOST = 5
STATEMENT_WORDS = 40
"""Words of a statement from which it is asked whether it is one fact: of a thousand, the longest has 34."""

ALIKE = 0.45
"""Trigram similarity of two headlines of one day from which they may mean the same event."""


@dataclass(frozen=True)
class Note:
    """One sentence beside the element ``at`` of the form, and what it offers to put there."""

    at: str
    tone: str
    text: str
    offers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Other:
    """Another entry worth looking at, and why."""

    pk: int
    title: str
    date: str
    url: str
    why: str

    @classmethod
    def of(cls, entry: EntryPage, why: str) -> "Other":
        return cls(entry.pk, entry.draft_title or entry.title, when(entry.date), _edit_url(entry.pk), why)


# The answer


@require_POST
def answer(request: HttpRequest, pk: int | None = None) -> JsonResponse:
    """``{"notes", "problems", "extent", "similar" …}`` for the form that is sent. Nothing is saved."""
    with records_at_hand():
        form = _form(request, pk)
        form.defer_required_fields()
        form.is_valid()  # it forgives what cannot be read yet
        entry: EntryPage = form.save(commit=False)
        return JsonResponse(
            {
                "support": support.markup(entry),
                "ids": dict(_new_ids(form)),
                "notes": [asdict(note) for note in _notes(form)],
                "problems": [asdict(problem) for problem in [*unread(form), *problems(entry), *unanswered(entry)]],
                "extent": may_last(form.data.get("date", "")),
                "similar": [asdict(other) for other in similar(entry)],
                "suggestions": [asdict(other) for other in suggestions(entry)],
            }
        )


def _form(request: HttpRequest, pk: int | None) -> Any:
    """The form as it stands, over an entry without rows: all of them are in what was sent."""
    if pk is None:
        chronology = get_object_or_404(ChronologyPage)
        if not chronology.permissions_for_user(request.user).can_add_subpage():
            raise PermissionDenied
        entry, above = EntryPage(), chronology
    else:
        entry = get_object_or_404(EntryPage.objects.select_related("locale"), pk=pk)
        if not page_permission_policy.user_has_permission_for_instance(request.user, "change", entry):
            raise PermissionDenied
        above = entry.get_parent()
    for relation in get_all_child_relations(EntryPage):
        setattr(entry, relation.get_accessor_name(), [])
    form = EntryPage.get_edit_handler().get_form_class()(
        request.POST, instance=entry, for_user=request.user, parent_page=above, forgiving=True
    )
    form.formsets.pop("comments", None)
    return form


def _new_ids(form: Any) -> Iterator[tuple[str, str]]:
    """The public ids of rows that have none yet, by the names of their fields: what rests on them can name them."""
    for name in ("statements", "figures", "disagreements"):
        for row in form.formsets[name].forms:
            if row not in form.formsets[name].deleted_forms and row.has_changed() and not row["public_id"].value():
                yield row.add_prefix("public_id"), row.instance.uid


def _notes(form: Any) -> Iterator[Note]:
    yield from _date_notes(form)
    yield from _role_notes(form)
    yield from _statement_notes(form)
    yield from _quotation_notes(form)
    yield from _address_notes(form)
    yield from _unreadable(form)


def _unreadable(form: Any) -> Iterator[Note]:
    """What a draft that saves itself leaves as it was (see ``rows.Forgiving``)."""
    prefix = f"{form.prefix}-" if form.prefix else ""
    for name, sentences in form.forgiven.items():
        if f"{prefix}{name}" != "date" and name != "quotation":  # of these more is said
            yield from (Note(f"id_{prefix}{name}", WARNING, sentence) for sentence in sentences)
    for formset in form.formsets.values():
        for row in formset.forms:
            if row not in formset.deleted_forms:
                yield from _unreadable(row)


def unread(form: Any) -> Iterator[Obstacle]:
    """The fields that are not saved as they stand, each with what the editor is told."""
    prefix = f"{form.prefix}-" if form.prefix else ""
    for name, sentences in getattr(form, "forgiven", {}).items():
        if sentences and name != "quotation":  # one that is too long is saved
            words = {"field": form.fields[name].label, "why": " ".join(sentences)}
            yield Obstacle(f"{prefix}{name}", _("“%(field)s” is not saved: %(why)s") % words)
    for formset in form.formsets.values():
        for row in formset.forms:
            if row not in formset.deleted_forms:
                yield from unread(row)


# When


def _date_notes(form: Any) -> Iterator[Note]:
    typed, at = form.data.get("date", "").strip(), "id_date"
    if not typed:
        return
    try:
        date = edtf.parse(typed)
    except edtf.EDTFError as error:
        yield Note(at, WARNING, str(error), tuple(one.text for one in error.candidates))
        return
    yield Note(at, READS, _sentence(date, form.instance))
    if years := edtf.as_two_years(typed):
        text = _("As two years it is written %(years)s.") % {"years": years}
        yield Note(at, READS, text, (years.text,))
    yield from (Note(at, WARNING, text) for text in _doubts(form.instance, date))


def _sentence(date: edtf.EDTF, entry: EntryPage) -> str:
    words = edtf.display(date, entry.date_extent)
    extent = entry.date_extent if date.is_single else ""  # of an interval the words have said it
    if note := edtf.gutter(date, derived=entry.date_basis == DateBasis.DERIVED, extent=extent).note:
        words = _("%(date)s (%(note)s)") % {"date": words, "note": note}
    if date.is_single and date.precision is edtf.Precision.DAY and date.lower:
        day = {"date": words, "weekday": WEEKDAYS[date.lower.weekday()]}
        return _("Readers will see: %(date)s. That is a %(weekday)s.") % day
    return _("Readers will see: %(date)s.") % {"date": words}


def _doubts(entry: EntryPage, date: edtf.EDTF) -> Iterator[str]:
    """What may be wrong with a date that can be read."""
    today = timezone.localdate()
    if date.lower and date.lower > today and not entry.planned:
        yield _("This date is in the future. Tick Planned, or correct the year.")
    if date.upper and date.upper <= today and entry.planned:
        yield _("This date has passed. Untick Planned if it happened, or say in the summary that it did not.")
    exact = date.precision is edtf.Precision.DAY and not date.approximate
    if exact and entry.date_basis == DateBasis.DERIVED and not entry.date_note.strip():
        yield _("The day is worked out, and the note does not say from what. Quote the words that fix it.")


# Who


def _role_notes(form: Any) -> Iterator[Note]:
    rows = [
        row for row in form.formsets["entry_people"].forms if row not in form.formsets["entry_people"].deleted_forms
    ]
    named = [(row, row.instance.person) for row in rows if row.instance.person_id]
    prefetch_related_objects([person for _row, person in named], "positions")
    for row, person in named:
        at = f"id_{row.prefix}-position"
        if typed := row.instance.position.strip():
            yield Note(at, READS, _("Readers will see: %(position)s.") % {"position": typed})
        elif form.instance.date:
            if held := ", ".join(position.title for position in _held(person, form.instance.date)):
                yield Note(at, READS, _("Readers will see: %(position)s.") % {"position": held})
            elif person.kind != PersonKind.BYLINE:
                yield Note(at, WARNING, _no_role(form.instance.date))


def _held(person: Person, date: str) -> list[Any]:
    period = period_of(date)
    return person.positions_on(period) if period else []


def _no_role(date: str) -> str:
    message = _("No recorded role on %(date)s. Add one on the record, or type it here.")
    return message % {"date": when(date)}


# Which words


def _statement_notes(form: Any) -> Iterator[Note]:
    formset = form.formsets["statements"]
    for row in formset.forms:
        if row not in formset.deleted_forms and (text := _long(row.instance.text)):
            yield Note(f"id_{row.prefix}-text", WARNING, text)


def _long(statement: str) -> str:
    """What is asked of a statement that may be more than one."""
    words = word_count(statement)
    if words <= STATEMENT_WORDS and "\n" not in statement.strip():
        return ""
    return _("%(words)d words: is this one fact? Put the cursor between two and choose “Split here”.") % {
        "words": words
    }


def _address_notes(form: Any) -> Iterator[Note]:
    if form.address_taken:
        yield Note("id_slug", READS, say_taken(form))


def say_taken(form: Any) -> str:
    """Which address an entry gets for the one that another has."""
    words = {"taken": form.address_taken, "given": form.cleaned_data["slug"]}
    return _("Another entry has the address “%(taken)s”, so this one gets “%(given)s”.") % words


def _quotation_notes(form: Any) -> Iterator[Note]:
    rows = list(_quoting(form))
    texts = stored_texts(row.instance.source_id for row in rows if row.instance.source_id)
    for row in rows:
        at, quotation = f"id_{row.prefix}-quotation", row.instance.quotation
        words, source = word_count(quotation), row.instance.source_id
        if words > QUOTATION_WORDS:
            text = _("%(words)d words; %(limit)d are allowed.") % {"words": words, "limit": QUOTATION_WORDS}
            yield Note(at, WARNING, text)
        if not source:
            yield Note(at, WARNING, _("Choose the source of these words."))
        elif source not in texts:
            yield Note(at, READS, _("There is no copy of this source here, so the words cannot be checked."))
        elif found_in(quotation, texts[source]):
            yield Note(at, GOOD, _("Our copy of the source has these words."))
        else:
            yield Note(at, WARNING, _("Our copy of the source does not have these words. Copy them again from it."))


def _quoting(form: Any) -> Iterator[Any]:
    """The rows that quote, with their prefixes in the form."""
    for relation, below in [("statements", "citations"), ("figures", "citations"), ("disagreements", "accounts")]:
        formset = form.formsets[relation]
        for row in formset.forms:
            if row not in formset.deleted_forms:
                inner = row.formsets[below]
                yield from (
                    each for each in inner.forms if each not in inner.deleted_forms and each.instance.quotation.strip()
                )


# Which other entries


def similar(entry: EntryPage) -> list[Other]:
    """Entries, drafts too, that may be about the same event: its days and two of its people, or day and words."""
    period = period_of(entry.date)
    if not period:
        return []
    people = [row.person_id for row in entry.entry_people.all() if row.person_id]
    others = EntryPage.objects.exclude(pk=entry.pk).only("pk", "title", "draft_title", "date", "live")
    found: dict[int, Other] = {}
    if len(people) > 1:
        same = others.filter(date_period__overlap=period, entry_people__person__in=people)
        for other in same.annotate(shared=Count("entry_people__person", distinct=True)).filter(shared__gt=1)[:MOST]:
            found[other.pk] = Other.of(
                other, _("the same days and %(number)d of the same people") % {"number": other.shared}
            )
    if entry.title.strip():
        alike = others.filter(date_period=period).annotate(alike=TrigramSimilarity("draft_title", entry.title))
        for other in alike.filter(alike__gt=ALIKE).order_by("-alike")[:MOST]:
            found.setdefault(other.pk, Other.of(other, _("the same day and a similar headline")))
    return list(found.values())[:MOST]


SHARED = "(SELECT count(*) FROM unnest({column}) AS one WHERE one = ANY(%s::bigint[]))"


def suggestions(entry: EntryPage) -> list[Other]:
    """Earlier public entries that this one may follow: what they share first, then how near they are."""
    if not entry.date:
        return []
    chosen = [row.earlier_id for row in entry.follows.all() if row.earlier_id]
    shared = {
        "people": ([row.person_id for row in entry.entry_people.all() if row.person_id], 2),
        "commodities": ([row.commodity_id for row in entry.entry_commodities.all() if row.commodity_id], 1),
        "series": ([row.series_id for row in entry.figures.all() if row.series_id], 3),
    }
    shared = {column: asked for column, asked in shared.items() if asked[0]}
    if not shared:
        return []
    meets, score = (
        Q(),
        " + ".join(f"{weight} * {SHARED.format(column=column)}" for column, (_ids, weight) in shared.items()),
    )
    for column, (ids, _weight) in shared.items():
        meets |= Q(**{f"{column}__overlap": ids})
    rows = (
        PublishedEntry.objects.filter(meets, sort_date__lte=edtf.parse(entry.date).sort_date)
        .exclude(pk__in=[*chosen, entry.pk or 0])
        .annotate(
            score=RawSQL(score, [ids for ids, _weight in shared.values()], output_field=IntegerField()),  # noqa: S611
            headline=F("document__headline"),
            date=F("document__date__edtf"),
        )
        .order_by("-score", "-sort_date", "-sort_rank", "-pk")
        .values_list("pk", "headline", "date", "people", "commodities", "series")[:MOST]
    )
    return [
        Other(
            pk,
            headline,
            when(date),
            _edit_url(pk),
            _why(shared, dict(zip(("people", "commodities", "series"), has, strict=True))),
        )
        for pk, headline, date, *has in rows
    ]


def _why(shared: dict[str, Any], has: dict[str, list[int]]) -> str:
    words = {"people": _("people"), "commodities": _("goods"), "series": _("a series of figures")}
    same = [words[column] for column, (ids, _weight) in shared.items() if set(ids) & set(has[column])]
    return _("the same %(things)s") % {"things": ", ".join(same)}


def _edit_url(pk: int) -> str:
    return reverse("wagtailadmin_pages:edit", args=[pk])


# Without script


def warnings(entry: EntryPage) -> list[str]:
    """What the notes would have told of an entry that is saved, in sentences that stand alone."""
    found: list[str] = []
    if entry.date:
        found += _doubts(entry, edtf.parse(entry.date))
        rows = [row for row in entry.entry_people.all() if row.person_id and not row.position.strip()]
        prefetch_related_objects([row.person for row in rows], "positions")
        found += [
            f"{row.person}: {_no_role(entry.date)}"
            for row in rows
            if row.person.kind != PersonKind.BYLINE and not _held(row.person, entry.date)
        ]
    found += [f"“{row.text[:60]}…” {text}" for row in entry.statements.all() if (text := _long(row.text))]
    found += quotation_warnings(entry)
    for other in similar(entry):
        message = _("Another entry has %(why)s: “%(title)s”, %(date)s.")
        found.append(message % {"why": other.why, "title": other.title, "date": other.date})
    return found


# Where


class NotesPanel(Panel):
    """The place of what concerns the whole entry: what is missing, and what may be here already."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "timeline/admin/notes_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            pk = self.instance.pk
            address = reverse("timeline_notes", args=[pk]) if pk else reverse("timeline_notes_of_new")
            return {**context, "address": address}

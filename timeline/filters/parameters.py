"""The parameters of a question: each is declared here, once.

What reads, says, offers, counts or describes parameters goes by ``PARAMETERS``: the FilterSet,
the sentence, chips and ways out, the controls of the form, the stored totals, the page about
feeds, the errors, the API and its OpenAPI file, and the tests that ask every address for every name.

DECISIONS 107 says why.
"""

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from timeline.models import Category, Commodity, Lane, Organisation, Person, Source, Storyline
from timeline.punctuation import listed

from .kinds import Bound, Choice, Filter, Flag, Parameter, Records, Search


def _by_name(*declared: Parameter) -> dict[str, Parameter]:
    found = {one.name: one for one in declared}
    if len(found) < len(declared):
        raise ImproperlyConfigured("A parameter is declared twice.")
    return found


PARAMETERS = _by_name(
    Search(
        "q",
        column="vector",
        label=_("Search the text"),
        phrase=_("matching %s"),
        turn=80,
        way_out=_("Drop the search words:"),
        meaning=_("Words in headlines, statements, names and sources."),
        accepted=_("up to 200 characters and 25 words"),
        description=(
            "Words to search for in headlines, statements, names and sources. “Quotation marks” keep words "
            "together, or means either, - leaves out. A name finds what stands under the other names of the same. "
            "English and Japanese. A date and nothing else, as 28 October 2025 or 2025年10月, or a date and the name "
            "of a person, is read as from, to and person; a bare year is not, nor is what stands in quotation marks."
        ),
        example="tariff -steel",
    ),
    Bound(
        "from",
        label=_("From"),
        legend=_("Dates"),
        chip=_("From %s"),
        way_out=_("Drop the dates:"),
        meaning=_("Not before this date."),
        accepted=_("a year, a month such as 2025-12, or a day such as 2025-12-01"),
        description="From this year, month or day on, inclusive. Finds every entry that may have happened then.",
        example="2025-04",
    ),
    Bound(
        "to",
        is_upper=True,
        label=_("To"),
        legend=_("Dates"),
        chip=_("To %s"),
        way_out=_("Drop the dates:"),
        meaning=_("Not after this date."),
        accepted=_("a year, a month such as 2025-12, or a day such as 2025-12-01"),
        description="To this year, month or day, inclusive: 2025 means to the end of 2025.",
        example="2025",
    ),
    Records(
        "lane",
        model=Lane,
        column="lanes",
        is_public=True,
        label=_("Subjects"),
        phrase=_("in %s"),
        turn=10,
        meaning=_("A subject."),
        accepted=_("a subject that the chronology offers"),
        description="subjects, the rows of the overview (see /coverage)",
        example="cars",
    ),
    Records(
        "storyline",
        model=Storyline,
        column="storylines",
        address="storylines",
        label=_("Storylines"),
        phrase=_("in the storyline %s"),
        turn=15,
        meaning=_("A storyline that the entry is a step of."),
        description="storylines, each one matter told through several entries (see /storylines)",
        example="car-tariff",
    ),
    Records(
        "person",
        model=Person,
        column="people",
        address="people",
        detail="country",
        label=_("People"),
        phrase=_("with %s"),
        turn=30,
        meaning=_("A person."),
        description="people (see /people)",
        example="akazawa-ryosei",
    ),
    Records(
        "commodity",
        model=Commodity,
        column="commodities",
        address="commodities",
        lineage="lineage",
        label=_("Goods"),
        phrase=_("about %s"),
        turn=20,
        meaning=_("Goods, or a topic such as investment, with all their parts."),
        description="goods, and topics such as investment (see /commodities); what is part of them counts too",
        example="automobiles",
    ),
    Records(
        "category",
        model=Category,
        column="category_id",
        address="categories",
        label=_("Kinds of event"),
        phrase=_("filed under %s"),
        turn=50,
        meaning=_("A kind of event."),
        description="kinds of event (see /categories)",
        example="talks",
    ),
    Records(
        "organisation",
        model=Organisation,
        column="organisations",
        address="organisations",
        label=_("Organisations"),
        phrase=_("involving %s"),
        turn=40,
        meaning=_("An organisation that takes part."),
        description="organisations that take part (see /organisations)",
        example="mofa",
    ),
    Records(
        "publisher",
        model=Organisation,
        column="publishers",
        address="organisations",
        label=_("Publishers"),
        phrase=_("citing %s"),
        turn=60,
        meaning=_("Who published a source."),
        description="organisations that published a source of the entry (see /organisations)",
        example="reuters",
    ),
    Records(
        "source",
        model=Source,
        column="sources",
        address="sources",
        title="title",
        is_offered=False,
        label=_("Sources"),
        phrase=_("citing “%s”"),
        turn=70,
        meaning=_("A source that is cited."),
        description="sources that the entry cites (see /sources)",
        example="first-round",
    ),
    Flag(
        "differ",
        column="differs",
        label=_("Sources disagree"),
        legend=_("Evidence"),
        phrase=_("where sources disagree"),
        turn=90,
        chip=_("Sources disagree"),
        way_out=_("Include entries where sources agree:"),
        meaning=_("Only where sources disagree."),
        refusal=_("Write differ=1 to see only entries where sources disagree."),
        description="1: only entries where sources disagree.",
    ),
    Flag(
        "key",
        column="is_key",
        label=_("Key events only"),
        legend=_("Importance"),
        phrase=_("that are key events"),
        turn=5,
        chip=_("Key events"),
        way_out=_("Include entries that are not key events:"),
        meaning=_("Only key events."),
        refusal=_("Write key=1 to see only key events."),
        description="1: only key events, the entries without which the matter is not understood (weight: key).",
    ),
    Choice(
        "order",
        values=("relevance", "new", "old"),
        refusal=_("The order is “relevance”, “new” or “old”, not “%s”."),
        meaning=_(
            "What fits the words best first, the newest event, or the oldest. A page begins with the newest, and with "
            "what fits best where words are searched for; files with the oldest. Only the page and the API can put "
            "what fits best first. A feed begins with the latest news, whatever is asked."
        ),
        accepted=lazy(listed, str)(["relevance", "new", "old"]),
        description=(
            "By the date of the event: old (the first unless you ask) or new first. Or relevance, with q: entries "
            "whose headline and names have the words, then those whose summary, statements and figures do, then "
            "quotations and accounts, then titles of sources; within these key entries, then the newest event."
        ),
    ),
    Choice(
        "show",
        values=("headlines",),
        refusal=_("Write show=headlines to see headlines only, not show=%s."),
        meaning=_("Only headlines, many on a page. Everywhere else it is read and has no effect."),
        accepted="headlines",
        description="headlines: a line an entry on the page of the chronology. Of no effect here.",
    ),
    Parameter(
        "page",
        meaning=_("A part of the list on the page. Everywhere else it is read and has no effect."),
        accepted=_("a year, a month, or a place that a link of the list names"),
        description="Start at this year or month, as the page of the chronology does.",
        example="2025-04",
        pattern=r"^\d{4}(-\d{2})?$",
    ),
)
"""In the order in which people and programs are told of them."""


def filters() -> dict[str, Filter]:
    """Those that narrow the list; the others order it and turn its pages."""
    return {name: one for name, one in PARAMETERS.items() if isinstance(one, Filter)}


def facets() -> dict[str, Records]:
    """Those that name records."""
    return {name: one for name, one in PARAMETERS.items() if isinstance(one, Records)}


def flags() -> dict[str, Flag]:
    """Those that say yes."""
    return {name: one for name, one in PARAMETERS.items() if isinstance(one, Flag)}


def single() -> list[str]:
    """The names that are given once."""
    return [name for name, one in PARAMETERS.items() if not one.several]

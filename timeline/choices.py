"""The vocabulary of the chronology: every closed list of terms, in one leaf.

Values are stored and travel in the content pack and the exports, so they never
change; labels are what people read and go through gettext.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DateBasis(TextChoices):
    """How the date of an entry is known."""

    STATED = "stated", _("Stated in the entry's own sources")
    DERIVED = "derived", _("Worked out from what the sources say")
    OTHER_SOURCE = "other_source", _("Taken from another source")


class DateExtent(TextChoices):
    """How an entry fills a date of several days; the terms are those of ``edtf.Extent`` (DECISIONS 129)."""

    LASTED = "lasted", _("It lasted: it began on the first and ended on the last")
    BETWEEN = "between", _("It happened at some time between them")


class Weight(TextChoices):
    """How much room an entry takes in the list."""

    KEY = "key", _("Key")
    NORMAL = "normal", _("Normal")
    SHORT = "short", _("Short")


class MeasureDateKind(TextChoices):
    """What a further date of a legal measure marks."""

    ANNOUNCED = "announced", _("Announced")
    PROCLAIMED = "proclaimed", _("Proclaimed")
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    SIGNED = "signed", _("Signed")
    PUBLISHED = "published", _("Published")
    EFFECTIVE = "effective", _("In force from")
    TO_TAKE_EFFECT = "to_take_effect", _("Was to take effect")
    RETROACTIVE = "retroactive", _("Applies back to")
    SUSPENDED = "suspended", _("Suspended")
    STRUCK_DOWN = "struck_down", _("Struck down")
    ENDED = "ended", _("Ended")


class Standing(TextChoices):
    """How far what answers a line of the state has come on a day."""

    IN_FORCE = "in_force", _("In force")
    LAST_RECORDED = "last_recorded", _("Last recorded")
    AGREED = "agreed", _("Agreed")
    ANNOUNCED = "announced", _("Announced")
    PROPOSED = "proposed", _("Proposed")
    SUSPENDED = "suspended", _("Suspended")
    STRUCK_DOWN = "struck_down", _("Struck down")
    EXPIRED = "expired", _("Expired")
    NOT_KNOWN = "not_known", _("Not known")


class Nature(TextChoices):
    """What kind of sentence a statement is."""

    REPORTED = "reported", _("Reported")
    CLAIM = "claim", _("Claim")
    FORECAST = "forecast", _("Forecast")
    COMMENTARY = "commentary", _("Commentary")
    CONTEXT = "context", _("Context")


class EventRole(TextChoices):
    """What a person did in the event."""

    NEGOTIATOR = "negotiator", _("Negotiator")
    SIGNATORY = "signatory", _("Signatory")
    SPEAKER = "speaker", _("Speaker")
    HOST = "host", _("Host")
    DECISION_MAKER = "decision_maker", _("Decision-maker")
    MENTIONED = "mentioned", _("Mentioned only")


class Qualifier(TextChoices):
    """How exactly a figure is stated."""

    ABOUT = "about", _("about")
    OVER = "over", _("over")
    AT_LEAST = "at_least", _("at least")
    UP_TO = "up_to", _("up to")
    UNDER = "under", _("under")
    ALMOST = "almost", _("almost")


class Unit(TextChoices):
    """What a figure counts; money also has a currency."""

    PERCENT = "percent", _("percent")
    PERCENTAGE_POINTS = "percentage_points", _("percentage points")
    MONEY = "money", _("money")
    TONNES = "tonnes", _("tonnes")
    KILOGRAMS = "kilograms", _("kilograms")
    VEHICLES = "vehicles", _("vehicles")
    AIRCRAFT = "aircraft", _("aircraft")
    SHARES = "shares", _("shares")
    MINUTES = "minutes", _("minutes")
    HOURS = "hours", _("hours")
    DAYS = "days", _("days")
    MONTHS = "months", _("months")
    YEARS = "years", _("years")
    PEOPLE = "people", pgettext_lazy("unit", "people")
    VISITS = "visits", _("visits")
    ITEMS = "items", pgettext_lazy("unit", "items")
    MINES = "mines", pgettext_lazy("unit", "mines")


class Currency(TextChoices):
    """ISO 4217 codes in use."""

    USD = "USD", _("US dollars")
    JPY = "JPY", _("yen")


class Scale(TextChoices):
    """The power of a thousand a figure is printed in."""

    THOUSAND = "thousand", _("thousand")
    MILLION = "million", _("million")
    BILLION = "billion", _("billion")
    TRILLION = "trillion", _("trillion")


class FigureStatus(TextChoices):
    """How far a figure has come: how it stood in its period, which says until when."""

    REPORTED = "reported", _("Reported")
    CLAIMED = "claimed", _("Claimed")
    FORECAST = "forecast", _("Forecast")
    THREATENED = "threatened", _("Threatened")
    PROPOSED = "proposed", _("Proposed")
    ANNOUNCED = "announced", _("Announced")
    AGREED = "agreed", _("Agreed")
    NON_BINDING = "non_binding", _("Agreed, not binding")
    IN_FORCE = "in_force", _("In force")
    SUSPENDED = "suspended", _("Suspended")
    STRUCK_DOWN = "struck_down", _("Struck down")
    EXPIRED = "expired", _("Expired")
    ENDED = "ended", _("Ended")


class FigureBasis(TextChoices):
    """What a rate is made of, so that 25, 27.5 and 2.5 percent on one car are not taken for rivals."""

    BASE = "base", _("Ordinary duty")
    ADDITIONAL = "additional", _("Added to the ordinary duty")
    TOTAL = "total", _("In total")


class LaneColour(TextChoices):
    """The colours of lanes, named as in the style sheet; the palette is told apart by everybody."""

    SLATE = "slate", _("Slate")
    RED = "red", _("Red")
    OLIVE = "olive", _("Olive")
    VIOLET = "violet", _("Violet")
    TEAL = "teal", _("Teal")


class Licence(TextChoices):
    """Under what terms our own text may be used again, by its name in the SPDX list; each asks that we be named."""

    BY = "CC-BY-4.0", "CC BY 4.0"
    BY_SA = "CC-BY-SA-4.0", "CC BY-SA 4.0"
    BY_ND = "CC-BY-ND-4.0", "CC BY-ND 4.0"
    BY_NC = "CC-BY-NC-4.0", "CC BY-NC 4.0"
    BY_NC_SA = "CC-BY-NC-SA-4.0", "CC BY-NC-SA 4.0"
    BY_NC_ND = "CC-BY-NC-ND-4.0", "CC BY-NC-ND 4.0"

    @property
    def url(self) -> str:
        """Where Creative Commons says what it means."""
        return (
            f"https://creativecommons.org/licenses/{self.value.removeprefix('CC-').removesuffix('-4.0').lower()}/4.0/"
        )


class SourceKind(TextChoices):
    """Who stands behind a source."""

    PRIMARY_GOVERNMENT = "primary_government", _("Government document")
    OFFICIAL_REPOST = "official_repost", _("Repost of an official text")
    WIRE = "wire", _("News agency")
    NEWS = "news", _("News")
    TRADE_PRESS = "trade_press", _("Trade press")
    LAW_FIRM = "law_firm", _("Law firm")
    THINK_TANK = "think_tank", _("Think tank")
    DATABASE = "database", _("Reference work")
    COMMENTARY = "commentary", _("Commentary")
    REWRITE = "rewrite", _("Repeats another report")


AUTHORITY: dict[str, int] = {
    kind: rank
    for rank, kinds in enumerate(
        [
            [SourceKind.PRIMARY_GOVERNMENT],
            [SourceKind.OFFICIAL_REPOST],
            [SourceKind.WIRE],
            [SourceKind.NEWS],
            [SourceKind.TRADE_PRESS, SourceKind.LAW_FIRM, SourceKind.THINK_TANK, SourceKind.DATABASE],
            [SourceKind.COMMENTARY],
            [SourceKind.REWRITE],
        ]
    )
    for kind in kinds
}
"""In which order sources of one entry are named, by their kind: the signed text first, a rewrite last."""


class SourceUse(TextChoices):
    """Whether readers see a source."""

    EVIDENCE = "evidence", pgettext_lazy("use of a source", "Evidence")
    ERROR_EXAMPLE = "error_example", _("Kept as an example of an error")


class OrganisationKind(TextChoices):
    """What an organisation is."""

    GOVERNMENT = "government", _("Government")
    LEGISLATURE = "legislature", _("Legislature")
    MILITARY = "military", _("Armed forces")
    STATE = "state", pgettext_lazy("organisation", "State")
    PARTY = "party", _("Political party")
    INTERNATIONAL = "international", _("International organisation")
    AGREEMENT_BODY = "agreement_body", _("Body set up by an agreement")
    PUBLIC_FINANCE = "public_finance", _("Public finance institution")
    COMPANY = "company", _("Company")
    INDUSTRY_BODY = "industry_body", _("Industry body")
    MEDIA = "media", _("Media")
    AGGREGATOR = "aggregator", _("Aggregator")
    LAW_FIRM = "law_firm", _("Law firm")
    THINK_TANK = "think_tank", _("Think tank")
    ACADEMIC = "academic", _("University or research institute")
    EVENT = "event", pgettext_lazy("organisation", "Event")
    OTHER = "other", _("Other")


class CommodityKind(TextChoices):
    """Goods have HS codes; topics such as investment do not."""

    GOODS = "goods", _("Goods")
    TOPIC = "topic", _("Topic")


class PersonKind(TextChoices):
    """Why a person has a record."""

    PARTICIPANT = "participant", _("Takes part in events")
    COMMENTATOR = "commentator", _("Commentator")
    BYLINE = "byline", _("Reporter or photographer")


class NameOrder(TextChoices):
    """Which part of the name comes first, whatever the language of the page."""

    GIVEN_FIRST = "given_first", _("Given name first")
    FAMILY_FIRST = "family_first", _("Family name first")


class NameKind(TextChoices):
    """What a further name is. Readings, hidden names and misprints find the record and are no names to show."""

    NATIVE = "native", _("In the original script")
    ALIAS = "alias", _("Also known as")
    FORMER = "former", _("Former name")
    READING = "reading", _("How it is read")
    HIDDEN = "hidden", _("Found with it, not shown")
    MISPRINT = "misprint", _("Misprint")

    @classmethod
    def shown(cls) -> list[str]:
        """The kinds that stand for the record wherever it is named."""
        return [cls.NATIVE, cls.ALIAS, cls.FORMER]

    @classmethod
    def told(cls) -> list[str]:
        """The kinds that programs are told of: what is shown, and how it is read."""
        return [*cls.shown(), cls.READING]


class Script(TextChoices):
    """ISO 15924 codes in use."""

    LATN = "Latn", _("Latin")
    JPAN = "Jpan", _("Japanese")
    HIRA = "Hira", _("Hiragana")
    KANA = "Kana", _("Katakana")
    HANS = "Hans", _("Chinese, simplified")
    HANT = "Hant", _("Chinese, traditional")


class Change(TextChoices):
    """What publishing a version of an entry changes for readers (DECISIONS 14)."""

    FIRST = "first", _("First published")
    MINOR = "minor", _("Minor edit")
    UPDATE = "update", _("Update")
    CORRECTION = "correction", _("Correction")


class TranslationState(TextChoices):
    """How far the translation of a segment has come. That it is stale is never stored: it follows from the words."""

    DRAFT = "draft", _("Draft")
    REVIEWED = "reviewed", _("Reviewed")


class SegmentState(TextChoices):
    """How a segment stands in a language, the most urgent first. It follows from the translation and the original."""

    STALE = "stale", _("Stale")
    MISSING = "missing", _("Missing")
    DRAFT = "draft", _("Draft")
    REVIEWED = "reviewed", _("Reviewed")


class Slip(TextChoices):
    """What a change to a reviewed sentence that readers see is, as its translator says."""

    POLISH = "polish", _("Only the wording: nothing was wrong")
    CORRECTION = "correction", _("A correction: readers are told what was wrong")


class Redaction(TextChoices):
    """Why the words of a published version are not shown any more."""

    LEGAL = "legal", _("Removed for legal reasons")
    PRIVACY = "privacy", _("Removed to protect a person")


class DatasetWithdrawal(TextChoices):
    """Why the dataset of an edition may not be had any more."""

    UNPUBLISHED = "unpublished", _("An entry in it is not public any more")
    REDACTED = "redacted", _("Words in it were removed for good")
    CONCEALED = "concealed", _("A storyline in it is not public any more")


class LinkState(TextChoices):
    """What the last checks of an address found (DECISIONS 71)."""

    OK = "ok", _("Works")
    REDIRECTED = "redirected", _("Redirects to the same page")
    MOVED = "moved", _("Moved to another page")
    INCONCLUSIVE = "inconclusive", _("No clear answer")
    PAYWALLED = "paywalled", _("Behind a paywall")
    SOFT_404 = "soft_404", _("Answers, but the page is not there")
    CHANGED = "changed", _("Changed: a quotation is gone")
    DEAD = "dead", _("Gone")


class ArchivingState(TextChoices):
    """How far a source has come to an archived copy."""

    WAITING = "waiting", _("Waiting for its turn")
    SAVING = "saving", _("The archive is making a copy")
    ARCHIVED = "archived", _("Archived")
    DIFFERENT = "different", _("Copies do not show what we cite")
    NOT_FOUND = "not_found", _("No copy found")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("It did not work")


class SnapshotOrigin(TextChoices):
    """How we came by our own copy of a source."""

    FETCHED = "fetched", _("Fetched from its address")
    PASTED = "pasted", _("Pasted text")
    UPLOADED = "uploaded", _("Uploaded file")


class Frequency(TextChoices):
    """How often somebody gets letters."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")


class LetterKind(TextChoices):
    """What a letter to a reader is for."""

    NEWS = "news", pgettext_lazy("letter", "News")
    CONFIRM = "confirm", _("To be confirmed")
    LINK = "link", _("The link to change what one gets")

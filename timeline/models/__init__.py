"""The models: what we know, one noun a file."""

from .announcement import Announcement
from .archiving import Archiving
from .attachment import Attachment
from .category import Category, CategoryName
from .chronology import ChronologyPage, Coverage, Lane, LaneCategory, LaneCommodity, OpenQuestion, Phase
from .commodity import Commodity, CommodityName, HSCode
from .dataset import Dataset
from .desk import CommandRun, FailedPublication, Import, Merge
from .disagreement import Account, Disagreement
from .draft import DraftWords
from .entry import (
    EntryCommodity,
    EntryOrganisation,
    EntryPage,
    EntryPerson,
    Follow,
    MeasureDate,
)
from .error_report import ErrorReport
from .figure import Figure, FigureCitation
from .letter import Letter, LetterAsked, LetterCount, LetterPart, LetterRound, Mark, Subscriber, Subscription
from .line import LineCitation, StateLine
from .link_check import LinkCheck
from .loaded import LoadedRecord
from .organisation import Organisation, OrganisationName
from .person import Person, PersonName, Position
from .published import (
    Block,
    Departure,
    Edition,
    FacetTotal,
    Fragment,
    MonthTotal,
    PublishedEntry,
    PublishedTranslation,
    State,
    Withdrawal,
    WordTotal,
)
from .search_name import SearchName
from .series import FigureSeries
from .sign_in_try import SignInTry
from .snapshot import Snapshot
from .source import Source, SourceAddress
from .source_note import SourceNote
from .statement import Citation, Statement
from .storyline import (
    QuestionSupport,
    StepSupport,
    Storyline,
    StorylineLine,
    StorylineName,
    StorylineQuestion,
    StorylineStep,
    SummarySentence,
    SummarySupport,
)
from .term import Term, TermCitation, TermEntry, TermName
from .translation import (
    Translation,
    TranslationChange,
    TranslationCorrection,
    TranslationProgress,
    TypedTranslation,
)
from .version import Version

__all__ = [
    "Account",
    "Announcement",
    "Archiving",
    "Attachment",
    "Block",
    "Category",
    "CategoryName",
    "ChronologyPage",
    "Citation",
    "CommandRun",
    "Commodity",
    "CommodityName",
    "Coverage",
    "Dataset",
    "Departure",
    "Disagreement",
    "DraftWords",
    "Edition",
    "EntryCommodity",
    "EntryOrganisation",
    "EntryPage",
    "EntryPerson",
    "ErrorReport",
    "FacetTotal",
    "FailedPublication",
    "Figure",
    "FigureCitation",
    "FigureSeries",
    "Follow",
    "Fragment",
    "HSCode",
    "Import",
    "Lane",
    "LaneCategory",
    "LaneCommodity",
    "Letter",
    "LetterAsked",
    "LetterCount",
    "LetterPart",
    "LetterRound",
    "LineCitation",
    "LinkCheck",
    "LoadedRecord",
    "Mark",
    "MeasureDate",
    "Merge",
    "MonthTotal",
    "OpenQuestion",
    "Organisation",
    "OrganisationName",
    "Person",
    "PersonName",
    "Phase",
    "Position",
    "PublishedEntry",
    "PublishedTranslation",
    "QuestionSupport",
    "SearchName",
    "SignInTry",
    "Snapshot",
    "Source",
    "SourceAddress",
    "SourceNote",
    "State",
    "StateLine",
    "Statement",
    "StepSupport",
    "Storyline",
    "StorylineLine",
    "StorylineName",
    "StorylineQuestion",
    "StorylineStep",
    "Subscriber",
    "Subscription",
    "SummarySentence",
    "SummarySupport",
    "Term",
    "TermCitation",
    "TermEntry",
    "TermName",
    "Translation",
    "TranslationChange",
    "TranslationCorrection",
    "TranslationProgress",
    "TypedTranslation",
    "Version",
    "Withdrawal",
    "WordTotal",
]

"""What we know: one noun a file."""

from .category import Category
from .chronology import ChronologyPage, Coverage, Lane, LaneCategory, LaneCommodity, Phase
from .commodity import Commodity, CommodityName, HSCode
from .disagreement import Account, Disagreement
from .entry import (
    EntryCommodity,
    EntryOrganisation,
    EntryPage,
    EntryPerson,
    Follow,
    MeasureDate,
)
from .figure import Figure, FigureCitation
from .organisation import Organisation, OrganisationName
from .person import Person, PersonName, Position
from .published import Edition, FacetTotal, MonthTotal, PublishedEntry, Withdrawal
from .series import FigureSeries
from .source import Source
from .statement import Citation, Statement
from .term import Term, TermCitation, TermName

__all__ = [
    "Account",
    "Category",
    "ChronologyPage",
    "Citation",
    "Commodity",
    "CommodityName",
    "Coverage",
    "Disagreement",
    "Edition",
    "EntryCommodity",
    "EntryOrganisation",
    "EntryPage",
    "EntryPerson",
    "FacetTotal",
    "Figure",
    "FigureCitation",
    "FigureSeries",
    "Follow",
    "HSCode",
    "Lane",
    "LaneCategory",
    "LaneCommodity",
    "MeasureDate",
    "MonthTotal",
    "Organisation",
    "OrganisationName",
    "Person",
    "PersonName",
    "Phase",
    "Position",
    "PublishedEntry",
    "Source",
    "Statement",
    "Term",
    "TermCitation",
    "TermName",
    "Withdrawal",
]

"""What we know: one noun a file."""

from .category import Category
from .commodity import Commodity, CommodityName, HSCode
from .disagreement import Account, Disagreement
from .entry import (
    ChronologyPage,
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
from .published import Edition, FacetTotal, PublishedEntry, Withdrawal
from .source import Source
from .statement import Citation, Statement

__all__ = [
    "Account",
    "Category",
    "ChronologyPage",
    "Citation",
    "Commodity",
    "CommodityName",
    "Disagreement",
    "Edition",
    "EntryCommodity",
    "EntryOrganisation",
    "EntryPage",
    "EntryPerson",
    "FacetTotal",
    "Figure",
    "FigureCitation",
    "Follow",
    "HSCode",
    "MeasureDate",
    "Organisation",
    "OrganisationName",
    "Person",
    "PersonName",
    "Position",
    "PublishedEntry",
    "Source",
    "Statement",
    "Withdrawal",
]

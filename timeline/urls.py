"""The public addresses. Views get the edition from ``publishing.public``."""

from functools import partial

from django.urls import path

from timeline.formats import FEEDS
from timeline.views import chronology, entries, feeds, glossary, indexes, records
from timeline.views.publishing import public

app_name = "timeline"

page = public()
feed = public(feeds.FEED_CACHING)

urlpatterns = [
    path("", page(chronology.chronology), name="chronology"),
    path("entries/<slug:slug>/", page(entries.entry), name="entry"),
    path("people/", page(indexes.people), name="people"),
    path("people/<slug:slug>/", page(records.person), name="person"),
    path("commodities/", page(indexes.commodities), name="commodities"),
    path("commodities/<slug:slug>/", page(records.commodity), name="commodity"),
    path("categories/", page(indexes.categories), name="categories"),
    path("categories/<slug:slug>/", page(records.category), name="category"),
    path("organisations/", page(indexes.organisations), name="organisations"),
    path("organisations/<slug:slug>/", page(records.organisation), name="organisation"),
    path("glossary/", page(indexes.glossary), name="glossary"),
    path("glossary/<slug:slug>/", page(glossary.term), name="term"),
    path("sources/", page(indexes.sources), name="sources"),
    path("sources/<slug:slug>/", page(records.source), name="source"),
    path("about/", page(indexes.about), name="about"),
    *(path(kind.path, feed(partial(feeds.feed, kind=kind)), name=kind.path) for kind in FEEDS),
]

"""The public addresses. Views get the edition from ``validators.public``."""

from functools import partial

from django.urls import include, path

from timeline.api import page as api_page
from timeline.api import service
from timeline.dataset import page as dataset
from timeline.dataset import storage, whole
from timeline.error_reports import page as error_reports
from timeline.formats import FORMATS, references
from timeline.running import status
from timeline.views import (
    attachments,
    chronology,
    citing,
    contact,
    controls,
    crawlers,
    embedding,
    entries,
    figures,
    formats,
    glossary,
    history,
    indexes,
    languages,
    overview,
    records,
    sharing,
    state,
    storylines,
    updates,
)
from timeline.views.cross_origin import View, framed, open_to_all, shown_by_all
from timeline.views.validators import ANSWER_CACHING, public

app_name = "timeline"

page = public()
of_the_day = public(moved_at=citing.midnight)


def picture(view: View) -> View:
    """What other sites show beside a link to us."""
    return shown_by_all(public(ANSWER_CACHING)(view))


pages = [
    path("", page(chronology.chronology), name="chronology"),
    path("filters/", page(controls.all_options), name="filters"),
    path("headlines/", page(chronology.headlines), name="headlines"),
    path("overview/", page(overview.overview), name="overview"),
    path("entries/<slug:slug>/", page(entries.entry), name="entry"),
    path("entries/<slug:slug>/history/", page(history.history), name="history"),
    path("entries/<slug:slug>/versions/<int:number>/", page(history.version), name="version"),
    path("entries/<slug:slug>/share.png", picture(sharing.entry_picture), name="entry_picture"),
    path("entries/<slug:slug>/embed/", framed(page(embedding.entry)), name="entry_embed"),
    path("entries/<slug:slug>/cite/", of_the_day(citing.cite), name="cite"),
    *(
        path(
            f"entries/<slug:slug>/cite.{kind.extension}",
            of_the_day(partial(citing.reference, kind=kind)),
            name=f"cite.{kind.extension}",
        )
        for kind in references.FORMATS
    ),
    path("people/", page(indexes.people), name="people"),
    path("people/<slug:slug>/", page(records.person), name="person"),
    path("commodities/", page(indexes.commodities), name="commodities"),
    path("commodities/<slug:slug>/", page(records.commodity), name="commodity"),
    path("categories/", page(indexes.categories), name="categories"),
    path("categories/<slug:slug>/", page(records.category), name="category"),
    path("organisations/", page(indexes.organisations), name="organisations"),
    path("organisations/<slug:slug>/", page(records.organisation), name="organisation"),
    path("storylines/", page(storylines.storylines), name="storylines"),
    path("storylines/<slug:slug>/", page(storylines.storyline), name="storyline"),
    path("state/", page(state.state), name="state"),
    path("state.json", open_to_all(public(ANSWER_CACHING)(state.state_json)), name="state_json"),
    path("state.csv", open_to_all(public(ANSWER_CACHING)(state.state_csv)), name="state_csv"),
    path("figures/<slug:slug>/", page(figures.series), name="series"),
    path("figures/<slug:slug>.csv", page(figures.series_csv), name="series_csv"),
    path("glossary/", page(indexes.glossary), name="glossary"),
    path("glossary/<slug:slug>/", page(glossary.term), name="term"),
    path("sources/", page(indexes.sources), name="sources"),
    path("sources/<slug:slug>/", page(records.source), name="source"),
    path("about/", page(indexes.about), name="about"),
    path("corrections/", page(history.corrections), name="corrections"),
    path("updates/", updates.updates, name="updates"),
    path("updates/sent/", updates.sent, name="updates_sent"),
    path("updates/link/", updates.send_link, name="updates_link"),
    path("updates/confirm/<str:token>/", updates.confirm, name="updates_confirm"),
    path("updates/yours/<str:token>/", updates.change, name="updates_change"),
    path("updates/stop/<str:token>/", updates.stop, name="updates_stop"),
    path("feeds/", page(formats.about), name="feeds"),
    *(path(kind.path, whole.at(kind), name=kind.path) for kind in FORMATS),
    path("report-an-error/", error_reports.report, name="report"),
    path("api/", page(api_page.page), name="api_page"),
    path("dataset/", public(moved_at=storage.changed_at)(dataset.page), name="dataset"),
    path("share.png", picture(sharing.list_picture), name="site_picture"),
    path("opensearch.xml", page(crawlers.opensearch), name="opensearch"),
]
"""What there is in each language."""

urlpatterns = [
    *languages.in_each(pages),
    path("entries/<slug:slug>/attachments/<slug:uid>/<int:width>.webp", picture(attachments.picture), name="picture"),
    path("entries/<slug:slug>/attachments/<slug:uid>/share.jpg", picture(attachments.card), name="picture_card"),
    path("entries/<slug:slug>/attachments/<slug:uid>/<str:name>", attachments.file, name="attachment"),
    path("oembed", open_to_all(embedding.about_the_page(page(embedding.oembed))), name="oembed"),
    path("api/v1/", include((service.addresses(), "api"))),
    path("dataset/latest.zip", dataset.latest_view, name="latest_dataset"),
    path("dataset/<int:version>.zip", dataset.file_view, name="dataset_file"),
    path("favicon.ico", picture(sharing.favicon), name="favicon"),
    path("apple-touch-icon.png", picture(partial(sharing.icon, pixels=180)), name="touch_icon"),
    path("icon.png", picture(partial(sharing.icon, pixels=512)), name="icon"),
    path("status.json", status.status, name="status"),
    path("sitemap.xml", page(crawlers.sitemap_index), name="sitemap_index"),
    path("sitemap-<slug:section>.xml", page(crawlers.sitemap), name="sitemap"),
    path(contact.PATH, contact.security, name="security"),
    path("robots.txt", page(crawlers.robots), name="robots"),
    path(".well-known/trust.txt", page(crawlers.trust), name="trust"),
]

"""Addresses of the whole site: the public ones answer first; Wagtail's catch-all gets what is left."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("timeline.admin.media")),
    path("", include("timeline.admin.sent_rows")),
    path("", include("timeline.accounts.urls")),  # before those of Wagtail that they stand for
    path(settings.ADMIN_PATH, include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("timeline.urls")),
    path("", include(wagtail_urls)),
]

if settings.DEVELOPMENT:  # in production the web server serves the uploads
    urlpatterns.insert(0, path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}))

handler400 = "timeline.views.errors.bad_request"
handler404 = "timeline.views.errors.not_found"
handler500 = "timeline.views.errors.server_error"

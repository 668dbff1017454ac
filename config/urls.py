"""The public site answers first; Wagtail's catch-all gets what is left."""

from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path(settings.ADMIN_PATH, include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # In development Django serves the uploads; in production the web server does.
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    path("", include("timeline.urls")),
    path("", include(wagtail_urls)),
]

handler400 = "timeline.views.publishing.bad_request"
handler404 = "timeline.views.publishing.not_found"

"""The translators' desk: what waits, and one record side by side with its translation. DECISIONS 182.

rights    who translates
listing   the list of what waits, and what of it is on the home page
desk      a record, segment by segment
files     PO files out and in, with a dry run
"""

from django.urls import path

from .desk import DeskView
from .files import FilesView, export
from .listing import ProgressIndexView, first

URLS = [
    path("", first, name="first"),
    path("<str:language>/", ProgressIndexView.as_view(), name="index"),
    path("<str:language>/results/", ProgressIndexView.as_view(results_only=True), name="results"),
    path("<str:language>/files/", FilesView.as_view(), name="files"),
    path("<str:language>/export.po", export, name="export_list"),
    path("<str:language>/<str:kind>/<str:record>/", DeskView.as_view(), name="desk"),
    path("<str:language>/<str:kind>/<str:record>/export.po", export, name="export"),
]

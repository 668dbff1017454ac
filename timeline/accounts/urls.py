"""Addresses that answer in place of Wagtail's own, or beside its admin."""

from django.urls import path

from timeline.accounts import views

urlpatterns = [
    path("_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/", views.page_password),
    path("documents/authenticate_with_password/<int:restriction_id>/", views.collection_password),
]

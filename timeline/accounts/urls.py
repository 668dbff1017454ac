"""Addresses that answer in place of Wagtail's own, or beside its admin."""

from django.conf import settings
from django.urls import path

from timeline.accounts import views
from timeline.accounts.second_factor import pages

FACTOR = f"{settings.ADMIN_PATH}second-factor/"

urlpatterns = [
    path(FACTOR, pages.ask, name="second_factor"),
    path(f"{FACTOR}recovery/", pages.ask, {"recovery": True}, name="second_factor_recovery"),
    path(f"{FACTOR}set-up/", pages.set_up, name="second_factor_set_up"),
    path(f"{FACTOR}renew/", pages.renew, name="second_factor_renew"),
    path(f"{FACTOR}remove/", pages.remove, name="second_factor_remove"),
    path("_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/", views.page_password),
]

"""Routes of privacy."""

from __future__ import annotations

from django.urls import path

from annotator.privacy.api import views

PROJECT = "projects/<uuid:project_id>/privacy/"

urlpatterns = [
    path(PROJECT, views.PrivacyRule.as_view(), name="privacy-rule"),
    path(f"{PROJECT}images/", views.LookedAtImages.as_view(), name="privacy-images"),
    path(f"{PROJECT}search/", views.PrivacySearch.as_view(), name="privacy-search"),
    path(f"{PROJECT}originals/", views.Originals.as_view(), name="privacy-originals"),
    path("images/<uuid:image_id>/covered/", views.CoverRegion.as_view(), name="image-covered"),
    path("covered/<uuid:region_id>/take-back/", views.TakeBack.as_view(), name="covered-take-back"),
]

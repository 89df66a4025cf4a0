"""Routes of ratings."""

from __future__ import annotations

from django.urls import path

from annotator.ratings.api import views

urlpatterns = [
    path("projects/<uuid:project_id>/ratings/", views.Ratings.as_view(), name="ratings"),
    path("ratings/<uuid:rating_id>/", views.RatingDetail.as_view(), name="rating"),
    path("ratings/<uuid:rating_id>/csv/", views.RatingCsv.as_view(), name="rating-csv"),
    path("ratings/<uuid:rating_id>/next/", views.NextPair.as_view(), name="rating-next"),
    path("rated-pairs/<uuid:pair_id>/", views.RatePair.as_view(), name="rated-pair"),
]

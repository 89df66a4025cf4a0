"""Routes of agreement."""

from __future__ import annotations

from django.urls import path

from annotator.agreement.api import gold, views

urlpatterns = [
    path("projects/<uuid:project_id>/agreement/", views.Agreement.as_view(), name="agreement"),
    path("projects/<uuid:project_id>/agreement/csv/", views.AgreementCsv.as_view(), name="agreement-csv"),
    path("projects/<uuid:project_id>/agreement/images/", views.OverlapImages.as_view(), name="agreement-images"),
    path("projects/<uuid:project_id>/agreement/merge/", views.MergeMany.as_view(), name="agreement-merge"),
    path("projects/<uuid:project_id>/gold/", gold.Gold.as_view(), name="gold"),
    path("images/<uuid:image_id>/merge/", views.Merge.as_view(), name="image-merge"),
]

"""Routes of suggestions."""
from __future__ import annotations

from django.urls import path

from annotator.suggestions.api import views
from annotator.suggestions.api.automatic import ImagePreview, ProjectAudit, ProjectPreview
from annotator.suggestions.api.propagation import ImagePropagate

ONE = "suggestions/<uuid:suggestion_id>/"
PROJECT = "projects/<uuid:project_id>/"
IMAGE = "images/<uuid:image_id>/"

urlpatterns = [
    path(f"{PROJECT}automask/", views.ProjectAutomask.as_view(), name="project-automask"),
    path(f"{PROJECT}automask/preview/", ProjectPreview.as_view(), name="project-automask-preview"),
    path(f"{PROJECT}audit/", ProjectAudit.as_view(), name="project-audit"),
    path(f"{PROJECT}stages/", views.StageReport.as_view(), name="project-stages"),
    path(f"{PROJECT}stages/csv/", views.StageReportCsv.as_view(), name="project-stages-csv"),
    path(f"{PROJECT}suggestions/sample/", views.SuggestionSample.as_view(), name="project-suggestions-sample"),
    path(f"{IMAGE}automask/", views.ImageAutomask.as_view(), name="image-automask"),
    path(f"{IMAGE}propagate/", ImagePropagate.as_view(), name="image-propagate"),
    path(f"{IMAGE}automask/preview/", ImagePreview.as_view(), name="image-automask-preview"),
    path(f"{IMAGE}suggestions/", views.ImageSuggestions.as_view(), name="image-suggestions"),
    path(f"{IMAGE}suggestions/bulk/", views.BulkSuggestions.as_view(), name="image-suggestions-bulk"),
    path(f"{ONE}accept/", views.AcceptSuggestion.as_view(), name="suggestion-accept"),
    path(f"{ONE}reject/", views.RejectSuggestion.as_view(), name="suggestion-reject"),
    path(f"{ONE}reopen/", views.ReopenSuggestion.as_view(), name="suggestion-reopen"),
]

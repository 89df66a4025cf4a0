"""Routes of suggestions."""

from __future__ import annotations

from django.urls import path

from annotator.suggestions.api import boxes, carry, decide, quality, search, words

ONE = "suggestions/<uuid:suggestion_id>/"
PROJECT = "projects/<uuid:project_id>/"
IMAGE = "images/<uuid:image_id>/"

urlpatterns = [
    path(f"{PROJECT}automask/", search.ProjectAutomask.as_view(), name="project-automask"),
    path(f"{PROJECT}automask/preview/", search.ProjectPreview.as_view(), name="project-automask-preview"),
    path(f"{PROJECT}boxes/", boxes.ProjectBoxes.as_view(), name="project-boxes"),
    path(f"{PROJECT}words/", words.ProjectWords.as_view(), name="project-words"),
    path(f"{IMAGE}words/", words.ImageWords.as_view(), name="image-words"),
    path("runs/<uuid:run_id>/boxes/", boxes.BoxMasks.as_view(), name="run-boxes"),
    path(f"{PROJECT}audit/", quality.ProjectAudit.as_view(), name="project-audit"),
    path(f"{PROJECT}stages/", quality.StageReport.as_view(), name="project-stages"),
    path(f"{PROJECT}stages/csv/", quality.StageReportCsv.as_view(), name="project-stages-csv"),
    path(f"{PROJECT}suggestions/sample/", quality.SuggestionSample.as_view(), name="project-suggestions-sample"),
    path(f"{IMAGE}automask/", search.ImageAutomask.as_view(), name="image-automask"),
    path(f"{IMAGE}propagate/", carry.ImagePropagate.as_view(), name="image-propagate"),
    path(f"{IMAGE}tracks/", carry.ImageTracks.as_view(), name="image-tracks"),
    path(f"{IMAGE}automask/preview/", search.ImagePreview.as_view(), name="image-automask-preview"),
    path(f"{IMAGE}suggestions/", decide.ImageSuggestions.as_view(), name="image-suggestions"),
    path(f"{IMAGE}suggestions/bulk/", decide.BulkSuggestions.as_view(), name="image-suggestions-bulk"),
    path(f"{ONE}accept/", decide.AcceptSuggestion.as_view(), name="suggestion-accept"),
    path(f"{ONE}reject/", decide.RejectSuggestion.as_view(), name="suggestion-reject"),
    path(f"{ONE}reopen/", decide.ReopenSuggestion.as_view(), name="suggestion-reopen"),
]

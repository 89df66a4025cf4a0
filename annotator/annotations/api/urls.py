"""Routes of annotations."""

from __future__ import annotations

from django.urls import path

from annotator.annotations.api import merging, views

ONE = "annotations/<uuid:annotation_id>/"

urlpatterns = [
    path("images/<uuid:image_id>/annotations/", views.ImageAnnotations.as_view(), name="image-annotations"),
    path("images/<uuid:image_id>/annotations/bulk/", views.BulkAnnotations.as_view(), name="image-annotations-bulk"),
    path("images/<uuid:image_id>/presence/", views.ImagePresence.as_view(), name="image-presence"),
    path("labels/<uuid:label_id>/merge/", merging.LabelMerge.as_view(), name="label-merge"),
    path("label-merges/<uuid:merge_id>/undo/", merging.LabelMergeUndo.as_view(), name="label-merge-undo"),
    path(ONE, views.AnnotationDetail.as_view(), name="annotation"),
    path(f"{ONE}restore/", views.AnnotationRestore.as_view(), name="annotation-restore"),
    path(f"{ONE}revisions/", views.AnnotationRevisions.as_view(), name="annotation-revisions"),
]

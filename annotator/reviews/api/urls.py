"""Routes of reviews."""

from __future__ import annotations

from django.urls import path

from annotator.reviews.api import threads, views

PROJECT = "projects/<uuid:project_id>/reviews/"
IMAGE = "images/<uuid:image_id>/"

urlpatterns = [
    path(PROJECT, views.ReviewQueue.as_view(), name="reviews"),
    path(f"{PROJECT}rule/", views.ReviewRule.as_view(), name="review-rule"),
    path(f"{PROJECT}next/", views.NextReview.as_view(), name="review-next"),
    path(f"{PROJECT}returned/", views.ReturnedImages.as_view(), name="reviews-returned"),
    path(f"{IMAGE}review/", views.ImageReview.as_view(), name="review"),
    path(f"{IMAGE}review/claim/", views.ReviewClaim.as_view(), name="review-claim"),
    path(f"{IMAGE}review/accept/", views.ReviewAccept.as_view(), name="review-accept"),
    path(f"{IMAGE}review/return/", views.ReviewReturn.as_view(), name="review-return"),
    path(f"{IMAGE}review/reopen/", views.ReviewReopen.as_view(), name="review-reopen"),
    path(f"{IMAGE}review/difference/", threads.ReviewDifference.as_view(), name="review-difference"),
    path(f"{IMAGE}threads/", threads.ImageThreads.as_view(), name="threads"),
    path("threads/<uuid:thread_id>/", threads.ThreadDetail.as_view(), name="thread"),
    path("threads/<uuid:thread_id>/comments/", threads.ThreadComments.as_view(), name="thread-comments"),
    path("comments/<uuid:comment_id>/", threads.CommentDetail.as_view(), name="comment"),
]

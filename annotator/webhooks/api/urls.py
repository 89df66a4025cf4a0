"""Routes of webhooks."""

from __future__ import annotations

from django.urls import path

from annotator.webhooks.api import views

ONE = "webhooks/<uuid:webhook_id>/"

urlpatterns = [
    path("projects/<uuid:project_id>/webhooks/", views.Webhooks.as_view(), name="webhooks"),
    path(ONE, views.WebhookDetail.as_view(), name="webhook"),
    path(f"{ONE}secret/", views.WebhookSecret.as_view(), name="webhook-secret"),
    path(f"{ONE}test/", views.WebhookTest.as_view(), name="webhook-test"),
    path(f"{ONE}deliveries/", views.Deliveries.as_view(), name="webhook-deliveries"),
]

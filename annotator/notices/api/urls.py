"""Routes of notices."""

from __future__ import annotations

from django.urls import path

from annotator.notices.api import views

urlpatterns = [
    path("me/notices/", views.Notices.as_view(), name="notices"),
    path("me/notices/unread/", views.Unread.as_view(), name="notices-unread"),
]

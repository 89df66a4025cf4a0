"""Routes of audits."""

from __future__ import annotations

from django.urls import path

from annotator.audits.api import views

urlpatterns = [
    path("projects/<uuid:project_id>/audits/", views.Audits.as_view(), name="audits"),
    path("audits/<uuid:audit_id>/", views.AuditDetail.as_view(), name="audit"),
    path("audits/<uuid:audit_id>/csv/", views.AuditCsv.as_view(), name="audit-csv"),
    path("audits/<uuid:audit_id>/take/", views.AuditTake.as_view(), name="audit-take"),
    path("audits/<uuid:audit_id>/close/", views.AuditClose.as_view(), name="audit-close"),
]

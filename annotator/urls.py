"""Root routes: the API, the immutable files, the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from annotator import api
from annotator.evaluations import files_urls as evaluations
from annotator.inference import files_urls as inference
from annotator.lib.probes import live, ready
from annotator.projects import files_urls as projects
from annotator.web import urls as web

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(api)),
    path("healthz", live, name="healthz"),
    path("readyz", ready, name="readyz"),
    *(path("files/", include(files)) for files in (projects, inference, evaluations)),
    path("", include(web)),
]

handler400 = "annotator.lib.pages.bad_request"
handler403 = "annotator.lib.pages.permission_denied"
handler404 = "annotator.lib.pages.page_not_found"
handler500 = "annotator.lib.pages.server_error"

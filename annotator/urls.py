"""Root routes: the API, the immutable files, the pages."""
from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from annotator.lib.pages import healthy

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("annotator.api")),
    path("healthz", healthy, name="healthz"),
]
for module in ("annotator.projects.files_urls", "annotator.inference.files_urls", "annotator.evaluations.files_urls"):
    if find_spec(module):
        urlpatterns.append(path("files/", include(module)))
if find_spec("annotator.web.urls"):
    urlpatterns.append(path("", include("annotator.web.urls")))

handler400 = "annotator.lib.pages.bad_request"
handler403 = "annotator.lib.pages.permission_denied"
handler404 = "annotator.lib.pages.page_not_found"
handler500 = "annotator.lib.pages.server_error"

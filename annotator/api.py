"""/api/v1/ assembled from the apps, and its description."""
from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from annotator.lib import openapi  # noqa: F401 (registers how sign-in is described)
from annotator.lib.docs import ApiDocs, Schema

APPS = ("accounts", "projects", "annotations", "runs", "inference", "suggestions", "evaluations", "datasets")


def _routes(app: str) -> list[URLPattern | URLResolver]:
    module = f"annotator.{app}.api.urls"
    found = find_spec(f"annotator.{app}.api") and find_spec(module)
    return [path("", include(module))] if found else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", ApiDocs.as_view(), name="docs"),
    *(route for app in APPS for route in _routes(app)),
]

"""Routes of the pages."""
from __future__ import annotations

from django.urls import path

from annotator.web.views import automatic, door, editor, evaluations, other, overlay, people, projects, report

app_name = "web"
urlpatterns = [
    path("", projects.projects, name="projects"),
    path("projects/<uuid:project_id>/", projects.project, name="project"),
    path("projects/<uuid:project_id>/settings/", projects.settings, name="settings"),
    path("projects/<uuid:project_id>/exports/", projects.exports, name="exports"),
    path("projects/<uuid:project_id>/evaluations/", evaluations.evaluations, name="evaluations"),
    path("projects/<uuid:project_id>/automatic/", automatic.automatic, name="automatic"),
    path("projects/<uuid:project_id>/report/", report.report, name="report"),
    path("projects/<uuid:project_id>/images/<uuid:image_id>/edit/", editor.editor, name="editor"),
    path("images/<uuid:image_id>/overlay/<int:seq>.png", overlay.overlay, name="overlay"),
    path("signin/", door.signin, name="signin"),
    path("signin/link/<str:secret>/", door.signin_link, name="signin-link"),
    path("signout/", door.signout, name="signout"),
    path("account/", other.account, name="account"),
    path("models/", other.models, name="models"),
    path("people/", people.people, name="people"),
    path("help/", other.help_page, name="help"),
]

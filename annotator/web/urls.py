"""Routes of the pages."""

from __future__ import annotations

from django.urls import path

from annotator.web.views import (
    automatic,
    dashboard,
    door,
    editor,
    evaluations,
    figures,
    images,
    imports,
    jobs,
    join,
    log,
    notices,
    other,
    overlay,
    password,
    people,
    projects,
    report,
    retrain,
    reviews,
    server,
    snapshots,
    teams,
    webhooks,
)

app_name = "web"
urlpatterns = [
    path("", projects.projects, name="projects"),
    path("projects/<uuid:project_id>/", images.project, name="project"),
    path("projects/<uuid:project_id>/settings/", projects.settings, name="settings"),
    path("projects/<uuid:project_id>/imports/", imports.imports, name="imports"),
    path("projects/<uuid:project_id>/exports/", projects.exports, name="exports"),
    path("projects/<uuid:project_id>/snapshots/", snapshots.snapshots, name="snapshots"),
    path(
        "projects/<uuid:project_id>/snapshots/compared/<uuid:comparison_id>/", snapshots.comparison, name="comparison"
    ),
    path("projects/<uuid:project_id>/figures/", figures.figures, name="figures"),
    path("differences/<uuid:difference_id>.png", overlay.difference, name="difference"),
    path("projects/<uuid:project_id>/evaluations/", evaluations.evaluations, name="evaluations"),
    path("projects/<uuid:project_id>/retrain/", retrain.retrain, name="retrain"),
    path("projects/<uuid:project_id>/automatic/", automatic.automatic, name="automatic"),
    path("projects/<uuid:project_id>/jobs/", jobs.jobs, name="jobs"),
    path("projects/<uuid:project_id>/reviews/", reviews.reviews, name="reviews"),
    path("projects/<uuid:project_id>/dashboard/", dashboard.dashboard, name="dashboard"),
    path("projects/<uuid:project_id>/report/", report.report, name="report"),
    path("projects/<uuid:project_id>/images/<uuid:image_id>/edit/", editor.editor, name="editor"),
    path("images/<uuid:image_id>/overlay/<int:seq>.png", overlay.overlay, name="overlay"),
    path("projects/<uuid:project_id>/webhooks/", webhooks.webhooks, name="webhooks"),
    path("projects/<uuid:project_id>/log/", log.log, name="log"),
    path("notices/", notices.notices, name="notices"),
    path("work/", jobs.work, name="work"),
    path("join/<str:secret>/", join.join, name="join"),
    path("signup/", join.signup, name="signup"),
    path("signin/", door.signin, name="signin"),
    path("signin/link/<str:secret>/", door.signin_link, name="signin-link"),
    path("password/", password.ask, name="password"),
    path("password/<str:secret>/", password.renew, name="password-link"),
    path("signout/", door.signout, name="signout"),
    path("account/", other.account, name="account"),
    path("models/", other.models, name="models"),
    path("teams/", teams.teams, name="teams"),
    path("people/", people.people, name="people"),
    path("server/", server.server, name="server"),
    path("help/", other.help_page, name="help"),
]

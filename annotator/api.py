"""/api/v1/ assembled from the apps, and its description."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from annotator.accounts.api import schemes  # noqa: F401 (registers how sign-in is described)
from annotator.accounts.api import urls as accounts_urls
from annotator.agreement.api import urls as agreement_urls
from annotator.annotations.api import urls as annotations_urls
from annotator.audits.api import urls as audits_urls
from annotator.dashboard.api import urls as dashboard_urls
from annotator.datasets.api import urls as datasets_urls
from annotator.evaluations.api import urls as evaluations_urls
from annotator.experiments.api import urls as experiments_urls
from annotator.history.api import urls as history_urls
from annotator.imports.api import urls as imports_urls
from annotator.inference.api import urls as inference_urls
from annotator.jobs.api import urls as jobs_urls
from annotator.journal.api import urls as journal_urls
from annotator.lib.docs import ApiDocs, Schema
from annotator.notices.api import urls as notices_urls
from annotator.privacy.api import urls as privacy_urls
from annotator.projects.api import urls as projects_urls
from annotator.ratings.api import urls as ratings_urls
from annotator.reviews.api import urls as reviews_urls
from annotator.runs.api import urls as runs_urls
from annotator.suggestions.api import urls as suggestions_urls
from annotator.tuning.api import urls as tuning_urls
from annotator.watch.api import urls as watch_urls
from annotator.webhooks.api import urls as webhooks_urls

ROUTES = (
    accounts_urls,
    projects_urls,
    jobs_urls,
    annotations_urls,
    runs_urls,
    inference_urls,
    suggestions_urls,
    evaluations_urls,
    tuning_urls,
    privacy_urls,
    datasets_urls,
    imports_urls,
    reviews_urls,
    agreement_urls,
    audits_urls,
    experiments_urls,
    ratings_urls,
    history_urls,
    dashboard_urls,
    journal_urls,
    notices_urls,
    webhooks_urls,
    watch_urls,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", ApiDocs.as_view(), name="docs"),
    *(path("", include(routes)) for routes in ROUTES),
]

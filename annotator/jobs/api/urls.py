"""Routes of jobs."""

from __future__ import annotations

from django.urls import path

from annotator.jobs.api import views

urlpatterns = [
    path("projects/<uuid:project_id>/jobs/", views.ProjectJobs.as_view(), name="jobs"),
    path("projects/<uuid:project_id>/jobs/delete/", views.JobsDelete.as_view(), name="jobs-delete"),
    path("projects/<uuid:project_id>/jobs/next/", views.NextJob.as_view(), name="job-next"),
    path("projects/<uuid:project_id>/jobs/progress/", views.ProjectProgress.as_view(), name="jobs-progress"),
    path("jobs/<uuid:job_id>/", views.JobDetail.as_view(), name="job"),
    path("jobs/<uuid:job_id>/images/", views.JobImages.as_view(), name="job-images"),
    path("jobs/<uuid:job_id>/unfinished/<uuid:image_id>/", views.JobUnfinished.as_view(), name="job-unfinished"),
    path("jobs/<uuid:job_id>/give-back/", views.JobGiveBack.as_view(), name="job-give-back"),
    path("work/", views.Work.as_view(), name="work"),
]

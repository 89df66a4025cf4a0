"""Jobs: split, list, hand out, change, give back, delete."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user, require
from annotator.jobs import handout, queries, services
from annotator.jobs.api.present import job_json, jobs_json
from annotator.jobs.api.serializers import (
    JobFilter,
    JobSerializer,
    JobsNamed,
    JobsWrite,
    JobWrite,
    NextJobSerializer,
    ProgressSerializer,
    SplitSerializer,
    SplitWrite,
)
from annotator.jobs.models import Job
from annotator.jobs.queries import get_job_for
from annotator.jobs.split import Wanted, split
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse, parse_query
from annotator.projects.api.index import window_of
from annotator.projects.api.serializers import ImageIndexFilter, ImageIndexPageSerializer, NextImageSerializer
from annotator.projects.queries import get_image_for, get_project_for, next_unfinished


class ProjectJobs(APIView):
    """The jobs of a project, by number."""

    @extend_schema(operation_id="jobs_list", parameters=[JobFilter], responses=paged(JobSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them; ?state= and ?assignee= narrow the list. Where annotators see their own images only, they see
        their own jobs only."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        wanted = parse_query(JobFilter, request)
        rows = queries.with_progress(queries.jobs_for(request.user, project))
        if "assignee" in wanted:
            rows = rows.filter(assignee=wanted["assignee"])
        if "state" in wanted:
            rows = queries.in_state(rows, wanted["state"])
        return page_of(self, request, rows, jobs_json, ordering=("number", "id"))

    @extend_schema(request=SplitWrite, responses={201: SplitSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Split images into jobs; 400 with a sentence when no image is left for them."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        body = parse(SplitWrite, request)
        made = split(project, current_user(request), Wanted(**body))
        rows = queries.with_progress(Job.objects.filter(pk__in=[job.pk for job in made.jobs])).order_by("number")
        answer = {"results": jobs_json(rows), "images": made.images, "in_jobs": made.in_jobs, "done": made.done}
        return Response(answer, status=201)

    @extend_schema(request=JobsWrite, responses={204: None})
    def patch(self, request: Request, project_id: uuid.UUID) -> Response:
        """Change many jobs alike, all or none."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        body = parse(JobsWrite, request)
        services.change(project, current_user(request), body.pop("jobs"), body)
        return Response(status=204)


class JobsDelete(APIView):
    """Deleting many jobs."""

    @extend_schema(request=JobsNamed, responses={204: None})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Delete them, all or none; images and masks stay."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        services.delete(project, parse(JobsNamed, request)["jobs"])
        return Response(status=204)


class NextJob(APIView):
    """Handing out work."""

    @extend_schema(request=None, responses=NextJobSerializer)
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return the job to go on with and its first image that is not done: one's own, else one from the pool, which
        nobody else gets meanwhile. It goes back there when one does not work on it for long."""
        project = get_project_for(request.user, project_id, Right.ANNOTATE)
        job = handout.next_job(project, current_user(request))
        shown = job_json(job.pk) if job else None
        return Response({"job": shown, "image": shown and shown["next_image"]})


class ProjectProgress(APIView):
    """How far a project's jobs are."""

    @extend_schema(responses=ProgressSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return images and how many are done, of the project and of each person; others' numbers are for managers."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        return Response(ProgressSerializer(queries.progress_for(request.user, project)).data)


class JobDetail(APIView):
    """One job."""

    @extend_schema(responses=JobSerializer)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """Return it with its progress."""
        return Response(job_json(get_job_for(request.user, job_id, Right.VIEW).pk))

    @extend_schema(request=JobWrite, responses=JobSerializer)
    def patch(self, request: Request, job_id: uuid.UUID) -> Response:
        """Rename, hurry, pause or give it to somebody."""
        job = get_job_for(request.user, job_id, Right.MANAGE)
        services.change(job.project, current_user(request), [job.pk], parse(JobWrite, request, partial=True))
        return Response(job_json(job.pk))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, job_id: uuid.UUID) -> Response:
        """Delete it; its images and their masks stay."""
        job = get_job_for(request.user, job_id, Right.MANAGE)
        services.delete(job.project, [job.pk])
        return Response(status=204)


class JobImages(APIView):
    """A window of a job's images, compact."""

    @extend_schema(parameters=[ImageIndexFilter], responses=ImageIndexPageSerializer)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """Return `limit` images in the project's order from `start` on, or those around an image of the project."""
        job = get_job_for(request.user, job_id, Right.VIEW)
        return window_of(request, job.project, queries.images_of(job))


class JobUnfinished(APIView):
    """Where work on a job goes on."""

    @extend_schema(responses=NextImageSerializer)
    def get(self, request: Request, job_id: uuid.UUID, image_id: uuid.UUID) -> Response:
        """Return the job's next image after this one that is not done, starting over at the end; null when all others
        are done."""
        job = get_job_for(request.user, job_id, Right.VIEW)
        image = get_image_for(request.user, image_id, Right.VIEW)
        return Response({"image": next_unfinished(queries.images_of(job), image)})


class JobGiveBack(APIView):
    """Giving a job back."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Put it into the pool, for others: one's own, and any for managers."""
        job = get_job_for(request.user, job_id, Right.ANNOTATE)
        if job.assignee_id != request.user.pk:
            require(request.user, job.project, Right.MANAGE, "job")
        handout.give_back(job)
        return Response(status=204)


class Work(APIView):
    """One's own work."""

    @extend_schema(operation_id="work_list", responses=paged(JobSerializer))
    def get(self, request: Request) -> Response:
        """List one's open jobs in all projects, the most urgent first."""
        rows = queries.with_progress(queries.open_for(request.user))
        return page_of(self, request, rows, jobs_json, ordering=("-priority", "due", "number", "id"))

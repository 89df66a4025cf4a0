"""Rows of jobs."""

from __future__ import annotations

from annotator.jobs.models import Job, JobImage
from tests.annotator.permissions.row import Row
from tests.annotator.world import World


def _job(world: World) -> dict[str, str]:
    # Not 1: an audit drawn by another row's preparation makes a job of that number.
    job = Job.objects.create(project=world.project, number=80)
    JobImage.objects.create(job=job, image=world.image)
    return {"job": str(job.pk)}


API = "/api/v1"
JOBS = API + "/projects/{project}/jobs/"
JOB = API + "/jobs/{job}/"

ROWS = [
    Row("get", JOBS, "viewer"),
    Row("post", JOBS, "manager", 201, {"jobs": 1}),
    Row("patch", JOBS, "manager", 204, {"jobs": ["{job}"], "paused": True}, prepare=_job),
    Row("post", f"{JOBS}delete/", "manager", 204, {"jobs": ["{job}"]}, prepare=_job),
    Row("post", f"{JOBS}next/", "annotator", prepare=_job),
    Row("get", f"{JOBS}progress/", "viewer", prepare=_job),
    Row("get", JOB, "viewer", prepare=_job),
    Row("patch", JOB, "manager", body={"priority": "high"}, prepare=_job),
    Row("delete", JOB, "manager", 204, prepare=_job),
    Row("get", f"{JOB}images/", "viewer", prepare=_job),
    Row("get", f"{JOB}unfinished/{{image}}/", "viewer", prepare=_job),
    Row("post", f"{JOB}give-back/", "manager", 204, prepare=_job),
    Row("get", f"{API}/work/", "anyone"),
]

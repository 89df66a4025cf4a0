"""Rows of agreement and merging."""

from __future__ import annotations

from functools import partial

from annotator.agreement.choices import How
from annotator.agreement.merging import merge
from annotator.jobs.models import Job, JobImage
from annotator.projects.copies import make_copies
from annotator.projects.models import Image
from tests.annotator.permissions.row import Row
from tests.annotator.world import World


def _finished(world: World) -> dict[str, str]:
    """One copy of the image is done, and Alice's."""
    if Image.workable.filter(copy_of=world.image).exists():
        return {"alice": str(world.alice.pk)}
    copy = make_copies([world.image.pk])[world.image.pk]
    job = Job.objects.create(project=world.project, number=90, assignee=world.alice)
    JobImage.objects.create(job=job, image=copy)
    copy.given.create(original=world.image, person=world.alice)
    copy.state = "done"
    copy.save()
    return {"alice": str(world.alice.pk)}


def _merged(world: World) -> dict[str, str]:
    names = _finished(world)
    if not world.image.merges.exists():
        merge(world.image, world.alice, How.PERSON, world.alice.pk)
    return names


Page = partial(Row, "get", nobody=302)
API = "/api/v1"
AGREEMENT = API + "/projects/{project}/agreement/"
MERGE = API + "/images/{image}/merge/"
GOLD = API + "/projects/{project}/gold/"
TAKE = {"how": "person", "person": "{alice}"}

ROWS = [
    Row("get", AGREEMENT, "reviewer", prepare=_finished),
    Row("get", f"{AGREEMENT}csv/", "reviewer", prepare=_finished),
    Row("get", f"{AGREEMENT}images/", "reviewer", prepare=_finished),
    Row("post", f"{AGREEMENT}merge/", "manager", body={"images": ["{image}"], **TAKE}, prepare=_finished),
    Row("post", MERGE, "manager", 201, TAKE, prepare=_finished),
    Row("delete", MERGE, "manager", 204, prepare=_merged),
    Row("get", GOLD, "reviewer"),
    Row("post", GOLD, "manager", body={"images": ["{image}"], "gold": True}),
    Row("patch", GOLD, "manager", body={"every": 10}),
    Page("/projects/{project}/agreement/", "reviewer", prepare=_finished),
    Page("/projects/{project}/agreement/{image}/", "reviewer", prepare=_finished),
    Page("/images/{image}/agreement.png", "reviewer", prepare=_finished),
]

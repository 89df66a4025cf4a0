"""A project with images and jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotator.jobs.models import Job, JobImage
from annotator.projects.models import Image
from tests.annotator.world import World, make_image

MakeJob = Callable[..., Job]


@pytest.fixture
def images(world: World) -> list[Image]:
    """Six images of Alice's project, in order."""
    return [world.image, *(make_image(world.project, f"cat{number}.png") for number in range(2, 7))]


@pytest.fixture
def make_job(world: World) -> MakeJob:
    """Make a job of these images, without asking anybody."""

    def make(*images: Image, **values: Any) -> Job:
        number = Job.objects.count() + 1
        job = Job.objects.create(**{"project": world.project, "number": number, **values})
        JobImage.objects.bulk_create(JobImage(job=job, image=image) for image in images)
        return job

    return make

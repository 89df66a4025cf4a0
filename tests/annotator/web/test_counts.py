"""A project's pages count what they show, and no mask twice."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotator.accounts.models import User
from annotator.annotations.models import Annotation
from annotator.annotations.services import create, delete, restore, update
from annotator.datasets.narrowing import with_count
from annotator.projects import bins
from annotator.projects.models import Image, Project
from annotator.projects.models.image import on_images_of
from annotator.web.counts import Counts
from export import rle
from tests.annotator.annotations.conftest import make_image, make_mask

pytestmark = pytest.mark.django_db


def counted(client: Client, address: str) -> int:
    """How many queries of a page count masks of the whole project."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return sum(
        'FROM "annotations_annotation"' in query["sql"] and query["sql"].startswith("SELECT COUNT(")
        for query in queries
    )


def test_only_pages_that_show_the_number_of_masks_count_them_and_once(
    project: Project, image: Image, alice: User, sign_in: Callable[[User], Client]
) -> None:
    client, base = sign_in(alice), f"/projects/{project.pk}/"
    for name in ("", "imports/", "jobs/", "reviews/", "automatic/", "dashboard/", "log/", "webhooks/"):
        assert counted(client, base + name) == 0, name
    assert counted(client, f"{base}exports/") == 1
    assert counted(client, f"{base}exports/") == 0, "nothing has changed since"


def test_every_change_of_a_mask_and_of_the_images_is_counted(project: Project, image: Image, alice: User) -> None:
    def numbers() -> tuple[int, int]:
        counts = Counts(alice, project)
        return counts.annotations, counts.unlabelled

    assert numbers() == (0, 0)
    mask = np.zeros((image.height, image.width), bool)
    mask[2:5, 3:9] = True
    label = project.labels.get().pk
    made = [create(image, alice, None, {"rle": rle.encode(mask).to_json(), "label": of}).row for of in (None, label)]
    assert numbers() == (2, 1)
    update(image, alice, made[0].pk, made[0].revision, {"label": label})
    assert numbers() == (2, 0)
    delete(image, alice, made[1].pk, made[1].revision)
    assert numbers() == (1, 0)
    bins.put(image, alice)
    assert numbers() == (0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_what_images_know_of_their_masks_is_what_a_recount_finds(project: Project, alice: User, seed: int) -> None:
    """Masks come, go and come back at random, images go into the bin and come out of it."""
    draw = Random(seed)
    images = [make_image(project, f"{n}.jpg") for n in range(4)]
    mask = {"rle": make_mask(2, 2)}
    made: list[Annotation] = []
    for _ in range(30):
        image, row = draw.choice(images), draw.choice(made) if made else None
        image.refresh_from_db()
        do = draw.choice(("create", "create", "delete", "restore", "bin"))
        if do == "bin":
            (bins.restore if image.deleted_at else bins.put)(image, alice)
        elif do == "create" and image.deleted_at is None:
            made.append(create(image, alice, None, dict(mask)).row)
        elif row is not None:
            row.refresh_from_db()
            held = Image.with_bin.get(pk=row.image_id)
            if held.deleted_at is None and (row.deleted_at is None) == (do == "delete"):
                (delete if do == "delete" else restore)(held, alice, row.pk, row.revision)
    live = Annotation.objects.filter(deleted_at=None)
    for image in images:
        assert Image.with_bin.get(pk=image.pk).object_count == live.filter(image=image).count()
    assert Counts(alice, project).annotations == live.filter(on_images_of(project)).count()
    for lower, upper in ((0, 1), (1, 2), (2, 5), (1, 50), (5, None)):
        chosen = with_count(project.images.all(), f"{lower}-{upper or ''}")[0]
        recounted = {image.pk for image in project.images.all()
                     if lower <= live.filter(image=image).count() < (upper or 10**6)}  # fmt: skip
        assert {image.pk for image in chosen} == recounted, (lower, upper)

"""A project's pages count what they show, and no mask twice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotator.accounts.models import User
from annotator.annotations.services import create, delete, update
from annotator.projects import bins
from annotator.projects.models import Image, Project
from annotator.web.counts import Counts
from export import rle

pytestmark = pytest.mark.django_db


def counted(client: Client, address: str) -> int:
    """How many queries of a page count masks of the whole project."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return sum('COUNT("annotations_annotation"."id")' in query["sql"] for query in queries)


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

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture

from annotator.accounts.models import User
from annotator.annotations.models import Annotation
from annotator.projects.models import Image, Project
from annotator.web.overlay import edge
from export.rle import bbox, encode, sample


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_looking_up_pixels_in_the_runs_is_the_same_as_decoding(height: int, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    mask = random.random((height, width)) < 0.4
    rows, columns = random.integers(0, height, 5), random.integers(0, width, 7)
    assert (sample(encode(mask), rows, columns) == mask[np.ix_(rows, columns)]).all()


def test_the_edge_is_one_pixel_and_not_along_the_border_of_the_picture() -> None:
    mask = np.zeros((6, 6), dtype=bool)
    mask[2:6, 0:4] = True
    expected = np.zeros_like(mask)
    expected[2, 0:4] = expected[2:6, 3] = True
    assert (edge(mask) == expected).all()


def add(image: Any, mask: Any, **values: Any) -> Annotation:
    rle = encode(mask)
    image.annotation_seq += 1
    image.save()
    return Annotation.objects.create(
        id=uuid.uuid4(), image=image, rle={"size": list(rle.size), "counts": rle.counts}, bbox=list(bbox(rle)),
        area=int(mask.sum()), seq=image.annotation_seq, **values,
    )  # fmt: skip


def drawn(client: Client, image: Any) -> np.ndarray:
    answer = client.get(f"/images/{image.pk}/overlay/{image.annotation_seq}.png")
    assert answer.status_code == 200
    return np.asarray(Picture.open(io.BytesIO(answer.content)))


@pytest.mark.django_db
def test_masks_lie_where_they_are_in_their_labels_colour(
    project: Project, image: Image, alice: User, sign_in: Callable[[User], Client]
) -> None:
    mask = np.zeros((30, 40), dtype=bool)
    mask[5:20, 10:30] = True
    label = project.labels.get()
    add(image, mask, label=label)
    pixels = drawn(sign_in(alice), image)
    assert pixels.shape == (30, 40, 4)
    assert ((pixels[..., 3] > 0) == mask).all()
    assert "#" + bytes(pixels[10, 20, :3]).hex() == label.color


@pytest.mark.django_db
def test_deleted_and_hidden_masks_are_left_out(image: Image, alice: User, sign_in: Callable[[User], Client]) -> None:
    from django.utils import timezone

    mask = np.ones((30, 40), dtype=bool)
    add(image, mask, hidden=True)
    add(image, mask, deleted_at=timezone.now())
    assert not drawn(sign_in(alice), image)[..., 3].any()


@pytest.mark.django_db
def test_a_stranger_gets_nothing(image: Image, charlie: User, sign_in: Callable[[User], Client]) -> None:
    assert sign_in(charlie).get(f"/images/{image.pk}/overlay/0.png").status_code == 404

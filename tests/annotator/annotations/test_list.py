from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.annotations.api.serializers import AnnotationSerializer
from annotator.annotations.models import Annotation
from tests.annotator.annotations.conftest import make_image, make_mask


@pytest.fixture
def path(place: SimpleNamespace) -> str:
    return f"images/{place.image.pk}/annotations/"


def many(place: SimpleNamespace, count: int) -> None:
    Annotation.objects.bulk_create(
        Annotation(
            image=place.image, label=place.cat, rle=make_mask(), bbox=[5, 5, 10, 10], area=100, author=place.bob.user,
            seq=number, z_order=number, prompts=[{"points": [{"x": 1, "y": 2, "label": 1}]}],
        )
        for number in range(1, count + 1)
    )  # fmt: skip


def test_it_lists_the_lowest_first(api: Callable[..., Any], create: Callable[..., Any], path: str) -> None:
    top, bottom = create(z_order=5), create(z_order=-5)
    assert [row["id"] for row in api("get", path)[1]["results"]] == [bottom["id"], top["id"]]


def test_the_row_has_every_field_the_description_names(create: Callable[..., Any]) -> None:
    assert set(create()) == set(AnnotationSerializer().fields) - {"deleted"}


def test_5000_objects_cost_as_many_queries_as_one(place: SimpleNamespace, api: Callable[..., Any], path: str) -> None:
    many(place, 1)
    with CaptureQueriesContext(connection) as one:
        api("get", path)
    Annotation.objects.all().delete()
    many(place, 5000)
    with CaptureQueriesContext(connection) as all_of_them:
        status, body = api("get", path)
    assert status == 200
    assert len(body["results"]) == 5000
    assert len(all_of_them) == len(one) <= 4


def test_another_images_objects_are_not_listed(
    place: SimpleNamespace, api: Callable[..., Any], create: Callable[..., Any], path: str
) -> None:
    create(make_image(place.project))
    nothing = {"results": [], "seq": 0, "model": None, "picture": place.image.sha256}
    assert api("get", path)[1] == nothing

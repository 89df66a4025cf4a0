"""The page: what it offers and shows to whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.annotations import services as annotating
from annotator.datasets.snapshots import Wish, freeze
from annotator.experiments.models import Experiment
from annotator.runs.models import Run
from tests.annotator.evaluations.conftest import HEIGHT, box
from tests.annotator.experiments.conftest import Filled
from tests.annotator.world import World, make_member, make_user

BOXES = [
    {"file_name": "cat.png", "bbox": [0, 0, 32, HEIGHT], "score": 0.9, "category": "cat"},
    {"file_name": "nowhere.png", "bbox": [0, 0, 32, HEIGHT], "score": 0.9},
]


@pytest.fixture
def look(world: World) -> Callable[..., str]:
    """A page's HTML as a person sees it."""

    def page(person: User | None = None, query: str = "", name: str = "experiments") -> str:
        client = Client()
        client.force_login(person or world.alice)
        response = client.get(f"/projects/{world.project.pk}/{name}/{query}")
        assert response.status_code == 200
        return re.sub(r"\s+", " ", response.content.decode())

    return page


def test_without_masks_it_says_what_to_do(world: World, look: Callable[..., str]) -> None:
    html = look()
    assert "There are no accepted masks to compare with yet" in html
    assert "data-measure" not in html


def test_managers_get_the_form_and_others_the_reason(masks: SimpleNamespace, look: Callable[..., str]) -> None:
    freeze(masks.project, masks.world.alice, wish=Wish(name="first"))
    html = look()
    assert "data-measure" in html
    assert "Snapshot first (3 masks)" in html
    html = look(masks.world.bob)
    assert "data-measure" not in html
    assert "Only owners and managers" in html


def test_edges_are_offered_where_masks_cover_an_image(masks: SimpleNamespace, look: Callable[..., str]) -> None:
    offered = '<input type="radio" name="task" value="edges">'
    html = look()
    assert offered not in html
    assert "Not offered: it takes images whose masks cover at least 90 % of them" in html
    annotating.create(masks.image, masks.world.bob, None, {"rle": box(32, 0, 32, HEIGHT).to_json()})
    html = look()
    assert offered in html
    assert "Offered for the 1 image that masks cover by 90 %" in html


def test_numbers_intervals_and_the_papers_section_are_shown(
    masks: SimpleNamespace, filled: Filled, experiment: Callable[..., Run], look: Callable[..., str]
) -> None:
    experiment("point")
    html = look()
    assert "Kirillov et al. 2023, section 7.1, appendix D.1" in html
    assert '<td class="number">0.333<small class="muted">0.000–0.500</small></td>' in html
    assert "3 masks on 2 images; the accepted masks as they were" in html
    assert "From fewer than ten images intervals are too narrow" in html
    assert "data-again" in html
    viewer = make_user("Vera")
    make_member(masks.project, viewer, Role.VIEWER)
    html = look(viewer)
    assert "0.000–0.500" in html
    assert "data-again" not in html
    assert "data-delete" not in html
    assert "0.000–0.500" in look(viewer, name="evaluations")


def test_one_image_has_no_interval(
    masks: SimpleNamespace, filled: Filled, experiment: Callable[..., Run], look: Callable[..., str]
) -> None:
    experiment("point", limit=1)
    html = look()
    assert "An interval needs two images at least; this is one." in html
    assert "drawn from 2" in html


def test_what_became_of_a_detectors_boxes_is_told_and_names_of_images_only_to_leads(
    masks: SimpleNamespace, filled: Filled, experiment: Callable[..., Run], look: Callable[..., str]
) -> None:
    experiment("instances", boxes={"results": BOXES})
    html = look()
    assert "1 box on 1 of 2 images." in html
    assert "On the others the detector counts as having found nothing" in html
    assert "1 could not be used." in html
    assert "No image of the project is called “nowhere.png”." in html
    assert "data-again" not in html  # the boxes are gone
    viewer = make_user("Vera")
    make_member(masks.project, viewer, Role.VIEWER)
    html = look(viewer)
    assert "1 could not be used." in html
    assert "nowhere.png" not in html


def test_any_of_several_can_be_looked_at_with_the_same_queries(
    masks: SimpleNamespace, filled: Filled, experiment: Callable[..., Run], look: Callable[..., str]
) -> None:
    def queries(query: str = "") -> int:
        with CaptureQueriesContext(connection) as captured:
            look(query=query)
        return len(captured)

    experiment("point")
    one = queries()
    experiment("instances")
    first = Experiment.objects.get(task="point")
    assert queries(f"?show={first.pk}") == one
    assert "Single point: tiny 1" in look(query=f"?show={first.pk}")
    assert "Instances: tiny 1" in look()
    assert "Instances: tiny 1" in look(query="?show=nothing")


def test_a_result_without_its_model_or_snapshot_is_not_measured_again(
    masks: SimpleNamespace, filled: Filled, experiment: Callable[..., Run], look: Callable[..., str]
) -> None:
    frozen: Any = freeze(masks.project, masks.world.alice, wish=Wish(name="first"))
    experiment("point", snapshot=str(frozen.pk))
    assert str(frozen.pk) in look().split('id="again"')[1]
    frozen.delete()
    html = look()
    assert "snapshot first." in html
    assert "data-again" not in html

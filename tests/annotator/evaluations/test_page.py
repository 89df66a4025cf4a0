"""The page: what it shows to whom."""

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
from annotator.evaluations.models import Evaluation
from tests.annotator.world import World, make_member, make_user


@pytest.fixture
def look(world: World) -> Callable[..., Any]:
    """The page's HTML as a person sees it."""

    def page(person: User | None = None, query: str = "") -> str:
        client = Client()
        client.force_login(person or world.alice)
        response = client.get(f"/projects/{world.project.pk}/evaluations/{query}")
        assert response.status_code == 200
        return re.sub(r"\s+", " ", response.content.decode())

    return page


def test_without_masks_it_says_what_to_do(world: World, look: Callable[..., Any]) -> None:
    html = look()
    assert "Nothing to compare with yet" in html
    assert "data-evaluate" not in html


def test_managers_get_the_form_and_others_the_reason(masks: SimpleNamespace, look: Callable[..., Any]) -> None:
    assert "data-evaluate" in look()
    html = look(masks.world.bob)
    assert "data-evaluate" not in html
    assert "Only owners and managers" in html


def test_groups_show_their_intervals_and_who_lies_below(
    masks: SimpleNamespace, evaluate: Callable[..., Any], look: Callable[..., Any]
) -> None:
    """What people see is what the summary says: here two groups that were set apart by hand."""
    evaluate(groups="label")
    row = Evaluation.objects.get()
    one = {"n": 9, "images": 8, "miou_3": [0.9, 0.88, 0.92], "more": {"miou_1": 12, "miou_3": 0}}
    groups = {"old": one | {"miou_1": [0.6, 0.55, 0.64]}, "young": one | {"miou_1": [0.8, 0.75, 0.84]}}
    row.summary["groups"] = {"groups": groups, "apart": [["miou_1", "young", "old"]], "without": 2, "left_out": 0}
    row.save()
    html = look()
    assert "Groups by label" in html
    assert "0.55–0.64" in html
    assert "1 point: below young" in html
    assert "2 masks belong to no group." in html
    assert 'name="groups"' in html


def test_numbers_intervals_labels_and_drawings_are_shown(
    masks: SimpleNamespace, evaluate: Callable[..., Any], look: Callable[..., Any]
) -> None:
    evaluate()
    row = Evaluation.objects.get()
    html = look()
    low, high = row.summary["intervals"]["miou_1_top"]
    assert f'<td class="number">0.42<small class="muted">{low:.2f}–{high:.2f}</small></td>' in html
    assert "3 masks on 2 images" in html
    assert "no label" in html
    assert html.count("/files/examples/") == 3
    assert "data-again" in html
    viewer = make_user("Vera")
    make_member(masks.world.project, viewer, Role.VIEWER)
    assert "data-again" not in look(viewer)
    assert "data-delete" not in look(viewer)


def test_any_of_several_can_be_looked_at(
    masks: SimpleNamespace, evaluate: Callable[..., Any], look: Callable[..., Any]
) -> None:
    evaluate()
    first = Evaluation.objects.get()
    evaluate(seed=2, limit=1)
    assert "3 masks on 2 images" in look(query=f"?show={first.pk}")
    assert "1 mask on 1 image," in look()
    assert "1 mask on 1 image," in look(query="?show=nothing")


def test_it_takes_the_same_queries_however_many_evaluations(
    masks: SimpleNamespace, evaluate: Callable[..., Any], look: Callable[..., Any]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            look()
        return len(captured)

    evaluate()
    one = queries()
    for seed in (2, 3, 4):
        evaluate(seed=seed)
    assert queries() == one

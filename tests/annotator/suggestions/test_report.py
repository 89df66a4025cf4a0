from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.suggestions.decide.report import interval
from annotator.suggestions.models import Suggestion
from tests.annotator.suggestions.conftest import box_mask, decision
from tests.annotator.world import World, client_of, make_image

FIRST, SECOND = datetime(2026, 3, 4, 12, tzinfo=UTC), datetime(2026, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def worked(ready: World, api: Callable[..., Any], find_all: Callable[..., Any]) -> World:
    """By hand: two masks on two pictures. By suggestion: one untouched, one corrected, two rejected."""
    other = make_image(ready.project, "b.png")
    for image, seconds, clicks in ((ready.image, 10, 3), (other, 20, 5)):
        data = {"rle": box_mask(0, 0, 2, 2).to_json(), "seconds": seconds, "clicks": clicks}
        annotating.create(image, ready.bob, None, data)
    car, wheel, other_wheel, tree = find_all()
    body = [decision("reject", wheel), decision("reject", other_wheel), decision("accept", car, data={"seconds": 1.0})]
    api("post", f"images/{ready.image.pk}/suggestions/bulk/", {"operations": [*body, decision("accept", tree)]})
    tree_object = Annotation.objects.get(suggestions=tree)
    change = {"revision": 1, "rle": box_mask(50, 5, 10, 32).to_json(), "clicks": 2}
    api("patch", f"annotations/{tree_object.pk}/", change)
    Annotation.objects.update(created=FIRST)
    Suggestion.objects.filter(decided__isnull=False).update(decided=FIRST)
    Suggestion.objects.filter(pk=other_wheel.pk).update(decided=SECOND)
    return ready


def row(report: dict, stage: str, week: str | None = None) -> dict:
    rows = report["stages"] if week is None else report["weeks"]
    (found,) = (row for row in rows if row["stage"] == stage and row.get("week") == week)
    return found


def test_it_counts_masks_time_and_clicks_per_stage(worked: World, api: Callable[..., Any]) -> None:
    status, report = api("get", f"projects/{worked.project.pk}/stages/")
    assert status == 200
    manual = row(report, "assisted_manual")
    assert (manual["masks"], manual["images"], manual["masks_per_image"]) == (2, 2, 1.0)
    assert (manual["seconds_per_mask"], manual["clicks_per_mask"]) == (15.0, 4.0)
    semi = row(report, "semi_automatic")
    assert (semi["masks"], semi["images"], semi["seconds_per_mask"], semi["clicks_per_mask"]) == (2, 1, 0.5, 1.0)
    assert row(report, "fully_automatic")["masks"] == 0
    assert row(report, "fully_automatic")["seconds_per_mask"] is None


def test_it_tells_what_became_of_suggestions(worked: World, api: Callable[..., Any]) -> None:
    semi = row(api("get", f"projects/{worked.project.pk}/stages/")[1], "semi_automatic")
    assert (semi["accepted"], semi["accepted_untouched"], semi["rejected"]) == (2, 1, 2)
    assert semi["iou_mean"] == pytest.approx((1 + 0.8) / 2)
    assert (semi["iou_above_75"], semi["iou_above_90"]) == (1.0, 0.5)
    assert semi["iou_above_90_interval"] == pytest.approx([0.0945, 0.9055], abs=1e-4)
    assert semi["iou_histogram"] == [0, 0, 1, 0, 0, 1]


def test_weeks_begin_on_monday(worked: World, api: Callable[..., Any]) -> None:
    report = api("get", f"projects/{worked.project.pk}/stages/")[1]
    assert [(one["week"], one["stage"]) for one in report["weeks"]] == [
        ("2026-03-02", "assisted_manual"), ("2026-03-02", "semi_automatic"), ("2026-03-09", "semi_automatic"),
    ]  # fmt: skip
    assert row(report, "semi_automatic", "2026-03-02")["rejected"] == 1
    assert row(report, "semi_automatic", "2026-03-09") | {"iou_histogram": 0} == {
        "week": "2026-03-09", "stage": "semi_automatic", "masks": 0, "images": 0, "masks_per_image": None,
        "seconds_per_mask": None, "clicks_per_mask": None, "accepted": 0, "accepted_untouched": 0, "rejected": 1,
        "iou_mean": None, "iou_above_75": None, "iou_above_90": None, "iou_above_90_interval": None,
        "iou_histogram": 0,
    }  # fmt: skip


def test_merged_suggestions_are_compared_as_one(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any]
) -> None:
    _, wheel, other_wheel, _ = find_all()
    api("post", f"suggestions/{wheel.pk}/accept/", {"merge": [str(other_wheel.pk)]})
    semi = row(api("get", f"projects/{ready.project.pk}/stages/")[1], "semi_automatic")
    assert (semi["accepted"], semi["accepted_untouched"], semi["iou_mean"]) == (2, 2, 1.0)


def test_deleted_objects_do_not_count(worked: World, api: Callable[..., Any]) -> None:
    for made in Annotation.objects.all():
        annotating.delete(made.image, worked.bob, made.pk, made.revision)
    report = api("get", f"projects/{worked.project.pk}/stages/")[1]
    assert {one["masks"] for one in report["stages"]} == {0}
    assert row(report, "semi_automatic")["accepted"] == 2
    assert row(report, "semi_automatic")["iou_mean"] is None


def test_an_empty_project_has_an_empty_report(world: World, api: Callable[..., Any]) -> None:
    report = api("get", f"projects/{world.project.pk}/stages/")[1]
    assert report["weeks"] == []
    assert report["pending"] == 0


def test_the_table_reads_in_a_spreadsheet(worked: World) -> None:
    answer = client_of(worked.bob).get(f"/api/v1/projects/{worked.project.pk}/stages/csv/")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [one["week"] for one in rows] == ["2026-03-02", "2026-03-02", "2026-03-09", "all", "all", "all"]
    assert rows[0]["seconds_per_mask"] == "15.0"


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, None), (0, 10, [0.0, 0.2775]), (10, 10, [0.7225, 1.0]), (94, 100, [0.8752, 0.9722])],
)
def test_the_interval_is_wilsons(part: Any, whole: Any, expected: Any) -> None:
    assert interval(part, whole) == (expected if expected is None else pytest.approx(expected, abs=2e-4))

"""The stages in numbers, as the paper reports them (§4): masks, images, time, clicks, and the fate of suggestions.

- A mask counts in the week (UTC, from Monday) it was made; only live objects count.
- `seconds` is active time as the editor measured it for the object (static/app/core/active_clock.js): a pause of more
  than 30 seconds is left out as a whole. For a suggestion: from choosing it to deciding, 30 seconds at most.
- A suggestion counts in the week it was decided on. "Untouched" means that the object still is, bit for bit, what was
  suggested (merged ones: their union); `iou` compares suggestion and object as it is now. The paper's audit asks for
  the share above 0.9; `iou_above_90_interval` is its 95 % interval, for a random sample that was corrected.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncWeek

from annotator.annotations.choices import Stage
from annotator.annotations.models import Annotation
from annotator.lib.shares import wilson
from annotator.projects.models import Project
from annotator.projects.models.image import on_images_of
from annotator.suggestions.choices import State
from annotator.suggestions.known import masks_of
from annotator.suggestions.models import Suggestion
from export import rle

IOU_BINS = (0.0, 0.5, 0.75, 0.9, 0.95, 1.0)
"""Lower bounds of the histogram; the paper's audit names 0.75 and 0.9."""
COLUMNS = (
    "week", "stage", "masks", "images", "masks_per_image", "seconds_per_mask", "clicks_per_mask", "accepted",
    "accepted_untouched", "rejected", "iou_mean", "iou_above_75", "iou_above_90",
)  # fmt: skip
_CHUNK = 500


@dataclass(slots=True)
class _Fate:
    """What became of suggestions."""

    accepted: int = 0
    untouched: int = 0
    rejected: int = 0
    ious: list[float] = field(default_factory=list)

    def add(self, other: _Fate) -> None:
        self.accepted += other.accepted
        self.untouched += other.untouched
        self.rejected += other.rejected
        self.ious += other.ious

    def to_json(self) -> dict[str, Any]:
        ious = self.ious
        return {
            "accepted": self.accepted,
            "accepted_untouched": self.untouched,
            "rejected": self.rejected,
            "iou_mean": _share(sum(ious), len(ious)),
            "iou_above_75": _share(sum(iou > 0.75 for iou in ious), len(ious)),
            "iou_above_90": _share(sum(iou > 0.9 for iou in ious), len(ious)),
            "iou_above_90_interval": interval(sum(iou > 0.9 for iou in ious), len(ious)),
            "iou_histogram": _histogram(ious),
        }


def stage_report(project: Project) -> dict[str, Any]:
    """Return {"stages": totals, "weeks": rows per week and stage, "pending", "iou_bins"}."""
    fates = _fates(project)
    total = _Fate()
    for fate in fates.values():
        total.add(fate)
    live = Annotation.objects.filter(on_images_of(project), deleted_at=None).order_by()
    weekly = live.annotate(week=TruncWeek("created")).values("week", "stage")
    weeks = {(_day(row["week"]), row["stage"]): row for row in _measured(weekly)}
    totals = {row["stage"]: row for row in _measured(live.values("stage"))}
    semi = Stage.SEMI_AUTOMATIC.value
    keys = sorted(set(weeks) | {(week, semi) for week in fates})
    return {
        "stages": [_row(stage, totals.get(stage), total if stage == semi else _Fate()) for stage in Stage.values],
        "weeks": [
            {"week": week.isoformat()} | _row(stage, weeks.get((week, stage)), _fate(fates, week, stage))
            for week, stage in keys
        ],
        "pending": Suggestion.objects.filter(on_images_of(project), state=State.PENDING).count(),
        "iou_bins": list(IOU_BINS),
    }


def report_csv(report: dict[str, Any]) -> str:
    """Return the weeks, then the totals, as a table that spreadsheets read."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(report["weeks"])
    writer.writerows({"week": "all"} | row for row in report["stages"])
    return out.getvalue()


def _fate(fates: dict[date, _Fate], week: date, stage: str) -> _Fate:
    return fates.get(week, _Fate()) if stage == Stage.SEMI_AUTOMATIC else _Fate()


def _measured(rows: Any) -> Iterable[dict[str, Any]]:
    found: Iterable[dict[str, Any]] = rows.annotate(
        masks=Count("pk"), images=Count("image", distinct=True), all_seconds=Sum("seconds"), all_clicks=Sum("clicks")
    )
    return found


def _row(stage: str, row: dict[str, Any] | None, fate: _Fate) -> dict[str, Any]:
    masks, images = (row["masks"], row["images"]) if row else (0, 0)
    return {
        "stage": stage,
        "masks": masks,
        "images": images,
        "masks_per_image": _share(masks, images),
        "seconds_per_mask": _share(row["all_seconds"], masks) if row else None,
        "clicks_per_mask": _share(row["all_clicks"], masks) if row else None,
    } | fate.to_json()


def _fates(project: Project) -> dict[date, _Fate]:
    """What became of the project's suggestions, by the week they were decided on."""
    decided = Suggestion.objects.filter(on_images_of(project), decided__isnull=False)
    fates: dict[date, _Fate] = defaultdict(_Fate)
    rejected = decided.filter(state=State.REJECTED).order_by().annotate(week=TruncWeek("decided"))
    for row in rejected.values("week").annotate(number=Count("pk")):
        fates[_day(row["week"])].rejected = row["number"]
    for week, masks, final in _accepted(decided):
        fate = fates[week]
        fate.accepted += len(masks)
        if final is None:
            continue
        proposed = rle.merge(masks) if len(masks) > 1 else masks[0]
        fate.untouched += len(masks) if proposed == final else 0
        fate.ious.append(1.0 if proposed == final else rle.iou(proposed, final))
    return dict(fates)


def _accepted(decided: Any) -> Iterator[tuple[date, list[rle.Rle], rle.Rle | None]]:
    """Each object that was made of suggestions: the week, what was suggested, and the object now (None: deleted)."""
    accepted = decided.filter(state=State.ACCEPTED).annotate(week=TruncWeek("decided"))
    columns = ("annotation_id", "week", "rle", "annotation__rle", "annotation__deleted_at")
    rows = accepted.order_by("annotation_id", "rank").values(*columns).iterator(_CHUNK)
    for key, group in groupby(rows, itemgetter("annotation_id")):
        together = list(group)
        first = together[0]
        gone = key is None or first["annotation__deleted_at"] is not None
        final = None if gone else masks_of([first["annotation__rle"]])[0]
        yield _day(first["week"]), masks_of(row["rle"] for row in together), final


def _histogram(ious: list[float]) -> list[int]:
    bins = [0] * len(IOU_BINS)
    for iou in ious:
        bins[max(index for index, lowest in enumerate(IOU_BINS) if iou >= lowest)] += 1
    return bins


def interval(part: int, whole: int) -> list[float] | None:
    """The 95 % interval of a share (Wilson); None of nothing."""
    return [round(end, 4) for end in wilson(part / whole, whole, z=1.96)] if whole else None


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment

"""An audit in numbers: the share of masks whose correction overlaps them by more than 0.9 and 0.75, and how sure it is.

Kirillov et al. 2023, "Segment Anything", section 5 ("Mask quality"): professional annotators corrected all masks of 500
images drawn at random; 94 % of the pairs had an IoU above 0.9, 97 % above 0.75. Here single masks are drawn, and one
that an auditor removes counts with IoU 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from typing import Any

from annotator.audits.judging import catch_up
from annotator.audits.models import Audit, AuditMask
from annotator.lib.measures import mean
from annotator.lib.shares import share_of

ABOVE = {"above_90": 0.9, "above_75": 0.75}
PUBLISHED = {"above_90": 0.94, "above_75": 0.97}
"""Of SA-1B's automatic masks (same section)."""
BINS = (0.0, 0.5, 0.75, 0.9, 0.95, 1.0)


def numbers_of(audit: Audit) -> dict[str, Any]:
    """Return {"masks", "judged", "own", "gone", "open", "left", "untouched", "removed", "mean_iou", "above_90",
    "above_75", "histogram", "labels"}; shares have their value, interval, and how many masks more make it ± 3 %.

    `own`: corrected by who made them; `gone`: the image lies in the bin, or the audit was closed before; both are left
    out, as is what is still open."""
    left = catch_up(audit)
    rows = list(audit.masks.select_related("copy", "image").defer("rle", "corrected"))
    counted = [row for row in rows if row.iou is not None and not row.own]
    gone = [row for row in rows if row.iou is None and (row.copy is None or row.image.deleted_at is not None)]
    judged = sum(row.iou is not None for row in rows)
    by_label: dict[str, list[AuditMask]] = defaultdict(list)
    for row in counted:
        by_label[row.label].append(row)
    return {
        "masks": len(rows),
        "judged": judged,
        "own": judged - len(counted),
        "gone": len(gone),
        "open": len(rows) - judged - len(gone),
        "left": left,
        "histogram": _histogram(counted),
        "labels": [{"label": label} | _said(found) for label, found in sorted(by_label.items())],
    } | _said(counted)


def _said(rows: Sequence[AuditMask]) -> dict[str, Any]:
    images: dict[Any, list[float]] = defaultdict(list)
    for row in rows:
        images[row.image_id].append(row.iou or 0.0)
    counts = [len(ious) for ious in images.values()]
    return {
        "counted": len(rows),
        "images": len(images),
        "untouched": sum(row.iou == 1.0 for row in rows),
        "removed": sum(row.iou == 0.0 for row in rows),
        "mean_iou": mean([sum(ious) for ious in images.values()], counts).to_json(),
    } | {name: _share([sum(iou > above for iou in ious) for ious in images.values()], counts)
         for name, above in ABOVE.items()}  # fmt: skip


def _share(good: Sequence[int], counts: Sequence[int]) -> dict[str, Any]:
    """The share and its interval by drawing whole images again; how many masks more by Wilson's interval, which is not
    empty where all are good."""
    found, about = mean(good, counts).to_json(), share_of(good, counts)
    per_image = sum(counts) / len(counts) if counts else 0.0
    more = about.more if about else None
    return found | {"more": more, "more_images": ceil(more / per_image) if more is not None and per_image else None}


def _histogram(rows: Sequence[AuditMask]) -> list[dict[str, Any]]:
    """How many IoUs lie in each class: above `low`, up to `high`; the lowest class holds 0, too."""
    found = []
    for low, high in pairwise(BINS):
        count = sum(low < (row.iou or 0.0) <= high or (low == 0 and row.iou == 0) for row in rows)
        found.append({"low": low, "high": high, "count": count})
    return found

"""What retraining was worth to people: clicks and seconds per mask with the version before and the one after."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, Sum

from annotator.annotations.choices import Stage
from annotator.annotations.models import Annotation
from annotator.projects.models import Project
from annotator.projects.models.image import on_images_of
from annotator.tuning.models import Retraining, Swap


def retrained(project: Project) -> dict[str, Any]:
    """Return {"retrained": how often, "promoted": rows}. A row is one promotion, the oldest first: {"version",
    "replaced", "created", "before", "after"}, the last two as {"masks", "seconds_per_mask", "clicks_per_mask"} of live
    masks that people made by clicks with that very version (stage assisted-manual), however long it was in use."""
    swaps = list(Swap.objects.filter(project=project, back=False).order_by("created", "id"))
    made = _by_version(project) if swaps else {}
    rows = [
        {
            "version": swap.version_name, "replaced": swap.replaced_name, "created": swap.created,
            "before": _figures(made.get(swap.replaced_id)), "after": _figures(made.get(swap.version_id)),
        }
        for swap in swaps
    ]  # fmt: skip
    return {"retrained": Retraining.objects.filter(project=project).count(), "promoted": rows}


def _by_version(project: Project) -> dict[Any, dict[str, Any]]:
    live = Annotation.objects.filter(
        on_images_of(project), Q(seconds__gt=0) | Q(clicks__gt=0), deleted_at=None, stage=Stage.ASSISTED_MANUAL
    )
    sums: Any = live.order_by().values("model_version")
    return {
        row["model_version"]: row
        for row in sums.annotate(masks=Count("pk"), all_seconds=Sum("seconds"), all_clicks=Sum("clicks"))
    }


def _figures(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {"masks": 0, "seconds_per_mask": None, "clicks_per_mask": None}
    masks = row["masks"]
    return {
        "masks": masks, "seconds_per_mask": round(row["all_seconds"] / masks, 2),
        "clicks_per_mask": round(row["all_clicks"] / masks, 2),
    }  # fmt: skip

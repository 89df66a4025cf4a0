"""Suggestions as the API shows them."""
from __future__ import annotations

import uuid
from typing import Any

from annotator.annotations.present import annotation_json
from annotator.lib.errors import ApiError
from annotator.suggestions.decisions import Decision, Outcome
from annotator.suggestions.models import Suggestion, Sweep
from annotator.suggestions.parameters import PRESETS, Wanted, read
from annotator.suggestions.propagation.origin import origin_json
from annotator.suggestions.proposals import Proposal
from annotator.suggestions.queries import Shown


def suggestion_json(row: Suggestion, parent: uuid.UUID | None) -> dict[str, Any]:
    """Return a suggestion; `parent` is the one to show it under."""
    return {
        "id": str(row.pk),
        "image": str(row.image_id),
        "rank": row.rank,
        "parent": _text(parent),
        "rle": row.rle,
        "bbox": row.bbox,
        "area": row.area,
        "predicted_iou": row.predicted_iou,
        "stability_score": row.stability_score,
        "point": row.point,
        "crop_box": row.crop_box,
        "state": row.state,
        "annotation": _text(row.annotation_id),
        "model_version": str(row.model_version_id),
        "run": _text(row.sweep.run_id),
        "carried": origin_json(row),
    }


def shown_json(shown: Shown) -> dict[str, Any]:
    """Return what an editor shows of an image."""
    return {
        "results": [
            suggestion_json(row, shown.parents[row.pk]) | {"proposal": _proposal(shown.proposals.get(row.pk))}
            for row in shown.rows
        ],
        "covered": shown.covered,
        "prefill_above": shown.wanted.prefill_above,
        "sweep": _sweep_json(shown.sweep) if shown.sweep else None,
    }


def decided_json(outcome: Outcome) -> dict[str, Any]:
    """Return a suggestion after a decision, and its object."""
    made = outcome.annotation
    return {
        "suggestion": suggestion_json(outcome.suggestion, outcome.suggestion.parent_id),
        "annotation": annotation_json(made) if made is not None else None,
    }


def result_json(decision: Decision, result: Outcome | ApiError) -> dict[str, Any]:
    """Return what became of a decision."""
    if isinstance(result, ApiError):
        return {"key": str(decision.key), "status": result.status, "error": result.body()}
    return {"key": str(decision.key), "status": result.status} | decided_json(result)


def settings_json(wanted: Wanted) -> dict[str, Any]:
    """Return parameters and what they could be."""
    presets = {name: read({"preset": name}).to_json() for name in PRESETS}
    return {"params": wanted.to_json(), "prefill_above": wanted.prefill_above, "presets": presets}


def _sweep_json(sweep: Sweep) -> dict[str, Any]:
    return {
        "run": _text(sweep.run_id),
        "model_version": str(sweep.model_version_id),
        "params": sweep.params,
        "found": sweep.found,
        "kept": sweep.kept,
        "seconds": sweep.seconds,
        "problem": sweep.problem,
        "complete": sweep.complete,
        "created": sweep.created.isoformat(),
    }


def _proposal(proposal: Proposal | None) -> dict[str, Any] | None:
    return None if proposal is None else {"label": str(proposal.label), "probability": proposal.probability}


def _text(key: object) -> str | None:
    return None if key is None else str(key)

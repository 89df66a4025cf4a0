"""Suggestions as the API shows them."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from annotator.annotations.present import annotation_json
from annotator.lib.errors import ApiError
from annotator.projects.api.present import image_urls
from annotator.projects.models import Image
from annotator.suggestions.carry.timeline import Timeline
from annotator.suggestions.decide.audit import Audit, Judged
from annotator.suggestions.decide.decisions import Decision, Outcome
from annotator.suggestions.decide.origin import origin_json
from annotator.suggestions.decide.proposals import Proposal
from annotator.suggestions.decide.queries import Shown
from annotator.suggestions.models import Preview, Search, Suggestion
from annotator.suggestions.parameters import PRESETS, Wanted, read


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
        "model_version": _text(row.model_version_id),
        "run": _text(row.search.run_id),
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
        "search": _search_json(shown.search) if shown.search else None,
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


def preview_json(found: Preview) -> dict[str, Any]:
    """Return a preview: everything its image gave, with scores."""
    return {
        "image": preview_image_json(found.image),
        "params": found.params,
        "size": found.size,
        "candidates": found.candidates,
    }


def timeline_json(timeline: Timeline) -> dict[str, Any]:
    """Return tracks along images."""
    return {
        "images": [{"id": str(image.pk), "name": image.path} for image in timeline.images],
        "here": timeline.here,
        "tracks": [
            {
                "track": track.number,
                "label": _text(track.label),
                "cells": [asdict(track.cells[place]) for place in sorted(track.cells)],
            }
            for track in timeline.tracks
        ],
    }


def audit_json(audit: Audit) -> dict[str, Any]:
    """Return an audited sample, and what it says of all suggestions."""
    return {
        "results": [_item_json(item) for item in audit.sample],
        "population": audit.population,
        "judged": len(audit.ious),
        "above_90": audit.good,
        "share": audit.share,
        "interval": audit.interval,
    }


def _item_json(item: Judged) -> dict[str, Any]:
    row = item.suggestion
    return suggestion_json(row, row.parent_id) | {"iou": item.iou, "of_image": preview_image_json(row.image)}


def preview_image_json(image: Image) -> dict[str, Any]:
    """Return what a page needs to show an image."""
    urls = image_urls(image.pk, image.sha256)
    return {"id": str(image.pk), "name": image.path, "width": image.width, "height": image.height, "urls": urls}


def _search_json(search: Search) -> dict[str, Any]:
    return {
        "run": _text(search.run_id),
        "model_version": _text(search.model_version_id),
        "params": search.params,
        "found": search.found,
        "kept": search.kept,
        "seconds": search.seconds,
        "problem": search.problem,
        "complete": search.complete,
        "created": search.created.isoformat(),
    }


def _proposal(proposal: Proposal | None) -> dict[str, Any] | None:
    return None if proposal is None else {"label": str(proposal.label), "probability": proposal.probability}


def _text(key: object) -> str | None:
    return None if key is None else str(key)

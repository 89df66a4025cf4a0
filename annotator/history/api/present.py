"""Moments, looks and acts → JSON."""

from __future__ import annotations

from typing import Any

from annotator.annotations.choices import Action
from annotator.annotations.present import person_json
from annotator.history.models import Act
from annotator.history.moments import Look, Moment, people_of
from annotator.reviews.choices import Change
from annotator.runs.api.present import run_json

NAMED = 200


def moments_json(moments: list[Moment]) -> list[dict[str, Any]]:
    """Return moments as the API writes them."""
    people = people_of(moments)
    return [
        {
            "first": moment.first,
            "seq": moment.seq,
            "actor": person_json(people.get(moment.actor)) if moment.actor else None,
            "since": moment.since,
            "until": moment.until,
            "put_back": moment.put_back,
            "created": moment.did[Action.CREATE],
            "changed": moment.did[Action.UPDATE],
            "deleted": moment.did[Action.DELETE],
            "restored": moment.did[Action.RESTORE],
        }
        for moment in moments
    ]


def look_json(look: Look) -> dict[str, Any]:
    """Return what putting an image back would change."""
    objects = [
        {
            "id": str(one.id),
            "change": one.change,
            "label": (one.after or one.before or {}).get("label"),
            "fields": one.fields,
            "iou": one.iou,
        }
        for one in look.objects[:NAMED]
    ]
    counts = {change.value: look.count(change) for change in Change}
    return {"seq": look.seq, "now": look.now, "unlabelled": look.unlabelled, "objects": objects} | counts


def acts_json(acts: list[Act]) -> list[dict[str, Any]]:
    """Return acts as the API writes them."""
    return [
        {
            "id": str(act.pk),
            "what": act.what,
            "image": str(act.image_id) if act.image_id else None,
            "name": act.image.path if act.image else "",
            "seq": act.seq,
            "person": act.person_name,
            "since": act.since,
            "until": act.until,
            "actor": person_json(act.actor),
            "created": act.created,
            "result": act.result or None,
            "undone": act.undone,
            "restored": act.restored or None,
            "run": run_json(act.run) if act.run else None,
            "undo_run": run_json(act.undo_run) if act.undo_run else None,
        }
        for act in acts
    ]

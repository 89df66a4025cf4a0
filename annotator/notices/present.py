"""Notices as people read them."""

from __future__ import annotations

from typing import Any

from annotator.annotations.present import person_json
from annotator.lib.happenings import Kind
from annotator.lib.words import counted
from annotator.notices.models import Notice

RUNS = {
    "export": "Your export",
    "snapshot": "Your snapshot",
    "compare": "Comparing snapshots",
    "measure": "Counting the data set",
    "import": "Your import",
    "undo_import": "Taking an import back",
    "automask": "Finding masks",
    "boxes": "Masks for boxes",
    "words": "Finding by words",
    "import_video": "Importing a video",
    "evaluate": "Measuring a model",
    "experiment": "Measuring a model at a task",
    "rate": "Asking two models",
    "install_model": "Adding a model",
    "switch_model": "Changing the model",
    "tune": "Retraining the model",
    "veil": "Covering faces",
    "undo_work": "Undoing somebody's work",
    "restore_work": "Bringing undone work back",
}
PAGES = {
    "export": "exports/",
    "snapshot": "snapshots/",
    "compare": "snapshots/",
    "measure": "figures/",
    "import": "imports/",
    "undo_import": "imports/",
    "automask": "automatic/",
    "boxes": "automatic/#boxes",
    "words": "automatic/#words",
    "evaluate": "evaluations/",
    "experiment": "experiments/",
    "rate": "ratings/",
    "tune": "retrain/",
    "veil": "privacy/",
    "undo_work": "history/",
    "restore_work": "history/",
}


def sentence_of(notice: Notice) -> str:
    """Say what happened, in one sentence without the project's name where there is none."""
    who = notice.actor.name if notice.actor else "Somebody"
    place = f" in {notice.project.name}" if notice.project else ""
    about, image = notice.about, notice.image.path if notice.image else str(notice.about.get("name", "an image"))
    if notice.kind == Kind.JOBS_ASSIGNED:
        given = str(about.get("title")) if about.get("count") == 1 else counted(int(about.get("count", 0)), "job")
        return f"{who} gave you {given}{place}."
    if notice.kind == Kind.IMAGE_RETURNED:
        return f"{who} returned {image}{place} to you."
    if notice.kind == Kind.MENTIONED:
        return f"{who} mentioned you on {image}{place}."
    if notice.kind == Kind.MODEL_PROMOTED:
        who = notice.actor.name if notice.actor else "Maskwright"
        return f"{who} put the retrained model {about.get('model')} to use{place}."
    if notice.kind == Kind.MERGING_WAITS:
        images = counted(int(about.get("count", 0)), "image")
        return f"All who were given the same images{place} are done: {images} can be merged."
    what = RUNS.get(str(about.get("kind")), "What you started")
    if notice.kind == Kind.RUN_FAILED:
        return f"{what}{place} failed: {about.get('error') or 'its log says more.'}"
    return f"{what}{place} is done."


def address_of(notice: Notice) -> str:
    """Return the page it leads to."""
    if notice.project_id is None:
        return "/models/"
    project = f"/projects/{notice.project_id}/"
    if notice.image_id is not None:
        return f"{project}images/{notice.image_id}/edit/#review"
    if notice.kind == Kind.JOBS_ASSIGNED:
        return "/work/"
    if notice.kind == Kind.MODEL_PROMOTED:
        return f"{project}retrain/"
    if notice.kind == Kind.MERGING_WAITS:
        return f"{project}agreement/"
    return project + PAGES.get(str(notice.about.get("kind")), "")


def notices_json(notices: list[Notice]) -> list[dict[str, Any]]:
    """Return notices as the API writes them."""
    return [
        {
            "id": str(notice.pk),
            "kind": notice.kind,
            "text": sentence_of(notice),
            "comment": str(notice.about.get("text", "")),
            "url": address_of(notice),
            "project": str(notice.project_id) if notice.project_id else None,
            "image": str(notice.image_id) if notice.image_id else None,
            "actor": person_json(notice.actor),
            "created": notice.created,
            "read": notice.read,
        }
        for notice in notices
    ]

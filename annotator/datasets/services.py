"""Verbs about snapshots, exports and comparisons."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from annotator.accounts.models import User
from annotator.datasets.models import Archive, Comparison, Origin, Placed, Snapshot
from annotator.datasets.parts import Split
from annotator.datasets.selection import Selection, reviewing
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.blobs import collect_unused
from annotator.projects.models import Image, Project
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run


def start_snapshot(project: Project, by: User, wish: dict[str, Any]) -> Run:
    """Queue the freezing of what `wish` (name, note, selection, split) says; its run's result names the snapshot.

    Raises Conflict when the name is taken."""
    _free(project, wish["name"])
    split = wish.get("split")
    params = {
        "name": wish["name"],
        "note": wish.get("note", ""),
        "selection": _chosen(project, wish.get("selection")).to_json(),
        "split": Split.of(split).to_json() if split is not None else None,
    }
    return enqueue("snapshot", project=project, params=params, requested_by=by, key=_key("snapshot", project, params))


def start_export(project: Project, by: User, options: dict[str, Any]) -> Run:
    """Queue an export, of a snapshot or of what there is now; asking for the same again while it waits or runs gives
    the run there is. Raises ApiError for a snapshot of another project, or one beside a choice of what there is."""
    snapshot = options.get("snapshot")
    if snapshot is not None:
        if options.get("selection") is not None or options.get("include_suggestions"):
            raise _field("snapshot", "What a snapshot holds was chosen when it was made. Leave the choice out.")
        if not Snapshot.objects.filter(project=project, pk=snapshot).exists():
            raise _field("snapshot", "This project has no such snapshot.")
        params = options | {"snapshot": str(snapshot)}
    else:
        chosen = dict(options.get("selection") or {})
        if "include_suggestions" in options:
            chosen["suggestions"] = options["include_suggestions"]
        params = options | {"selection": _chosen(project, chosen).to_json()}
    return enqueue("export", project=project, params=params, requested_by=by, key=_key("export", project, params))


def start_comparison(project: Project, by: User, before: uuid.UUID, after: uuid.UUID) -> Run:
    """Queue the comparison of two snapshots; its run's result names it. Raises ApiError unless they are two of here."""
    if before == after:
        raise _field("after", "Choose another snapshot than the first one.")
    if Snapshot.objects.filter(project=project, pk__in=[before, after]).count() < 2:
        raise _field("before", "This project has no such snapshot.")
    params = {"before": str(before), "after": str(after)}
    return enqueue("compare", project=project, params=params, requested_by=by, key=_key("compare", project, params))


def start_measuring(project: Project, by: User) -> Run:
    """Queue taking the project's numbers anew."""
    return enqueue("measure", project=project, requested_by=by, key=f"measure:{project.pk}")


def change_snapshot(snapshot: Snapshot, values: dict[str, Any]) -> None:
    """Change name and note. Raises Conflict when the name is taken."""
    if "name" in values:
        _free(snapshot.project, values["name"], snapshot)
    for name, value in values.items():
        setattr(snapshot, name, value)
    try:
        with transaction.atomic():
            snapshot.save(update_fields=list(values))
    except IntegrityError:
        raise _taken(values["name"]) from None


def delete_snapshot(snapshot: Snapshot) -> None:
    """Delete a snapshot with the files and comparisons made of it."""
    hashes = {snapshot.sha256, *snapshot.archives.values_list("sha256", flat=True)}
    snapshot.delete()
    collect_unused(list(hashes))


def delete_comparison(comparison: Comparison) -> None:
    """Forget a comparison."""
    comparison.delete()


def delete_archive(archive: Archive) -> None:
    """Delete an export and its file, unless another export is the same file."""
    sha256 = archive.sha256
    archive.delete()
    collect_unused([sha256])


def place(images: QuerySet[Image], part: str) -> int:
    """Put images into a part by hand, or with "" leave them to the hash again. Returns how many."""
    ids = list(images.values_list("pk", flat=True))
    with transaction.atomic():
        for start in range(0, len(ids), 500):
            _place(ids[start : start + 500], part)
    return len(ids)


def _place(ids: Sequence[uuid.UUID], part: str) -> None:
    if not part:
        Placed.objects.filter(image__in=ids).delete()
        return
    Placed.objects.bulk_create(
        [Placed(image_id=pk, part=part) for pk in ids],
        update_conflicts=True, unique_fields=["image"], update_fields=["part"],
    )  # fmt: skip


def set_origin(project: Project, values: dict[str, str]) -> None:
    """Say under which licence the images stand and where they come from."""
    Origin.objects.update_or_create(project=project, defaults=values)


def _chosen(project: Project, values: dict[str, Any] | None) -> Selection:
    """The selection: once reviewing is used, only what was accepted, unless the wish says otherwise."""
    wished = dict(values or {})
    if wished.get("accepted_only") is None:
        wished["accepted_only"] = reviewing(project)
    selection = Selection.of(wished)
    known = {str(pk) for pk in project.labels.values_list("pk", flat=True)}
    if unknown := [one for one in selection.labels if one not in known]:
        raise _field("selection", f"This project has no label {unknown[0]}.")
    there = {str(pk) for pk in project.tags.values_list("pk", flat=True)} if selection.tags else set()
    if unknown := [one for one in selection.tags if one not in there]:
        raise _field("selection", f"This project has no tag {unknown[0]}.")
    return selection


def _key(kind: str, project: Project, params: dict[str, Any]) -> str:
    written = json.dumps(params, sort_keys=True, default=str)
    return f"{kind}:{project.pk}:{hashlib.sha256(written.encode()).hexdigest()[:32]}"


def _free(project: Project, name: str, but: Snapshot | None = None) -> None:
    rows = Snapshot.objects.filter(project=project, name__iexact=name)
    rows = rows.exclude(pk=but.pk) if but else rows
    if name and rows.exists():
        raise _taken(name)


def _taken(name: str) -> Conflict:
    return Conflict("name_taken", f"There is a snapshot called “{name}” already. Choose another name.")


def _field(name: str, sentence: str) -> ApiError:
    return ApiError("invalid", sentence, fields={name: [sentence]})

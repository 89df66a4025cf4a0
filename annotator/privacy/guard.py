"""What is done to each new picture of a project before anything of it is stored."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from annotator.lib import storage
from annotator.lib.words import counted
from annotator.privacy.covering import covered, regions_of, search
from annotator.privacy.models import Covered, Look, Rule
from annotator.projects.guards import Guarded
from annotator.projects.models import Image, Project
from annotator.projects.pixels import Prepared


def guard(project: Project, prepared: Prepared) -> Guarded | None:
    """Cover the faces on a new picture, if the project wants it. Raises ApiError (`no_face_detector`)."""
    rule = Rule.objects.filter(project=project, active=True).first()
    if rule is None:
        return None
    regions = regions_of(search(prepared, rule.threshold), rule)
    safe = covered(prepared, regions)
    if regions:
        safe = replace(safe, notes=[*safe.notes, note_of(len(regions))])
    original = prepared if rule.keep_originals and regions else None
    return Guarded(safe, partial(_note, rule.threshold, regions, original))


def keeps_files(project: Project) -> bool:
    """Whether videos and archives as people sent them may stay after they were read."""
    rule = Rule.objects.filter(project=project, active=True).first()
    return rule is None or rule.keep_originals


def note_of(count: int) -> str:
    """Return what stands with an image on which faces were covered."""
    return f"{counted(count, 'face')} found and covered before it was stored."


def _note(threshold: float, regions: list[Covered], original: Prepared | None, image: Image) -> None:
    look = Look(image=image, threshold=threshold)
    if original is not None:
        look.original_sha256, look.original_type = storage.put_bytes(original.data), original.media_type
    look.save(force_insert=True)
    for region in regions:
        region.image = image
    Covered.objects.bulk_create(regions)

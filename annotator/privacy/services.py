"""Verbs: set the rule, cover by hand, take back, search what was there before, delete the originals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator.accounts.models import User
from annotator.lib import storage
from annotator.lib.errors import ApiError, Conflict
from annotator.lib.happenings import Kind
from annotator.lib.turns import write_in_turn
from annotator.privacy import covering
from annotator.privacy.models import Covered, Look, Rule
from annotator.privacy.queries import live, originals, rule_of
from annotator.projects.blobs import collect_unused
from annotator.projects.models import Image, Project
from annotator.projects.pixels import Prepared
from annotator.projects.repaint import repaint
from annotator.projects.telling import tell_changes, tell_of
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run

FIELDS = ("active", "threshold", "style", "outline", "keep_originals")
BEFORE_SEARCHES = -5
"""Nobody waits for it with a mouse in the hand, but it goes before evaluations."""


def set_rule(project: Project, by: User, values: dict[str, Any]) -> Rule:
    """Set what happens to new pictures. Raises ApiError (`no_face_detector`) when faces are to be found here and this
    machine cannot."""
    if values.get("active"):
        covering.require_detector()
    with write_in_turn():
        rule = rule_of(project)
        before = {name: getattr(rule, name) for name in FIELDS}
        for name, value in values.items():
            setattr(rule, name, value)
        rule.set_by = by
        rule.save()
        tell_changes(project, Kind.PRIVACY_RULE, by, before, {name: getattr(rule, name) for name in FIELDS})
    return rule


def start(project: Project, by: User) -> Run:
    """Queue a search of the images that are here already; while one waits or runs, that one is returned. Raises
    ApiError and Conflict (`privacy_off`)."""
    if not rule_of(project).active:
        raise Conflict("privacy_off", "This project does not blur faces. Switch that on first.")
    covering.require_detector()
    return enqueue("veil", project=project, requested_by=by, priority=BEFORE_SEARCHES, key=f"veil:{project.pk}")


def cover(image: Image, box: tuple[float, float, float, float], by: User) -> Covered:
    """Cover a region (x, y, width, height in pixels) that a person drew. Raises ApiError and Conflict."""
    x, y, width, height = box
    if x >= image.width or y >= image.height or x + width <= 0 or y + height <= 0:
        raise ApiError(
            "outside", f"The region lies outside of the picture, which is {image.width} × {image.height} pixels."
        )
    rule = rule_of(image.project)
    region = Covered(
        image=image, x=x, y=y, width=width, height=height, style=rule.style, outline=rule.outline, by=by
    )  # fmt: skip
    with _readable():
        add(image, [region], rule, by)
    return region


def add(image: Image, regions: list[Covered], rule: Rule, by: User | None, threshold: float | None = None) -> None:
    """Cover further regions of an image: from its original where that is kept, else on the picture there is. Raises
    Conflict when somebody else was quicker."""
    look = Look.objects.filter(image=image).first() or Look(image=image)
    if threshold is not None:
        look.threshold = threshold
    if not regions:
        look.save()
        return
    if look.original_sha256:
        prepared = _from_original(image, look, [*live().filter(image=image), *regions])
    else:
        before = covering.stored(image)
        prepared = covering.covered(before, regions)
        # What is covered already cannot be had back: an original is kept from the first covering on, or never.
        if rule.keep_originals and not live().filter(image=image).exists():
            look.original_sha256, look.original_type = storage.put_bytes(before.data), before.media_type

    def note() -> None:
        look.save()
        for region in regions:
            region.image = image
        Covered.objects.bulk_create(regions)

    repaint(image, prepared, _told(image, Kind.REGION_COVERED, by, note, count=len(regions)), by)


def take_back(region: Covered, by: User) -> None:
    """Show again what a region covers. Raises Conflict (`no_original`) where the original was not kept."""
    image = region.image
    look = Look.objects.filter(image=image).first()
    if look is None or not look.original_sha256:
        raise Conflict(
            "no_original",
            "The original of this picture was not kept, so nobody can bring back what is covered. Upload it again.",
        )
    with _readable():
        prepared = _from_original(image, look, list(live().filter(image=image).exclude(pk=region.pk)))

    def note() -> None:
        Covered.objects.filter(pk=region.pk).update(taken_back=timezone.now())

    repaint(image, prepared, _told(image, Kind.REGION_TAKEN_BACK, by, note), by)


def forget_originals(project: Project, by: User) -> int:
    """Delete the originals that were kept, for good. Returns how many."""
    rows = originals(project)
    hashes = set(rows.values_list("original_sha256", flat=True))
    with transaction.atomic():
        count = rows.update(original_sha256="", original_type="")
        if count:
            tell_of(project, Kind.ORIGINALS_DELETED, by, count=count)
    collect_unused(hashes)
    return count


@contextmanager
def _readable() -> Iterator[None]:
    """Raise ApiError (`file_missing`) where the picture is not in the storage."""
    try:
        yield
    except FileNotFoundError:
        raise ApiError(
            "file_missing", "This picture is missing from the server's storage. Tell an administrator.", status=404
        ) from None


def _from_original(image: Image, look: Look, regions: list[Covered]) -> Prepared:
    return covering.covered_anew(covering.stored(image, look.original_sha256, look.original_type), regions)


def _told(image: Image, kind: Kind, by: User | None, note: Callable[[], None], **about: Any) -> Callable[[], None]:
    def both() -> None:
        note()
        # A search of everything tells once, at its end.
        if by is not None:
            tell_of(image.project, kind, by, image=image.pk, name=image.path, **about)

    return both

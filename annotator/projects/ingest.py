"""An uploaded file becomes an image: checked, turned upright, stripped, stored under its hash, embedding queued."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotator.accounts.models import User
from annotator.lib import storage
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.embedding import request_embedding
from annotator.projects.models import Image, Project
from annotator.projects.names import safe_name
from annotator.projects.pixels import Prepared, prepare

LONGEST_UPLOAD = timedelta(days=1)


def ingest(project: Project, user: User | None, upload: File[Any], added: datetime | None = None) -> Image:
    """Add one uploaded file to the project. Raises ApiError (`image_*`) or Conflict (`duplicate_image`).

    `added` is when the person handed it over: a page sends several files at once, and they arrive in any order.
    """
    name = safe_name(upload.name or "image")
    return ingest_bytes(project, user, name, _read(name, upload), added=added)


def ingest_bytes(
    project: Project,
    user: User | None,
    name: str,
    data: bytes,
    *,
    notes: Sequence[str] = (),
    added: datetime | None = None,
) -> Image:
    """Add a picture given as the bytes of its file; `notes` are kept with it. Raises as `ingest` does."""
    name = safe_name(name)
    source_sha256 = hashlib.sha256(data).hexdigest()
    same = project.images.filter(source_sha256=source_sha256).first()
    if same is not None:
        raise _duplicate(name, same)
    prepared = prepare(name, data)
    image = Image(
        project=project,
        name=name,
        sha256=storage.put_bytes(prepared.data),
        thumb_sha256=storage.put_bytes(prepared.thumb),
        source_sha256=source_sha256,
        media_type=prepared.media_type,
        width=prepared.width,
        height=prepared.height,
        bytes=len(prepared.data),
        source_format=prepared.source_format,
        notes=[*notes, *prepared.notes],
        added_by=user,
        created=_believed(added),
    )
    return _insert(image, prepared, user)


def _believed(added: datetime | None) -> datetime:
    """A moment of the last day; another clock may be wrong, and nothing comes from the future."""
    now = timezone.now()
    return added if added is not None and now - LONGEST_UPLOAD < added < now else now


def _read(name: str, upload: File[Any]) -> bytes:
    if upload.size > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
        raise ApiError("image_too_large", f"“{name}” is {upload.size / 2**20:.0f} MB; this server takes {limit} MB.")
    source: IO[bytes] = upload.open("rb")
    return source.read()


def _insert(image: Image, prepared: Prepared, user: User | None) -> Image:
    try:
        with transaction.atomic():
            image.save(force_insert=True)
            request_embedding(image, user=user)
    except IntegrityError:
        same = Image.objects.filter(project_id=image.project_id, sha256=image.sha256).first()
        if same is None:
            raise
        raise _duplicate(image.name, same) from None
    # Somebody may have deleted the last other image with these pixels, and the blob with it, a moment ago.
    storage.put_bytes(prepared.data)
    storage.put_bytes(prepared.thumb)
    return image


def _duplicate(name: str, same: Image) -> Conflict:
    known = "" if same.name == name else f" as “{same.name}”"
    return Conflict(
        "duplicate_image",
        f"“{name}” is in this project already{known}; it was not added again.",
        current={"id": str(same.pk), "name": same.name},
    )

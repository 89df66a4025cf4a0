"""An uploaded file becomes an image: checked, turned upright, stripped, stored under its hash, embedding queued."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction

from annotator.accounts.models import User
from annotator.lib import storage
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.embedding import request_embedding
from annotator.projects.guards import Guarded, guarded
from annotator.projects.models import Image, Project
from annotator.projects.names import safe_folder, safe_name
from annotator.projects.pixels import prepare


def ingest(project: Project, user: User | None, upload: File[Any], folder: str = "") -> Image:
    """Add one uploaded file to the project. Raises ApiError (`image_*`) or Conflict (`duplicate_image`).

    `folder` is where it lay in the folder that the person added.
    """
    name = safe_name(upload.name or "image")
    return ingest_bytes(project, user, name, _read(name, upload), folder=folder)


def ingest_bytes(
    project: Project,
    user: User | None,
    name: str,
    data: bytes,
    *,
    notes: Sequence[str] = (),
    folder: str = "",
    pk: uuid.UUID | None = None,
) -> Image:
    """Add an image given as the bytes of its file; `notes` are kept with it, `pk` is the id it gets. Raises as
    `ingest` does."""
    name = safe_name(name)
    source_sha256 = hashlib.sha256(data).hexdigest()
    same = project.images.filter(source_sha256=source_sha256).first()
    if same is not None:
        raise _duplicate(name, safe_folder(folder), same)
    # What a project keeps from storage is gone from here on.
    safe = guarded(project, prepare(name, data))
    prepared = safe.prepared
    image = Image(
        id=pk or uuid.uuid4(),
        project=project,
        name=name,
        folder=safe_folder(folder),
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
    )
    return _insert(image, safe, user)


def _read(name: str, upload: File[Any]) -> bytes:
    if upload.size > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
        raise ApiError("image_too_large", f"“{name}” is {upload.size / 2**20:.0f} MB; this server takes {limit} MB.")
    source: IO[bytes] = upload.open("rb")
    return source.read()


def _insert(image: Image, safe: Guarded, user: User | None) -> Image:
    try:
        with transaction.atomic():
            image.save(force_insert=True)
            safe.note(image)
            request_embedding(image, user=user)
    except IntegrityError:
        same = Image.objects.filter(project_id=image.project_id, sha256=image.sha256).first()
        if same is None:
            raise
        raise _duplicate(image.name, image.folder, same) from None
    # Somebody may have deleted the last other image with these pixels, and the blob with it, a moment ago.
    storage.put_bytes(safe.prepared.data)
    storage.put_bytes(safe.prepared.thumb)
    return image


def _duplicate(name: str, folder: str, same: Image) -> Conflict:
    known = "" if (same.folder, same.name) == (folder, name) else f" as “{same.path}”"
    return Conflict(
        "duplicate_image",
        f"“{name}” is in this project already{known}; it was not added again.",
        current={"id": str(same.pk), "name": same.name},
    )

"""Uploaded videos until their frames are imported, and asking for that.

They lie beside the blobs under names of their own, because web process and worker may be different machines. A video
goes as soon as its import has succeeded; that of a failed or cancelled one stays a day, so that "Try again" works.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.db.models import Q
from django.utils import timezone

from annotator.accounts.models import User
from annotator.lib import room, storage
from annotator.lib.errors import ApiError
from annotator.lib.holdings import Held, Kind
from annotator.projects.models import Project
from annotator.projects.names import safe_folder, safe_name
from annotator.projects.video.frames import container_of
from annotator.projects.video.plan import Plan
from annotator.runs.choices import ACTIVE, State
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run

log = logging.getLogger(__name__)

KIND = "import_video"
FOLDER = "videos"
KEPT = timedelta(days=1)


def take(project: Project, user: User, upload: File[Any], plan: Plan, folder: str = "") -> Run:
    """Store an uploaded video and queue the import of its frames. Raises ApiError."""
    name = safe_name(upload.name or "video")
    size = upload.size or 0
    if size == 0:
        raise ApiError("video_empty", f"“{name}” is empty (0 bytes). Perhaps its copy or download was interrupted.")
    if size > settings.MAX_VIDEO_BYTES:
        limit = settings.MAX_VIDEO_BYTES // 2**20
        raise ApiError("video_too_large", f"“{name}” is {size / 2**20:,.0f} MB; this server takes {limit:,} MB.")
    if container_of(upload.open("rb").read(12)) is None:
        raise ApiError(
            "video_unsupported",
            f"“{name}” is not a video that Maskwright can read. MP4, MOV, WebM and AVI files are accepted.",
        )
    forget_old()
    room.require_room(name, size)
    key = uuid.uuid4()
    upload.seek(0)
    storage.blobs().save(_name(key), upload)
    params = {"video": str(key), "name": name, "folder": safe_folder(folder), "bytes": size, "plan": plan.to_json()}
    return enqueue(KIND, project=project, params=params, requested_by=user)


def open_video(key: str) -> IO[bytes]:
    """Open an uploaded video. Raises FileNotFoundError."""
    return storage.blobs().open(_name(uuid.UUID(key)), "rb")


def forget(key: str) -> None:
    """Delete an uploaded video. One that cannot be deleted now goes after a day."""
    try:
        storage.blobs().delete(_name(uuid.UUID(key)))
    except OSError:
        log.warning("The video %s could not be deleted", key, exc_info=True)


def forget_old() -> None:
    """Delete videos that lie here longer than a day and that no active run needs."""
    blobs = storage.blobs()
    try:
        names = blobs.listdir(FOLDER)[1]
    except FileNotFoundError:
        return
    active = Run.objects.filter(kind=KIND, state__in=ACTIVE).values_list("params", flat=True)
    needed = {params["video"] for params in active}
    for name in set(names) - needed:
        if blobs.get_modified_time(f"{FOLDER}/{name}") < timezone.now() - KEPT:
            forget(name)


def held() -> Iterator[Held]:
    """Go through the videos that runs need. One whose run ended without success may be asked for again for a day."""
    again = Q(updated__gt=timezone.now() - KEPT) & ~Q(state=State.SUCCEEDED)
    rows = Run.objects.filter(Q(state__in=ACTIVE) | again, kind=KIND).order_by()
    for params, state in rows.values_list("params", "state").iterator():
        name = _name(uuid.UUID(params["video"]))
        yield Held(name, Kind.ANY, f"video {params['name']}", optional=state not in ACTIVE)


def _name(key: uuid.UUID) -> str:
    return f"{FOLDER}/{key}"

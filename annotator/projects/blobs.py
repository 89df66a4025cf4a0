"""Blobs that several rows may share: delete one only when no row needs it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from django.db.models import Q

from annotator.lib import storage
from annotator.lib.holdings import Held, Kind
from annotator.projects.extensions import kept
from annotator.projects.models import Image

log = logging.getLogger(__name__)

CHUNK = 400


def collect_unused(hashes: Iterable[str]) -> None:
    """Delete the blobs among `hashes` that no row needs. A blob that cannot be deleted now is only wasted space."""
    everything = sorted(set(hashes))
    for start in range(0, len(everything), CHUNK):
        _collect(set(everything[start : start + CHUNK]))


def _collect(hashes: set[str]) -> None:
    rows = Image.with_bin.filter(Q(sha256__in=hashes) | Q(thumb_sha256__in=hashes))
    needed = {sha for pair in rows.values_list("sha256", "thumb_sha256") for sha in pair}
    for sha256 in hashes - needed - kept(hashes):
        try:
            storage.delete_blob(sha256)
        except OSError:
            log.warning("Blob %s could not be deleted", sha256, exc_info=True)


def held() -> Iterator[Held]:
    """Go through the pictures of all images, those in the bin too."""
    rows = Image.with_bin.values_list("sha256", "thumb_sha256", "folder", "name", "project__name")
    for sha256, thumb, folder, name, project in rows.order_by().iterator():
        of = f"{'/'.join(filter(None, (folder, name)))} in {project}"
        yield Held(storage.blob_name(sha256), Kind.PICTURE, f"photo {of}")
        yield Held(storage.blob_name(thumb), Kind.PICTURE, f"thumbnail of {of}")

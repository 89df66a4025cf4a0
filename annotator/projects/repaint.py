"""An image gets other pixels of the same size: everything that was made of the old ones goes with them."""

from __future__ import annotations

from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.db.models import Q

from annotator.accounts.models import User
from annotator.lib import storage
from annotator.lib.errors import Conflict, NotFound
from annotator.projects.blobs import collect_unused
from annotator.projects.embedding import request_embedding
from annotator.projects.extensions import owned, pictures_changed
from annotator.projects.models import Image
from annotator.projects.pixels import Prepared


def repaint(image: Image, prepared: Prepared, note: Callable[[], None], by: User | None = None) -> None:
    """Let an image and its copies have this picture; `note` writes why, in the same transaction. Thumbnails, embeddings
    and whatever else apps made of the old pixels are deleted, and embeddings asked for anew.

    Raises Conflict (`picture_changed`) when somebody else was quicker, (`duplicate_image`) when the project has the
    picture already, NotFound when it was deleted.
    """
    family = Image.with_bin.filter(Q(pk=image.pk) | Q(copy_of=image.pk))
    going = owned(family)
    new = {"sha256": storage.put_bytes(prepared.data), "thumb_sha256": storage.put_bytes(prepared.thumb)}
    values = new | {"media_type": prepared.media_type, "bytes": len(prepared.data)}
    try:
        with transaction.atomic():
            _require_same(image)
            family.update(**values)
            pictures_changed(family)
            note()
            for one in family.filter(deleted_at=None).select_related("project"):
                request_embedding(one, user=by)
    except IntegrityError:
        raise Conflict("duplicate_image", f"“{image.path}” would be the same picture as another one here.") from None
    finally:
        # Also what was written for nothing: it is needed by no row then.
        collect_unused(going | set(new.values()))
    for name, value in values.items():
        setattr(image, name, value)
    # Somebody may have deleted the last other image with these pixels, and the blob with it, a moment ago.
    storage.put_bytes(prepared.data)
    storage.put_bytes(prepared.thumb)


def _require_same(image: Image) -> None:
    held = Image.with_bin.select_for_update().filter(pk=image.pk).values_list("sha256", flat=True).first()
    if held is None:
        raise NotFound("image")
    if held != image.sha256:
        raise Conflict("picture_changed", f"“{image.path}” was changed by somebody else meanwhile. Look at it again.")

"""From a project's accepted masks to a job: the images, their stored embeddings, and the demo photos beside them."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from django.conf import settings
from django.db import IntegrityError
from django.utils.text import slugify

from annotator.inference import embeddings
from annotator.inference.models import ModelVersion
from annotator.inference.packages import folder_of as package_folder
from annotator.lib import storage
from annotator.projects.models import Image, Project
from annotator.runs.runner import RunFailed
from annotator.tuning import fixed, masks
from annotator.tuning.job import Job, Pictured
from annotator.tuning.models import Retraining
from annotator.tuning.parameters import Wanted
from export.rle import Rle
from sam_backend.rle import Rle as Plain

Tell = Callable[[float, str], None]
SHARE = 0.05
"""Of the whole run."""
NEEDED = ("torch", "onnx", "cv2")
INSTALL = "pip install 'maskwright[train]'"


def missing_packages() -> list[str]:
    """Return what training needs and this machine lacks."""
    return [name for name in NEEDED if find_spec(name) is None]


def require_packages() -> None:
    """Raise RunFailed where this worker cannot train."""
    if missing := missing_packages():
        raise RunFailed(
            f"Retraining needs {' and '.join(missing)}, which this worker lacks. Install with `{INSTALL}` there, then "
            "start it again."
        )


def gather(project: Project, version: ModelVersion, wanted: Wanted, tell: Tell) -> Job:
    """Return the job. An image without an embedding is encoded; one that cannot be is left out. Raises RunFailed."""
    material = masks.material(project)
    if not material.enough:
        raise RunFailed(material.sentence)
    images = list(masks.finished_images(project).order_by("-created", "id")[: masks.MOST_IMAGES])
    pictured: list[Pictured] = []
    left_out: list[str] = []
    names: set[str] = set()
    for number, image in enumerate(images):
        tell(SHARE * number / len(images), f"Looking at {number} of {len(images)} images")
        try:
            found = _pictured(project, image, version, names)
        except (OSError, ValueError, MemoryError, IntegrityError):
            left_out.append(image.path)
            continue
        if found is not None:
            pictured.append(found)
    _require_enough(pictured, left_out)
    return Job(
        package=str(package_folder(version)), examples=pictured, fixed=_fixed(version),
        options=_options(project, version, wanted), masks=sum(len(one.masks) for one in pictured), left_out=left_out,
    )  # fmt: skip


def _pictured(project: Project, image: Image, version: ModelVersion, names: set[str]) -> Pictured | None:
    """None: no mask on it counts. Raises what reading or encoding it raises."""
    rows = masks.accepted(project).filter(image=image).order_by("id").values_list("rle", flat=True)
    found = [_plain(Rle.from_json(data)) for data in rows]
    if not found:
        return None
    made = embeddings.ensure(image, version)
    if not storage.has_blob(made.sha256):
        raise FileNotFoundError(made.sha256)
    key = image.path if image.path not in names else f"{image.path} ({image.pk})"
    names.add(key)
    return Pictured(key, masks.group_of(str(image.pk), image.notes), found, blob=made.sha256)


def _plain(rle: Rle) -> Plain:
    return {"size": list(rle.size), "counts": rle.to_json()["counts"]}


def _require_enough(pictured: list[Pictured], left_out: list[str]) -> None:
    groups = {one.group for one in pictured}
    if sum(len(one.masks) for one in pictured) >= masks.MIN_MASKS and len(groups) >= masks.MIN_GROUPS:
        return
    if left_out:
        raise RunFailed(
            f"{len(left_out)} of the images have no embedding any more and could not be encoded again, “{left_out[0]}” "
            f"for one: too few are left to learn from. Their files, or the model's, are missing from the storage."
        )
    raise RunFailed("Too few masks are left to learn from. They were changed since this was started.")


def _fixed(version: ModelVersion) -> list[Pictured]:
    """The demo photos; none where they cannot be had, for forgetting is shown beside the gate and decides nothing."""
    try:
        files = fixed.embeddings(version)
    except (OSError, ValueError):
        return []
    return [
        Pictured(photo.name, photo.name, list(photo.masks), file=str(files[photo.name])) for photo in fixed.photos()
    ]


def _options(project: Project, version: ModelVersion, wanted: Wanted) -> dict[str, object]:
    number = Retraining.objects.filter(project=project).count() + 1
    base = version.version.partition("-")[0] or "1"
    return {
        "name": version.name, "version": f"{base}-{slugify(project.name)[:24] or 'project'}.{number}",
        "source": f"Accepted masks of the project {project.name}", "seconds": 60.0 * wanted.minutes,
        "threads": settings.ENCODER_THREADS,
    }  # fmt: skip

"""Runs "measure": what the data set looks like in numbers. Only objects that changed since are decoded; the rest is the
database's to count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any

import numpy as np
from django.db.models import Count, F, FloatField, QuerySet
from django.db.models.functions import Cast, Floor, Least
from django.utils import timezone

from annotator.annotations.models import Annotation
from annotator.datasets import buckets
from annotator.datasets.fingerprints import near_pairs, take_missing, unsigned
from annotator.datasets.groups import Union
from annotator.datasets.models import Figures, Fingerprint, Shape
from annotator.projects.models import Project
from annotator.projects.models.image import on_images_of
from annotator.runs.runner import Context, RunFailed, Runner
from export import Rle
from export.hull import centre, concavity

_CHUNK = 500
PAIRS = 100
"""How many pairs of labels are kept, the most frequent."""
OUTLIERS = 100
LEAST = 20
"""So many objects of a label, before one of them can stand out."""
FAR = 4.0
"""How many robust standard deviations of log size make an outlier."""


class MeasureRunner(Runner):
    """Take the numbers of a project anew. Again it gives the same."""

    kind = "measure"

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"images", "objects"}."""
        project = context.run.project
        if project is None:
            raise RunFailed("This run names no project.")
        take_shapes(project, lambda share: context.progress(0.6 * share, "Measuring masks"))
        take_missing(project, lambda share: context.progress(0.6 + 0.2 * share, "Comparing images"))
        take_clusters(project)
        context.progress(0.9, "Counting")
        report = report_of(project)
        values = {"report": report, "created_by": context.run.requested_by, "created": timezone.now()}
        Figures.objects.update_or_create(project=project, defaults=values)
        return {"images": report["images"]["count"], "objects": report["objects"]["count"]}


def objects_of(project: Project) -> QuerySet[Annotation]:
    """Return the live objects of a project."""
    return Annotation.objects.filter(on_images_of(project), deleted_at=None)


def take_shapes(project: Project, progress: Callable[[float], None] = lambda share: None) -> int:
    """Measure the objects whose masks were not measured as they are now. Returns how many."""
    lacking = objects_of(project).exclude(shape_row__revision=F("revision"))
    whole, done, last = lacking.count(), 0, None
    while True:
        rest = lacking.filter(pk__gt=last) if last else lacking
        rows = list(rest.order_by("pk").values_list("pk", "revision", "rle")[:_CHUNK])
        if not rows:
            return done
        last, done = rows[-1][0], done + len(rows)
        Shape.objects.bulk_create(
            [_shape(*row) for row in rows], update_conflicts=True, unique_fields=["annotation"],
            update_fields=["revision", "concavity", "x", "y"],
        )  # fmt: skip
        progress(min(1.0, done / max(whole, 1)))


def take_clusters(project: Project) -> None:
    """Note which images are near-duplicates of each other."""
    rows = list(Fingerprint.objects.filter(image__project=project).order_by("image").values_list("image", "bits"))
    union = Union(len(rows))
    for one, other in near_pairs(unsigned([bits for _, bits in rows])).tolist():
        union.join(one, other)
    sizes = Counter(union.root(place) for place in range(len(rows)))
    wanted = {key: rows[root][0] for place, (key, _) in enumerate(rows) if sizes[root := union.root(place)] > 1}
    before = dict(Fingerprint.objects.filter(image__project=project).values_list("image", "cluster"))
    changed = [Fingerprint(image_id=key, cluster=wanted.get(key)) for key in before if before[key] != wanted.get(key)]
    Fingerprint.objects.bulk_update(changed, ["cluster"], batch_size=_CHUNK)


def report_of(project: Project) -> dict[str, Any]:
    """Count everything that the page shows."""
    rows = objects_of(project)
    return {
        "images": _images(project, rows),
        "objects": {"count": rows.count(), "unlabelled": rows.filter(label=None).count()},
        "sizes": _classes(buckets.sized(rows), buckets.SIZES, "size"),
        "concavities": _classes(rows, buckets.CONCAVITIES, "shape_row__concavity"),
        "coco_sizes": _coco_sizes(rows),
        "labels": _labels(project, rows),
        "pairs": _pairs(project, rows),
        "centres": _centres(rows),
        "duplicates": _duplicates(project),
        "outliers": _outliers(project),
    }


def _shape(pk: Any, revision: int, stored: dict[str, Any]) -> Shape:
    height, width = stored["size"]
    mask = Rle((height, width), stored["counts"])
    x, y = centre(mask)
    return Shape(annotation_id=pk, revision=revision, concavity=concavity(mask), x=x / width, y=y / height)


def _images(project: Project, rows: QuerySet[Annotation]) -> dict[str, Any]:
    per_image = Counter(rows.order_by().values("image").annotate(n=Count("pk")).values_list("n", flat=True))
    count = project.images.count()
    per_image[0] = count - sum(per_image.values())
    classes = [
        {"from": lower, "until": upper, "count": sum(n for masks, n in per_image.items()
                                                      if masks >= lower and (upper is None or masks < upper))}
        for lower, upper in buckets.ends(buckets.PER_IMAGE)
    ]  # fmt: skip
    masks = sum(masks * n for masks, n in per_image.items())
    return {"count": count, "empty": per_image[0], "per_image": classes, "mean": masks / count if count else None}


def _classes(rows: QuerySet[Any], bounds: tuple[float, ...], name: str) -> list[dict[str, Any]]:
    ends = buckets.ends(bounds)
    asked = {f"class{at}": Count("pk", filter=buckets.between(*pair, name)) for at, pair in enumerate(ends)}
    counts = rows.aggregate(**asked)
    return [{"from": lower, "until": upper, "count": counts[f"class{at}"]} for at, (lower, upper) in enumerate(ends)]


def _coco_sizes(rows: QuerySet[Annotation]) -> dict[str, int]:
    """COCO's own classes, by area in pixels."""
    small, large = 32**2, 96**2
    return dict(
        rows.aggregate(
            small=Count("pk", filter=buckets.between(0, small, "area")),
            medium=Count("pk", filter=buckets.between(small, large, "area")),
            large=Count("pk", filter=buckets.between(large, None, "area")),
        )
    )


def _labels(project: Project, rows: QuerySet[Annotation]) -> list[dict[str, Any]]:
    counted = rows.order_by().values("label").annotate(n=Count("pk"), images=Count("image", distinct=True))
    found = {row["label"]: (row["n"], row["images"]) for row in counted}
    labels = [(one.pk, one.name, one.color) for one in project.labels.all()] + [(None, "", "#888888")]
    return [
        {"label": str(key) if key else None, "name": name, "color": color, "objects": found[key][0],
         "images": found[key][1]}
        for key, name, color in labels if key in found
    ]  # fmt: skip


def _pairs(project: Project, rows: QuerySet[Annotation]) -> list[dict[str, Any]]:
    """Labels that stand on one image, the most frequent pairs first."""
    names = {one.pk: one.name for one in project.labels.all()}
    order = {key: at for at, key in enumerate(names)}
    seen = rows.exclude(label=None).order_by("image", "label").values_list("image", "label").distinct()
    counts: Counter[tuple[Any, Any]] = Counter()
    for _, group in groupby(seen.iterator(2000), itemgetter(0)):
        labels = sorted((label for _, label in group if label in order), key=order.__getitem__)
        counts.update(combinations(labels, 2))
    return [
        {"labels": [str(one), str(other)], "names": [names[one], names[other]], "images": n}
        for (one, other), n in counts.most_common(PAIRS)
    ]


def _centres(rows: QuerySet[Annotation]) -> list[list[int]]:
    """How many masks have their middle in each cell, row by row."""
    cells = [[0] * buckets.CELLS for _ in range(buckets.CELLS)]
    column, row = (_cell(f"shape_row__{axis}") for axis in ("x", "y"))
    counted = rows.exclude(shape_row=None).order_by().values(column=column, row=row).annotate(n=Count("pk"))
    for one in counted:
        cells[int(one["row"])][int(one["column"])] += one["n"]
    return cells


def _cell(name: str) -> Any:
    return Least(Floor(Cast(F(name), FloatField()) * buckets.CELLS), float(buckets.CELLS - 1))


def _duplicates(project: Project) -> dict[str, Any]:
    rows = Fingerprint.objects.filter(image__project=project, image__deleted_at=None).exclude(cluster=None)
    clusters = list(
        rows.values("cluster").annotate(n=Count("pk")).order_by("-n", "cluster").values_list("cluster", "n")
    )
    clusters = [(key, n) for key, n in clusters if n > 1]
    return {
        "groups": len(clusters), "images": sum(n for _, n in clusters),
        "largest": [{"cluster": str(key), "images": n} for key, n in clusters[:12]],
    }  # fmt: skip


def _outliers(project: Project) -> list[dict[str, Any]]:
    """Objects far larger or smaller than others of their label, the farthest first."""
    found: list[dict[str, Any]] = []
    for label in project.labels.all():
        found += _far(label.name, buckets.sized(objects_of(project).filter(label=label)))
    return sorted(found, key=lambda one: (-abs(one["deviations"]), one["object"]))[:OUTLIERS]


def _far(label: str, rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    """Of one label: by the median of log size and the median distance from it, which outliers do not move."""
    rows = rows.annotate(measured=F("size")).order_by("pk")
    logs = np.log(np.maximum(np.fromiter(rows.values_list("measured", flat=True).iterator(5000), np.float64), 1e-9))
    if len(logs) < LEAST:
        return
    median = float(np.median(logs))
    spread = 1.4826 * float(np.median(np.abs(logs - median)))
    if not spread:
        return
    ends = (float(np.exp(median - FAR * spread)), float(np.exp(median + FAR * spread)))
    far = [*rows.filter(size__lte=ends[0]).order_by("size", "pk")[:OUTLIERS],
           *rows.filter(size__gte=ends[1]).order_by("-size", "pk")[:OUTLIERS]]  # fmt: skip
    for one in far:
        deviations = (float(np.log(max(one.measured, 1e-9))) - median) / spread
        yield {
            "object": str(one.pk), "image": str(one.image_id), "label": label, "size": round(one.measured, 6),
            "usual": round(float(np.exp(median)), 6), "deviations": round(deviations, 2),
        }  # fmt: skip

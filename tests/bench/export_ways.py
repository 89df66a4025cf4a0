"""One project exported in two ways, each in a process of its own: `python -m tests.bench.export_ways WAY FOLDER [N]`
or `ours FOLDER FORMAT`.

`again` takes the archive of `ours` in again: a project of the same pictures, the dry run, the import. `page` asks for
the Export page of a project with 500 exports and for its list, and prints the milliseconds of both together.

`make` fills a database in FOLDER with N objects, 100 to a picture. `ours` is a whole export run: freeze, check,
write, read the file back and compare each mask with the database. `plain` is what a script does: read all rows, area
and box by pycocotools, `json.dump` into a zip; it freezes nothing, checks nothing and reads nothing back. Both print
seconds by the clock and of the processor (all threads), peak memory and the objects written; `ours` also what of both
went into reading back and comparing.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

PER_IMAGE, PER_BATCH = 100, 5000
WIDTH, HEIGHT = 1024, 768
SHAPES = 400
PROOF: dict[str, float] = {}


def make(count: int) -> int:
    """Fill the database with a project of `count` objects."""
    from django.core.management import call_command

    from annotator.accounts.models import User
    from annotator.annotations.models import Annotation
    from annotator.projects.models import Image, Label, Project

    call_command("migrate", verbosity=0)
    project = Project.objects.create(name="Bench")
    author = User.objects.create(username="bench")
    labels = [Label.objects.create(project=project, name=f"label {n}", color="#0072b2", order=n) for n in range(5)]
    masks, at = shapes(), 0
    images = [_image(Image, project, number, PER_IMAGE) for number in range((count + PER_IMAGE - 1) // PER_IMAGE)]
    Image.objects.bulk_create(images)
    while at < count:
        numbers = range(at, min(at + PER_BATCH, count))
        Annotation.objects.bulk_create(
            Annotation(
                image=images[n // PER_IMAGE], label=labels[n % 5], seq=n % PER_IMAGE, z_order=n % PER_IMAGE,
                author=author, prompts=[{"points": [{"x": 10.5, "y": 20.5, "label": 1}], "box": None}],
                **masks[n % SHAPES],
            )
            for n in numbers
        )  # fmt: skip
        at += PER_BATCH
    return count


def _image(kind: Any, project: Any, number: int, objects: int = 0) -> Any:
    sha256 = f"{number:064x}"
    return kind(
        project=project, name=f"photo {number}.jpg", sha256=sha256, source_sha256=sha256, thumb_sha256=sha256,
        media_type="image/jpeg", width=WIDTH, height=HEIGHT, bytes=1, source_format="JPEG",
        object_count=objects,
    )  # fmt: skip


def shapes() -> list[dict[str, Any]]:
    """Ragged ellipses of the sizes objects have, the same in each run."""
    from export import rle

    random = np.random.default_rng(7)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    found = []
    for _ in range(SHAPES):
        y, x, radius = random.uniform(0, HEIGHT), random.uniform(0, WIDTH), random.uniform(10, 120)
        ripple = 1 + 0.2 * np.sin(np.arctan2(rows - y, columns - x) * random.integers(3, 20))
        mask = rle.encode(np.hypot(rows - y, columns - x) < radius * ripple)
        found.append({"rle": mask.to_json(), "bbox": list(rle.bbox(mask)), "area": rle.area(mask)})
    return found


def ours(kind: str) -> int:
    """Run the export as a worker does, without the queue around it."""
    from annotator.datasets import proof, runner
    from annotator.projects.models import Project
    from annotator.runs.models import Run

    run = Run.objects.create(kind="export", project=Project.objects.get(name="Bench"), params={"format": kind})
    prove = proof.prove

    def timed(*arguments: Any) -> dict[str, Any]:
        began = time.perf_counter(), time.process_time()
        numbers = prove(*arguments)
        PROOF.update(proof_clock=time.perf_counter() - began[0], proof_seconds=time.process_time() - began[1])
        return numbers

    vars(runner)["prove"] = timed
    counts: dict[str, int] = runner.ExportRunner().run(_quiet(run))["counts"]
    return counts["annotations"]


def again() -> int:
    """Look at the archive that was written last and import it into another project; returns the objects made."""
    from annotator.accounts.choices import Role
    from annotator.accounts.models import User
    from annotator.datasets.models import Archive
    from annotator.imports.models import Import
    from annotator.imports.runner import CheckRunner, ImportRunner
    from annotator.projects.models import Image, Membership, Project
    from annotator.runs.models import Run

    archive, author = Archive.objects.latest("run__created"), User.objects.get()
    project = Project.objects.create(name="Again")
    Membership.objects.create(project=project, user=author, role=Role.OWNER)
    known = Image.objects.filter(project=archive.project).order_by("place").values_list("pk", flat=True)
    Image.objects.bulk_create(_image(Image, project, number) for number in range(len(known)))
    row = Import.objects.create(project=project, name="again.zip", source="upload", sha256=archive.sha256)
    for runner in (CheckRunner(), ImportRunner()):
        run = Run.objects.create(kind=runner.kind, project=project, subject=row.pk, requested_by=author)
        result = runner.run(_quiet(run))
        row.refresh_from_db()
        if runner.kind == CheckRunner.kind:
            choices = {label["name"]: label["choice"] for label in row.report["labels"]}
            row.options = {"as": "annotations", "labels": choices}
            row.save()
    made: int = result["made"]["annotation"]
    return made


def page() -> float:
    """Milliseconds of the Export page with 500 exports, and of the list it then asks for; the median of nine."""
    from statistics import median

    from django.test import Client

    from annotator.accounts.models import User
    from annotator.datasets.models import Archive, Snapshot
    from annotator.projects.models import Project
    from annotator.runs.models import Run

    author, project = User.objects.get_or_create(username="owner")[0], Project.objects.create(name="Many")
    project.memberships.create(user=author, role="owner")
    snapshot = Snapshot.objects.create(project=project, sha256="0" * 64, bytes=1, images=1, annotations=1)
    runs = [
        Run(kind="export", project=project, requested_by=author, state="succeeded", params={"format": "coco"})
        for _ in range(500)
    ]
    Run.objects.bulk_create(runs)
    Archive.objects.bulk_create(
        Archive(
            project=project, snapshot=snapshot, run=run, format="coco", name=f"{n}.zip", sha256=f"{n:064x}", bytes=n,
            report={},
        )
        for n, run in enumerate(runs)
    )  # fmt: skip
    client = Client(headers={"host": "localhost"})
    client.force_login(author)
    took = []
    for _ in range(9):
        began = time.perf_counter()
        for path in (f"/projects/{project.pk}/exports/", f"/api/v1/projects/{project.pk}/exports/"):
            answer = client.get(path)
            assert answer.status_code == 200, answer.content[:500]
        took.append(time.perf_counter() - began)
    return 1000 * median(took)


def _quiet(run: Any) -> Any:
    return SimpleNamespace(run=run, check=lambda: None, log=lambda line: None, progress=lambda share, message="": None)


def plain(folder: Path) -> int:
    """Write the same annotations in the way a script does."""
    from pycocotools import mask as coco

    from annotator.annotations.models import Annotation
    from annotator.projects.models import Image, Label

    images = {image.pk: number for number, image in enumerate(Image.objects.all(), start=1)}
    labels = {label.pk: number for number, label in enumerate(Label.objects.all(), start=1)}
    annotations = [
        {
            "id": number, "image_id": images[row.image_id], "category_id": labels[row.label_id],
            "segmentation": row.rle, "area": int(coco.area(row.rle)), "bbox": coco.toBbox(row.rle).tolist(),
            "iscrowd": 0,
        }
        for number, row in enumerate(Annotation.objects.order_by("image__place", "z_order"), start=1)
    ]  # fmt: skip
    document = {
        "images": [
            {"id": images[image.pk], "file_name": image.name, "width": image.width, "height": image.height}
            for image in Image.objects.all()
        ],
        "categories": [{"id": labels[label.pk], "name": label.name} for label in Label.objects.all()],
        "annotations": annotations,
    }
    with (
        zipfile.ZipFile(folder / "plain.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("instances.json", "w") as out,
    ):
        out.write(json.dumps(document).encode())
    return len(annotations)


def main(way: str, folder: str, what: str = "") -> None:
    """Print seconds by the clock and of the processor, peak memory in MB and objects as JSON."""
    place = Path(folder)
    os.environ |= {"MASKWRIGHT_VAR": folder, "DJANGO_SETTINGS_MODULE": "annotator.settings"}
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    ways: dict[str, Callable[[], float]] = {
        "make": lambda: make(int(what)), "ours": lambda: ours(what or "coco"), "plain": lambda: plain(place),
        "again": again, "page": page,
    }  # fmt: skip
    clock, began = time.perf_counter(), time.process_time()
    objects = ways[way]()
    took = {"clock": time.perf_counter() - clock, "seconds": time.process_time() - began}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(took | PROOF | {"peak_mb": peak, "objects": objects}))


if __name__ == "__main__":
    main(*sys.argv[1:])

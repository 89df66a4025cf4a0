"""Masks to learn from, finished retrainings, and a trainer that needs no PyTorch."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from annotator.annotations import services as annotating
from annotator.inference.models import ModelVersion
from annotator.lib import storage
from annotator.projects.choices import ImageState
from annotator.projects.models import Image
from annotator.tuning.job import Folder
from annotator.tuning.models import Retraining
from export import rle
from sam_backend.tuning import Change, Counts, TuneReport, Value
from tests.annotator.world import World, make_embedding, make_image

GONE = (-0.9, -1.4, -0.4)
"""Difference of clicks of a version that is better with confidence: mean, low, high."""


def masks_on(world: World, image: Image, count: int) -> None:
    """Make masks, each of its own size."""
    for number in range(count):
        bitmap = np.zeros((image.height, image.width), bool)
        bitmap[2 : 6 + number, 3 : 9 + number] = True
        annotating.create(image, world.bob, None, {"rle": rle.encode(bitmap).to_json(), "clicks": 3, "seconds": 4.5})


def learnable(world: World, images: int = 5, masks: int = 2, *, done: bool = True) -> list[Image]:
    """Give the project a model, and images with embeddings and masks."""
    world.project.model_version = world.model
    world.project.save()
    made = [make_image(world.project, f"{number}.png") for number in range(images)]
    for image in made:
        masks_on(world, image, masks)
        make_embedding(image, world.model)
    if done:
        world.project.images.filter(pk__in=[image.pk for image in made]).update(state=ImageState.DONE)
    return made


def report(clicks: tuple[float, float, float] = GONE, **values: Any) -> TuneReport:
    """What a trainer measured: by how many clicks to 0.85 the new version differs."""
    mean, low, high = clicks
    noc = Change(Value(4.0, 3.5, 4.5), Value(4 + mean, 3.4 + mean, 4.6 + mean), Value(mean, low, high))
    iou = Change(Value(0.7, 0.65, 0.75), Value(0.72, 0.68, 0.77), Value(0.02, -0.01, 0.05))
    better = high < 0
    sentence = "It needs fewer clicks." if better else "Nothing says that it needs fewer clicks."
    plain: dict[str, Any] = {
        "written": True, "sha256": "0" * 64, "parent": "1" * 64, "counts": Counts(6, 12, 2, 4, 2, 4, 2, 4, 6, 10),
        "steps": 10, "best_step": 10, "share": 1.0, "seconds": 2.0, "train_seconds": 1.0, "device": "cpu",
        "better": better, "sentence": sentence, "metrics": {"noc85": noc, "miou_1_top": iou},
        "forgetting": {"miou_1_top": iou},
    }  # fmt: skip
    return TuneReport(**plain | values)


def child_of(world: World, name: str = "tiny", version: str = "1-cats.1") -> ModelVersion:
    """A version with the encoder of the world's model."""
    data = f"decoder of {name} {version}".encode()
    values = {"family": "compact", "encoder_sha256": world.model.encoder_sha256, "sha256": storage.put_bytes(data)}
    return ModelVersion.objects.get_or_create(name=name, version=version, defaults=values)[0]


def retraining(world: World, verdict: str = "better", version: str = "1-cats.1") -> Retraining:
    """A finished one of the world's model, which its project uses."""
    world.project.model_version = world.model
    world.project.save()
    made = child_of(world, version=version)
    told = report() if verdict == "better" else report((-0.2, -0.8, 0.4))
    return Retraining.objects.create(
        project=world.project, parent=world.model, parent_name=str(world.model), version=made, version_name=str(made),
        verdict=verdict, report=told.to_json(), masks=16, images=8, created_by=world.alice,
    )  # fmt: skip


SCRIPT = """
import json, os, pathlib, sys, time
folder, plan = pathlib.Path(sys.argv[1]), json.loads(pathlib.Path(sys.argv[2]).read_text())
for line in plan["says"]:
    print(line, flush=True)
if plan["waits"]:
    pathlib.Path(plan["waits"]).touch()
    time.sleep(60)
if plan["package"]:
    pathlib.Path(plan["package"]).rename(folder / "out")
if plan["report"]:
    (folder / "report.json").write_text(json.dumps(plan["report"]))
if plan["wrong"]:
    sys.stderr.write(plan["wrong"])
sys.exit(plan["status"])
"""


class Trainer:
    """A process in place of the one that trains: says what it is told to, leaves a package and a report, ends."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.plan: dict[str, Any] = {
            "says": [], "waits": "", "package": "", "report": report().to_json(), "wrong": "", "status": 0,
        }  # fmt: skip
        self.started: list[Folder] = []

    def command(self, folder: Folder) -> list[str]:
        """Stand where `process.command` does."""
        self.started.append(folder)
        script, plan = self.home / "trainer.py", self.home / "plan.json"
        script.write_text(SCRIPT)
        plan.write_text(json.dumps(self.plan))
        return [sys.executable, "-I", "-S", str(script), str(folder.path), str(plan)]

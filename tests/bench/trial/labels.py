"""`python -m tests.bench.trial.labels --data FOLDER`: how often a proposed label is right, on masks that people drew.

Two thirds of a set's photos get their masks and labels through the API; the masks of the others become suggestions, and
the API says which label it proposes for them. So nothing but the proposal is measured: the masks are right.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from export import rle

if TYPE_CHECKING:
    from tests.bench.trial.server import Server

REPO = Path(__file__).resolve().parents[3]
SETS = ("coco-open", "clothing-ccp", "car-parts")
HELD_OUT = 3
"""Every third photo is asked about."""
SURE = 0.8


@dataclass(frozen=True)
class Labelled:
    """A photo with named masks."""

    path: Path
    masks: list[tuple[str, rle.Rle]]


@dataclass(frozen=True)
class Asked:
    """What is true of a mask, and what was proposed for it, if anything."""

    truth: str
    proposed: str | None
    probability: float


def main(arguments: list[str]) -> int:
    """Print a row per set."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.trial.labels", description=__doc__)
    data = os.environ.get("MASKWRIGHT_DATA", REPO.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=Path(data))
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--photos", type=int, default=75, help="of each set")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="maskwright-labels-") as var:
        os.environ |= {
            "MASKWRIGHT_VAR": var, "DJANGO_SETTINGS_MODULE": "annotator.settings",
            "DATABASE_URL": f"sqlite:///{var}/maskwright.sqlite3", "MASKWRIGHT_RUN_LEASE_SECONDS": "600",
        }  # fmt: skip
        import django

        django.setup()
        from tests.bench.trial.server import Server

        for name in options.sets:
            print(row(name, ask(Server.open(name), read(options.data / name, options.photos))), flush=True)
    return 0


def read(folder: Path, count: int) -> list[Labelled]:
    """Return photos, evenly over the set. Raises FileNotFoundError."""
    lines = (folder / "annotations.jsonl").read_text().splitlines()
    step = max(1.0, len(lines) / count)
    rows = [json.loads(lines[int(place * step)]) for place in range(min(count, len(lines)))]
    return [Labelled(folder / one["image"], _named(one)) for one in rows]


def _named(one: dict[str, Any]) -> list[tuple[str, rle.Rle]]:
    size = (one["height"], one["width"])
    return [(mask["label"], rle.Rle(size, mask["rle"]["counts"])) for mask in one["masks"] if mask.get("label")]


def ask(server: Server, photos: list[Labelled]) -> list[Asked]:
    """Teach two thirds, ask about the rest."""
    images = [server.send(photo.path.name, photo.path) for photo in photos]
    server.work_off()
    names = sorted({name for photo in photos for name, _ in photo.masks})
    labels = {name: server.api("post", f"projects/{server.project}/labels/", {"name": name})["id"] for name in names}
    pairs = list(zip(images, photos, strict=True))
    for place, (image, photo) in enumerate(pairs):
        if place % HELD_OUT:
            drawn = [_creation({"rle": mask.to_json(), "label": labels[name]}) for name, mask in photo.masks]
            server.api("post", f"images/{image}/annotations/bulk/", {"operations": drawn})
    called = {label: name for name, label in labels.items()}
    return [asked for image, photo in pairs[::HELD_OUT] for asked in _ask(server, image, photo, called)]


def _creation(data: dict[str, Any]) -> dict[str, Any]:
    return {"op": "create", "id": str(uuid.uuid4()), "key": str(uuid.uuid4()), "data": data}


def _ask(server: Server, image: str, photo: Labelled, called: dict[str, str]) -> list[Asked]:
    truth = server.suggest(image, photo.masks)
    rows = server.api("get", f"images/{image}/suggestions/")["results"]
    return [
        Asked(truth[row["id"]], called[found["label"]] if found else None, found["probability"] if found else 0.0)
        for row in rows
        for found in [row["proposal"]]
    ]


def row(name: str, asked: list[Asked]) -> str:
    """Return what came of a set in a line."""
    made = [one for one in asked if one.proposed is not None]
    sure = [one for one in made if one.probability >= SURE]
    commonest = Counter(one.truth for one in asked).most_common(1)[0][1]
    return (
        f"{name}: {len(asked)} masks, {_share(len(made), len(asked))} with a proposal, {_right(made)} of those right "
        f"(mean probability {sum(one.probability for one in made) / max(len(made), 1):.2f}); "
        f"probability from {SURE}: {len(sure)}, {_right(sure)} right; always the commonest label: "
        f"{_share(commonest, len(asked))}"
    )


def _right(some: list[Asked]) -> str:
    return _share(sum(one.truth == one.proposed for one in some), len(some))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.0f} %"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m sam_backend tune PACKAGE DATA_DIR... --out FOLDER`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sam_backend.predictor import Predictor
    from sam_backend.tuning.records import Example, TuneProgress

MASKS_PER_IMAGE = 10


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers `tune` with the package's command line."""
    parser = commands.add_parser("tune", help="train a package's decoder on drawn masks, and measure what came of it")
    parser.add_argument("package", type=Path, help="model package folder, or 'compact' for the shipped one")
    parser.add_argument("data", nargs="+", type=Path, help="data folders (annotations.jsonl) or COCO .json files")
    parser.add_argument("--out", type=Path, required=True, help="folder of the new package; must be empty or not exist")
    parser.add_argument("--fixed", nargs="+", type=Path, default=[], help="data on which forgetting is measured")
    parser.add_argument("--masks", type=int, help="learn from so many masks at most, held-out ones among them")
    parser.add_argument(
        "--masks-per-image", type=int, default=MASKS_PER_IMAGE, help=f"default: {MASKS_PER_IMAGE} (drawn by area)"
    )
    parser.add_argument("--name", default="", help="the new package's name (default: the parent's)")
    parser.add_argument("--version", default="", help='default: the parent\'s with "-tuned"')
    parser.add_argument("--steps", type=int, help="default: by the number of masks")
    parser.add_argument("--seconds", type=float, help="most seconds of training; measuring comes on top")
    parser.add_argument("--rate", type=float, help="learning rate at its highest")
    parser.add_argument("--clicks", type=int, default=20, help="most clicks per mask in measuring, 5 to 20")
    parser.add_argument("--measured", type=int, default=100, help="most masks measured on each side")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="auto", help="cpu, cuda or auto")
    parser.add_argument("--state", type=Path, help="folder from which a killed run goes on; the same command again")
    parser.add_argument("--json", type=Path, help="write the report here")
    parser.set_defaults(run=_tune)


def _tune(arguments: argparse.Namespace) -> int:
    from sam_backend.package import compact_package_path, load_package
    from sam_backend.predictor import Predictor
    from sam_backend.tuning.records import TuneOptions
    from sam_backend.tuning.run import tune

    path = compact_package_path() if str(arguments.package) == "compact" else arguments.package
    package = load_package(path)
    predictor = Predictor(package, threads=arguments.threads)
    options = TuneOptions(
        name=arguments.name, version=arguments.version, source=", ".join(source.name for source in arguments.data),
        steps=arguments.steps, seconds=arguments.seconds, seed=arguments.seed, clicks=arguments.clicks,
        most_measured=arguments.measured, threads=arguments.threads, device=arguments.device,
        learning_rate=arguments.rate or TuneOptions.learning_rate,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="tune-") as scratch:
        folder = Path(scratch)
        examples = _encoded(predictor, arguments.data, folder, arguments.masks_per_image, arguments.masks)
        fixed = _encoded(predictor, arguments.fixed, folder, arguments.masks_per_image, options.most_measured)
        report = tune(
            package, examples, arguments.out, options=options, fixed=fixed, progress=_show, state=arguments.state
        )
    print(file=sys.stderr)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(report.to_json(), indent=1))
    print(report.sentence)
    print(f"Wrote {arguments.out}." if report.written else "No package was written.")
    return 0


def _encoded(predictor: Predictor, sources: Sequence[Path], folder: Path, each: int, most: int | None) -> list[Example]:
    """Encodes the images of data folders into files, until there are `most` masks."""
    from sam_backend.data.records import load_pixels
    from sam_backend.tuning.drawing import as_example, drawn_records

    records = drawn_records(sources, each, most)
    found = []
    for done, (record, chosen) in enumerate(records, 1):
        blob = folder / f"{len(list(folder.iterdir()))}.embedding"
        blob.write_bytes(predictor.encode(load_pixels(record)).to_bytes())
        found.append(as_example(record, chosen, blob))
        print(f"\rencode {done}/{len(records)}", end="", file=sys.stderr, flush=True)
    return found


def _show(told: TuneProgress) -> None:
    loss = "" if told.loss is None else f"  loss {told.loss:.3f}"
    left = "" if told.seconds_left is None else f"  {told.seconds_left / 60:.1f} min left"
    print(f"\r\x1b[K{told.phase} {told.done}/{told.total}{loss}{left}", end="", file=sys.stderr, flush=True)

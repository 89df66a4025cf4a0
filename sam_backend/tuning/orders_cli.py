"""`python -m sam_backend orders PACKAGE DATA_DIR... --folder FOLDER`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ORDERS = ("unsure", "unlike", "both")

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sam_backend.choosing import Order
    from sam_backend.data.records import Record
    from sam_backend.predictor import Predictor
    from sam_backend.tuning.records import Example


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers `orders` with the package's command line."""
    parser = commands.add_parser("orders", help="measure whether choosing what to label next saves clicks")
    parser.add_argument("package", type=Path, help="model package folder, or 'compact' for the shipped one")
    parser.add_argument("data", nargs="+", type=Path, help="data folders (annotations.jsonl) or COCO .json files")
    parser.add_argument("--folder", type=Path, required=True, help="where work is kept, to go on from")
    parser.add_argument("--masks", type=int, default=40, help="learnt from, by each order")
    parser.add_argument("--masks-per-image", type=int, default=8)
    parser.add_argument("--pool", type=int, default=40, help="pictures to choose from, drawn anew for every seed")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tested", type=int, default=12, help="pictures of each set on which clicks are counted")
    parser.add_argument("--measured", type=int, default=24, help="masks of each set on which clicks are counted")
    parser.add_argument("--steps", type=int, help="of training (default: by the number of masks)")
    parser.add_argument("--orders", nargs="+", choices=ORDERS, default=list(ORDERS), help="beside random")
    parser.add_argument("--clicks", type=int, default=10, help="most clicks per mask, 5 to 20")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path, required=True, help="where the result is written")
    parser.set_defaults(run=_orders)


def _orders(arguments: argparse.Namespace) -> int:
    import torch

    from sam_backend.data.records import read_records
    from sam_backend.package import compact_package_path, load_package
    from sam_backend.predictor import Predictor
    from sam_backend.tuning.orders import Ordered, Trial, compared
    from sam_backend.tuning.records import TuneOptions

    if min(arguments.masks, arguments.masks_per_image, arguments.pool, arguments.seeds, arguments.tested) < 1:
        raise ValueError("Masks, pictures and seeds must be at least 1 each.")
    if not 5 <= arguments.clicks <= 20:
        raise ValueError(f"--clicks must lie in 5..20, not {arguments.clicks}")
    torch.set_num_threads(arguments.threads)
    orders: list[Order] = ["random", *arguments.orders]
    package = load_package(compact_package_path() if str(arguments.package) == "compact" else arguments.package)
    trial = Trial(pool=arguments.pool, masks=arguments.masks, seeds=arguments.seeds)
    options = TuneOptions(
        clicks=arguments.clicks, most_measured=arguments.measured, threads=arguments.threads, steps=arguments.steps
    )  # fmt: skip
    predictor, sets = Predictor(package, threads=arguments.threads), {}
    for source in arguments.data:
        folder = arguments.folder / source.stem
        records = _drawn(
            read_records(source), arguments.tested + trial.seeds * (trial.pool + trial.labelled + trial.check)
        )
        examples = _encoded(predictor, records, folder / "embeddings", arguments.masks_per_image)
        tested, rest = examples[: arguments.tested], examples[arguments.tested :]
        sets[source.stem] = Ordered(package, rest, tested, trial, options, folder, _tell, orders).rows()
    result = {"trial": vars(trial), "sets": sorted(sets), **compared(sets, orders)}
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(result, indent=1))
    sys.stdout.write(f"{json.dumps(result, indent=1)}\n")
    return 0


def _drawn(records: Sequence[Record], most: int) -> list[Record]:
    import numpy as np

    return [records[at] for at in np.random.default_rng(5).permutation(len(records))[:most]]


def _encoded(predictor: Predictor, records: Sequence[Record], folder: Path, each: int) -> list[Example]:
    from sam_backend.data.records import load_pixels
    from sam_backend.tuning.drawing import as_example, masks_in_order

    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for record in records:
        blob = folder / f"{record.path.name}.embedding"
        if not blob.exists():
            blob.write_bytes(predictor.encode(load_pixels(record)).to_bytes())
        found.append(as_example(record, masks_in_order(record)[:each], blob))
    return found


def _tell(what: str) -> None:
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()

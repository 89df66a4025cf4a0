"""`python -m sam_backend tune-masks PACKAGE DATA_DIR...`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers `tune-masks` with the package's command line."""
    parser = commands.add_parser("tune-masks", help="precision and recall of automatic masks, by their thresholds")
    parser.add_argument("package", type=Path, help="model package folder, or 'compact' for the shipped one")
    parser.add_argument("data", nargs="+", type=Path, help="data folders (annotations.jsonl) or COCO .json files")
    parser.add_argument("--preset", default="quick", help="where the other parameters come from")
    parser.add_argument("--limit", type=int, default=10, help="pictures per set")
    parser.add_argument("--points", type=int, help="points per side, in place of the preset's")
    parser.add_argument("--predicted-iou", type=float, nargs="+", default=[0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6])
    parser.add_argument("--stability", type=float, nargs="+", default=[0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="where every pair of thresholds is written")
    parser.set_defaults(run=_tune)


def _tune(arguments: argparse.Namespace) -> int:
    import numpy as np
    from pycocotools import mask as coco

    from sam_backend.amg import PredictorBackend, preset
    from sam_backend.amg.tune import quality, rate, tune
    from sam_backend.data.drawn import draw_records
    from sam_backend.data.records import load_pixels
    from sam_backend.package import compact_package_path, load_package
    from sam_backend.predictor import Predictor

    path = compact_package_path() if str(arguments.package) == "compact" else arguments.package
    backend = PredictorBackend(Predictor(load_package(path), threads=arguments.threads))
    changes = {} if arguments.points is None else {"points_per_side": arguments.points}
    now = preset(arguments.preset, **changes)
    low = preset(
        arguments.preset, **changes, predicted_iou=min(arguments.predicted_iou), stability=min(arguments.stability)
    )
    images = []
    records = draw_records(arguments.data, arguments.limit)
    for done, record in enumerate(records, 1):
        size = [record.height, record.width]
        drawn = [np.asarray(coco.decode({"size": size, "counts": text}), np.bool_) for text in record.counts]
        images.append(rate(backend, low, load_pixels(record), drawn, record.set))
        print(f"\r{done}/{len(records)} pictures", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    tried = tune(images, now, arguments.predicted_iou, arguments.stability)
    print("predicted IoU  stability  precision  recall     F1  masks per picture")
    for found in [quality(images, now), *tried[:10]]:
        print(
            f"{found.predicted_iou:13.2f} {found.stability:10.2f} {found.precision:10.3f} {found.recall:7.3f} "
            f"{found.f1:6.3f} {found.masks:10.1f}"
            + (
                "  (the preset)"
                if found.predicted_iou == now.predicted_iou and found.stability == now.stability
                else ""
            )
        )
    if arguments.json is not None:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        rows = [asdict(found) | {"f1": found.f1} for found in tried]
        arguments.json.write_text(json.dumps({"pictures": len(images), "thresholds": rows}, indent=1))
    return 0

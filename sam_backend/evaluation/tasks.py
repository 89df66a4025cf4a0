"""The paper's tasks by name, for the command line."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from sam_backend.predictor import Predictor

PAPER = {
    "point": "Kirillov et al. 2023, section 7.1, appendix D.1",
    "edges": "Kirillov et al. 2023, section 7.2, appendix D.2",
    "proposals": "Kirillov et al. 2023, section 7.3, appendix D.3",
    "instances": "Kirillov et al. 2023, section 7.4, appendix D.4",
}
FOR_CLICKS = ("baselines", "groups", "page", "sheet")
FOR_TASK = {"boxes": ("instances",), "points": ("proposals", "edges")}


def measure_task(arguments: argparse.Namespace) -> dict[str, Any]:
    """The task's summary, with "task" and "paper". Raises ValueError for what cannot be measured."""
    from sam_backend.package import compact_package_path, load_package

    _refuse_others(arguments)
    path = compact_package_path() if str(arguments.package) == "compact" else arguments.package
    predictor = Predictor(load_package(path), threads=arguments.threads)
    return {"task": arguments.task, "paper": PAPER[arguments.task]} | _measured(predictor, arguments)


def _refuse_others(arguments: argparse.Namespace) -> None:
    for name in FOR_CLICKS:
        if getattr(arguments, name):
            raise ValueError(f"--{name.replace('_', '-')} is of no use with --task {arguments.task}: leave one out.")
    for name, tasks in FOR_TASK.items():
        if getattr(arguments, name) is not None and arguments.task not in tasks:
            raise ValueError(f"--{name} is of no use with --task {arguments.task}, only with {' and '.join(tasks)}.")
    if arguments.masks < 1 or not 2 <= arguments.thresholds <= 99:
        raise ValueError("--masks must be at least 1, and --thresholds lie in 2..99.")
    names = [source.stem if source.suffix == ".json" else source.name for source in arguments.data]
    if len(set(names)) < len(names):
        raise ValueError(f"Each set needs a name of its own; received {', '.join(names)}.")


def _measured(predictor: Predictor, arguments: argparse.Namespace) -> dict[str, Any]:
    from sam_backend.data.drawn import draw_records
    from sam_backend.evaluation.paper.edges import measure_edges
    from sam_backend.evaluation.paper.ground import read_ground
    from sam_backend.evaluation.paper.instances import measure_instances
    from sam_backend.evaluation.paper.point import measure_point
    from sam_backend.evaluation.paper.proposals import measure_proposals

    sources: list[Path] = arguments.data
    if arguments.task == "point":
        records = draw_records(sources, arguments.limit, left_out=arguments.held_out)
        return measure_point(predictor, records, arguments.masks, _tell)
    grounds = [read_ground(source, arguments.limit, arguments.held_out) for source in sources]
    if arguments.task == "instances":
        return measure_instances(predictor, grounds, arguments.boxes, _tell)
    if arguments.task == "proposals":
        return measure_proposals(_generator(predictor, arguments), grounds, _tell)
    return measure_edges(_generator(predictor, arguments), grounds, arguments.thresholds, _tell)


def _generator(predictor: Predictor, arguments: argparse.Namespace) -> Any:
    from sam_backend.amg import AutomaticMasks, PredictorBackend
    from sam_backend.evaluation.paper import edges, proposals

    params = proposals.PARAMS if arguments.task == "proposals" else edges.PARAMS
    if arguments.points is not None:
        params = replace(params, points_per_side=arguments.points)
    return AutomaticMasks(PredictorBackend(predictor), params)


def _tell(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done}/{total} pictures")
    sys.stderr.flush()

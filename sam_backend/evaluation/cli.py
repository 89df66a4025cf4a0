"""`python -m sam_backend evaluate [--task TASK] PACKAGE DATA_DIR...`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

TASKS = ("point", "edges", "proposals", "instances")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers `evaluate` with the package's command line."""
    parser = commands.add_parser("evaluate", help="measure a model package on masks with ground truth")
    parser.add_argument("package", type=Path, help="model package folder, or 'compact' for the shipped one")
    parser.add_argument("data", nargs="+", type=Path, help="data folders (annotations.jsonl) or COCO .json files")
    parser.add_argument(
        "--task",
        choices=["clicks", *TASKS],
        default="clicks",
        help="what is measured: simulated clicks and boxes (the default), or a task of the SAM paper",
    )
    parser.add_argument("--boxes", type=Path, help="instances: a detector's boxes as a COCO results file")
    parser.add_argument("--points", type=int, help="proposals and edges: points per side (64 and 16, as the paper has)")
    parser.add_argument("--masks", type=int, default=5, help="point: most masks per picture, drawn")
    parser.add_argument("--thresholds", type=int, default=33, help="edges: strengths at which edges are cut, 2 to 99")
    parser.add_argument("--clicks", type=int, default=20, help="most clicks per mask, 5 to 20 (NoC's cap)")
    parser.add_argument("--baselines", action="store_true", help="measure the classical tools too")
    parser.add_argument("--limit", type=int, default=None, help="pictures per set")
    parser.add_argument(
        "--groups", default="", metavar="NAME", help="compare groups of masks: 'label', or the name of an attribute"
    )
    parser.add_argument("--held-out", type=float, default=None, help="only pictures left out by this hold_out share")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, required=True, help="where the result is written")
    parser.add_argument("--page", type=Path, help="write an HTML page of examples, best and worst first")
    parser.add_argument("--sheet", type=Path, help="write 24 examples drawn at random as one picture")
    parser.set_defaults(run=_evaluate)


def _evaluate(arguments: argparse.Namespace) -> int:
    return _measure_clicks(arguments) if arguments.task == "clicks" else _measure_task(arguments)


def _measure_clicks(arguments: argparse.Namespace) -> int:
    from sam_backend.data.drawn import draw_records, held_out
    from sam_backend.evaluation.examples import drawn_at_random, ranked_page, sheet_of
    from sam_backend.evaluation.groups import groups_table
    from sam_backend.evaluation.runner import evaluate
    from sam_backend.package import compact_package_path, load_package
    from sam_backend.predictor import Predictor

    if arguments.boxes or arguments.points is not None:
        given = "--boxes" if arguments.boxes else "--points"
        raise ValueError(
            f"{given} is of no use with simulated clicks: name the --task that it is for, or leave it out."
        )
    if not 5 <= arguments.clicks <= 20:
        raise ValueError(f"--clicks must lie in 5..20, not {arguments.clicks}")
    path = compact_package_path() if str(arguments.package) == "compact" else arguments.package
    records = draw_records(arguments.data, None if arguments.held_out else arguments.limit, group=arguments.groups)
    if arguments.held_out:
        records = [r for r in records if held_out(r.path.name, arguments.held_out)][: arguments.limit]
    predictor = Predictor(load_package(path), threads=arguments.threads)
    result = evaluate(
        predictor, records, clicks=arguments.clicks, baselines=arguments.baselines,
        keep_examples=bool(arguments.page or arguments.sheet),
        progress=lambda done, total: print(f"\r{done}/{total} pictures", end="", file=sys.stderr, flush=True),
    )  # fmt: skip
    print(file=sys.stderr)
    summary = result.summary()
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(summary, indent=1))
    if arguments.page:
        arguments.page.write_text(ranked_page(result.examples, f"{path.name}: one click", summary["overall"]))
    if arguments.sheet:
        sheet_of(drawn_at_random(result.examples)).save(arguments.sheet)
    if "groups" in summary:
        print(groups_table(summary["groups"]))
    print(json.dumps({"overall": summary["overall"], "baselines": summary["baselines"], "n": summary["n"]}, indent=1))
    return 0


def _measure_task(arguments: argparse.Namespace) -> int:
    from sam_backend.evaluation.paper.summed import table
    from sam_backend.evaluation.tasks import measure_task

    summary = measure_task(arguments)
    print(file=sys.stderr)
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(summary, indent=1))
    print(table(summary))
    for name, tool in summary.get("baselines", {}).items():
        print(f"\n{name}\n{table(tool)}")
    print(f"\n{summary['n']} masks of {summary['images']} pictures; {summary['paper']}.")
    return 0

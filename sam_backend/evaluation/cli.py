"""`python -m sam_backend evaluate PACKAGE DATA_DIR...`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers `evaluate` with the package's command line."""
    parser = commands.add_parser("evaluate", help="measure a model package on masks with ground truth")
    parser.add_argument("package", type=Path, help="model package folder, or 'compact' for the shipped one")
    parser.add_argument("data", nargs="+", type=Path, help="data folders (annotations.jsonl) or COCO .json files")
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
    from sam_backend.data.pack import held_out
    from sam_backend.evaluation.examples import drawn_at_random, ranked_page, sheet_of
    from sam_backend.evaluation.groups import groups_table
    from sam_backend.evaluation.runner import evaluate
    from sam_backend.evaluation.samples import draw_records
    from sam_backend.package import compact_package_path, load_package
    from sam_backend.predictor import Predictor

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

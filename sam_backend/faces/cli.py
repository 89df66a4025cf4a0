"""`python -m sam_backend faces DATA`: how well the face detector does on pictures whose faces were marked by eye."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers `faces` with the package's command line."""
    parser = commands.add_parser("faces", help="measure the face detector on pictures whose faces were marked by eye")
    parser.add_argument("data", type=Path, help="folder with the sets' folders, each with its images/")
    parser.add_argument("--marks", type=Path, help="other marks: JSON, SET/NAME to boxes [x, y, width, height]")
    parser.add_argument("--json", type=Path, help="where the result is written")
    parser.set_defaults(run=_measure)


def _measure(arguments: argparse.Namespace) -> int:
    from sam_backend.faces.measure import marked_pictures, measure

    marks = json.loads(arguments.marks.read_text()) if arguments.marks else marked_pictures()
    found = measure(
        marks, arguments.data, lambda done, of: print(f"\r{done}/{of} pictures", end="", file=sys.stderr, flush=True)
    )
    print(file=sys.stderr)
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1))
    print(f"{found['faces']} faces on {found['pictures']} pictures, {found['seconds_per_picture']} s a picture")
    for threshold, row in found["thresholds"].items():
        print(f"{threshold:>5}  recall {_told(row['recall'])}  precision {_told(row['precision'])}")
    return 0


def _told(values: list[float | None]) -> str:
    if values[0] is None:
        return "–"
    share, low, high = (f"{100 * (value or 0):.0f}" for value in values)
    return f"{share:>3} % ({low} to {high})"

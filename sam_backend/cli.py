"""The command line: `python -m sam_backend COMMAND`. Each command's module registers itself and loads lazily."""

from __future__ import annotations

import argparse
import importlib
import sys

COMMAND_MODULES = (
    "sam_backend.onnx.cli",
    "sam_backend.parity.cli",
    "sam_backend.bench.cli",
    "sam_backend.amg.cli",
    "sam_backend.evaluation.cli",
    "sam_backend.faces.cli",
    "sam_backend.training.cli",
    "sam_backend.tuning.cli",
    "sam_backend.tuning.orders_cli",
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; a declared failure is a sentence on stderr and exit code 2."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        return code
    except ValueError as error:
        print(f"sam_backend: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        print(f"sam_backend: this command needs {error.name}, which is not installed.", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sam_backend", description="Segment Anything models and packages.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in COMMAND_MODULES:
        importlib.import_module(module).add_commands(commands)
    return parser

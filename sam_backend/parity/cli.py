"""`python -m sam_backend parity DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers `parity` with the package's command line."""
    parser = commands.add_parser("parity", help="compare with the official SAM's outputs; exit 1 if they differ")
    parser.add_argument("folder", type=Path, help="folder with <variant>.keys.json and <variant>.npz")
    parser.add_argument("--variant", action="append", help="only this variant (may be repeated)")
    parser.add_argument("--no-onnx", action="store_true", help="compare torch only, export nothing")
    parser.add_argument("--keys-only", action="store_true", help="compare checkpoint names and shapes only")
    parser.set_defaults(run=_parity)


def _parity(arguments: argparse.Namespace) -> int:
    from sam_backend.parity.check import available, check_keys, check_outputs

    listed, stored = available(arguments.folder)
    wanted = arguments.variant or listed
    comparisons = [check_keys(arguments.folder, name) for name in wanted]
    for comparison in comparisons:
        print(comparison)
    for name in [] if arguments.keys_only else [name for name in stored if name in wanted]:
        for comparison in check_outputs(arguments.folder, name, onnx=not arguments.no_onnx):
            print(comparison, flush=True)
            comparisons.append(comparison)
    failed = sum(not comparison.ok for comparison in comparisons)
    print(f"{len(comparisons)} comparisons, {failed} out of tolerance.")
    return 1 if failed else 0

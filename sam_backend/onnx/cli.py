"""`python -m sam_backend export CHECKPOINT OUT_DIR`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers `export` with the package's command line."""
    parser = commands.add_parser("export", help="convert a SAM checkpoint to a model package")
    parser.add_argument(
        "checkpoint", type=Path, help=".pth, .pt or .safetensors; or a folder with SAM 3 as transformers saves it"
    )
    parser.add_argument(
        "folder", type=Path, help="where the package is written; must be empty or not exist. NAME.zip makes one file"
    )
    parser.add_argument(
        "--family", help="vit_b, mobile_sam, sam2.1_tiny and the like; found from the weights by default"
    )
    parser.add_argument("--name", help="the package's name (default: the checkpoint's file name)")
    parser.add_argument("--version", default="1")
    parser.add_argument("--licence", default="unknown", help="SPDX name of the weights' licence")
    parser.add_argument("--notice", default="", help="a sentence shown beside the model")
    parser.add_argument("--trained-on", action="append", default=[], help="a data set; may be given several times")
    parser.add_argument("--weights", action="store_true", help="add weights.safetensors, for training and GPU workers")
    parser.add_argument("--no-verify", action="store_true", help="skip the comparison with torch")
    parser.set_defaults(run=_export)
    zipped = commands.add_parser("zip", help="write a model package as one file, which a server can add")
    zipped.add_argument("folder", type=Path)
    zipped.add_argument("file", type=Path, help="NAME.zip")
    zipped.set_defaults(run=_zip)
    pull = commands.add_parser("pull", help="fetch an official checkpoint into a folder")
    pull.add_argument("name", help="mobile_sam, vit_b, sam2.1_tiny and the like; another name lists them")
    pull.add_argument("folder", type=Path)
    pull.set_defaults(run=_pull)


def _pull(arguments: argparse.Namespace) -> int:
    from sam_backend.download import fetch
    from sam_backend.registry import find_checkpoint

    def show(done: int, total: int) -> None:
        print(f"\r{done / 2**20:.0f} of {total / 2**20:.0f} MiB", end="", file=sys.stderr, flush=True)

    path = fetch(find_checkpoint(arguments.name), arguments.folder, show)
    print(f"\n{path}")
    return 0


def _zip(arguments: argparse.Namespace) -> int:
    from sam_backend.archive import zip_package

    path = zip_package(arguments.folder, arguments.file)
    print(f"Wrote {path} ({path.stat().st_size / 2**20:.0f} MiB).")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    if arguments.folder.suffix.lower() != ".zip":
        _write_package(arguments, arguments.folder)
        total = sum(path.stat().st_size for path in arguments.folder.iterdir())
        print(f"Wrote {arguments.folder} ({total / 2**20:.0f} MiB).")
        return 0
    if arguments.folder.exists():  # said now, not after minutes of work
        raise ValueError(f"There is a file at {arguments.folder} already. Name another one, or remove it first.")
    arguments.folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.folder.parent) as scratch:
        package = Path(scratch) / arguments.folder.stem
        _write_package(arguments, package)
        return _zip(argparse.Namespace(folder=package, file=arguments.folder))


def _write_package(arguments: argparse.Namespace, target: Path) -> None:
    if arguments.checkpoint.is_dir():
        _write_word_package(arguments, target)
    else:
        _write_click_package(arguments, target)


def _write_word_package(arguments: argparse.Namespace, target: Path) -> None:
    from sam_backend.adopt import LICENCE, LICENCE_URL, WEIGHTS, About, adopt
    from sam_backend.sam3_names import why_no_clicks
    from sam_backend.tensor_names import names_in

    licence = LICENCE if arguments.licence == "unknown" else arguments.licence
    name, trained_on = arguments.name or arguments.checkpoint.resolve().name, tuple(arguments.trained_on)
    adopt(arguments.checkpoint, target, About(name, arguments.version, licence, arguments.notice, trained_on))
    print(f"{name} is asked in words. Its weights come under the {licence}: {LICENCE_URL}", flush=True)
    weights = arguments.checkpoint / WEIGHTS
    if not why_no_clicks(names_in(weights)):
        print(f"They can be clicked with as well: export {weights} to another folder for that.", flush=True)


def _write_click_package(arguments: argparse.Namespace, target: Path) -> None:
    from sam_backend.adopt import LICENCE, LICENCE_URL
    from sam_backend.checkpoints import load_model
    from sam_backend.onnx.export import WRITING_STEPS, PackageInfo, export_package
    from sam_backend.onnx.steps import PrintedSteps
    from sam_backend.onnx.verify import VERIFYING_STEPS, verify_package

    step = PrintedSteps(1 + WRITING_STEPS + (0 if arguments.no_verify else VERIFYING_STEPS))
    step(f"Reading {arguments.checkpoint.name}")
    model = load_model(arguments.checkpoint, arguments.family)
    name = arguments.name or arguments.checkpoint.stem
    trained_on = tuple(arguments.trained_on)
    licence = arguments.licence
    if model.config.family == "sam3":  # told where nobody said otherwise, and pointed to
        licence = LICENCE if licence == "unknown" else licence
        print(f"These weights come under the {licence}: {LICENCE_URL}", flush=True)
    info = PackageInfo(name, arguments.version, licence, arguments.notice, trained_on)
    print(f"Exporting {model.config.name} as {name} ...", flush=True)
    folder = export_package(model, target, info, weights=arguments.weights, step=step)
    for comparison in [] if arguments.no_verify else verify_package(model, folder, step=step):
        print(comparison)

"""`python -m sam_backend train CONFIG.toml`, `plot` and `pack`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers `train`, `plot` and `pack` with the package's command line."""
    train = commands.add_parser("train", help="train a promptable model, or resume its training")
    train.add_argument("config", type=Path, help="TOML file, see sam_backend/training/compact.toml")
    train.add_argument("--out", type=Path, default=None, help="output folder (default: var/train/NAME)")
    train.add_argument("--resume", action="store_true", help="continue from last.pt in the output folder")
    train.add_argument("--device", default="auto", help="cpu, cuda or auto")
    train.add_argument("--threads", type=int, default=0, help="CPU threads (default: all)")
    train.set_defaults(run=_train)
    plot = commands.add_parser("plot", help="draw a training run's metrics.jsonl as metrics.svg")
    plot.add_argument("folder", type=Path, help="output folder of the run")
    plot.set_defaults(run=_plot)
    pack = commands.add_parser("pack", help="pack pictures and masks into one training file")
    pack.add_argument("sources", nargs="+", type=Path)
    pack.add_argument("--out", type=Path, required=True)
    pack.add_argument("--size", type=int, default=384, help="longest side of the stored pictures, px")
    pack.set_defaults(run=_pack)


def _pack(arguments: argparse.Namespace) -> int:
    from sam_backend.training.pack import pack_records, write_pack
    from sam_backend.training.records import read_records

    arguments.out.parent.mkdir(parents=True, exist_ok=True)  # a place that cannot be written is refused before the work
    images = [image for source in arguments.sources for image in pack_records(read_records(source), arguments.size)]
    write_pack(images, arguments.out)
    masks = sum(len(image.counts) for image in images)
    size = arguments.out.stat().st_size / 1e6
    print(f"{arguments.out}: {len(images)} pictures, {masks} masks, {size:.1f} MB")
    return 0


def _plot(arguments: argparse.Namespace) -> int:
    from sam_backend.training.plot import write_plot

    print(write_plot(arguments.folder))
    return 0


def _train(arguments: argparse.Namespace) -> int:
    from sam_backend.training.compact_run import train_compact
    from sam_backend.training.config import load_config

    config = load_config(arguments.config)
    out = arguments.out or Path("var/train") / config.name
    try:
        train_compact(
            config, out, resume=arguments.resume, device=arguments.device, threads=arguments.threads,
            report=_say, progress=_show,
        )  # fmt: skip
    except (FloatingPointError, OSError) as error:
        raise ValueError(str(error)) from error
    return 0


def _say(line: str) -> None:
    print(f"\r\x1b[K{line}" if sys.stderr.isatty() else line, file=sys.stderr, flush=True)


def _show(line: str) -> None:
    """The progress bar: in place on a terminal, line by line in a log."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
    else:
        print(line, file=sys.stderr, flush=True)

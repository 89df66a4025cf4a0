"""`python -m sam_backend train CONFIG.toml`, `plot`, `average`, `ship` and `pack`."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sam_backend.training.config import TrainConfig
    from sam_backend.training.ship import Measuring


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers `train`, `plot`, `average`, `ship` and `pack` with the package's command line."""
    train = commands.add_parser("train", help="train a promptable model, or resume its training")
    train.add_argument("config", type=Path, help="TOML file, see sam_backend/training/README.md")
    train.add_argument("--out", type=Path, default=None, help="output folder (default: var/train/NAME)")
    train.add_argument("--resume", action="store_true", help="continue from last.pt in the output folder")
    train.add_argument(
        "--restart", type=Path, metavar="CHECKPOINT", help="begin with another run's weights and moments"
    )
    train.add_argument("--device", default="auto", help="cpu, cuda or auto")
    train.add_argument("--threads", type=int, default=0, help="CPU threads (default: all)")
    train.add_argument("--workers", type=int, default=0, help="processes that make batches ahead (for a GPU)")
    train.add_argument("--minutes-of-training", type=float, default=float("inf"), help="stop training after so long")
    train.add_argument("--package", type=Path, help="afterwards write, measure and describe a package in this folder")
    _add_measuring(train)
    train.set_defaults(run=_train)
    plot = commands.add_parser("plot", help="draw a training run's metrics.jsonl as metrics.svg")
    plot.add_argument("folder", type=Path, help="output folder of the run")
    plot.set_defaults(run=_plot)
    average = commands.add_parser("average", help="the mean of several runs' weights, or the weights of one checkpoint")
    average.add_argument("weights", nargs="+", type=Path, help="checkpoints (.pt) or weights (.safetensors)")
    average.add_argument("--out", type=Path, required=True, help=".safetensors file to write")
    average.add_argument("--config", type=Path, help="training file of checkpoints of another shape")
    average.add_argument("--without-quality", action="store_true", help="leave out the head that looks at the masks")
    average.set_defaults(run=_average)
    ship = commands.add_parser("ship", help="turn trained weights into a package with measured numbers and a card")
    ship.add_argument("weights", type=Path, nargs="?", help="checkpoint (.pt) or weights; left out: measure OUT anew")
    ship.add_argument("--out", type=Path, required=True, help="folder of the package, e.g. sam_backend/compact")
    ship.add_argument("--config", type=Path, help="training file of the checkpoint")
    _add_measuring(ship)
    ship.set_defaults(run=_ship)
    pack = commands.add_parser("pack", help="pack pictures and masks into one training file")
    pack.add_argument("sources", nargs="+", type=Path)
    pack.add_argument("--out", type=Path, required=True)
    pack.add_argument("--size", type=int, default=384, help="longest side of the stored pictures, px")
    pack.add_argument("--webp", type=int, metavar="QUALITY", help="store WebP of this quality (1 to 100), not JPEG")
    pack.set_defaults(run=_pack)


def _pack(arguments: argparse.Namespace) -> int:
    from sam_backend.data.pack import pack_records, write_pack
    from sam_backend.data.records import read_records

    arguments.out.parent.mkdir(parents=True, exist_ok=True)  # a place that cannot be written is refused before the work
    if arguments.webp is not None and not 1 <= arguments.webp <= 100:
        raise ValueError(f"--webp must lie in 1..100, not {arguments.webp}")
    records = [record for source in arguments.sources for record in read_records(source)]
    images = pack_records(records, arguments.size, arguments.webp)
    try:
        write_pack(images, arguments.out)
    except OSError as error:
        raise ValueError(f"{arguments.out}: the pack could not be written ({error})") from error
    masks = sum(len(image.counts) for image in images)
    size = arguments.out.stat().st_size / 1e6
    print(f"{arguments.out}: {len(images)} pictures, {masks} masks, {size:.1f} MB")
    return 0


def _plot(arguments: argparse.Namespace) -> int:
    from sam_backend.training.plot import write_plot

    print(write_plot(arguments.folder))
    return 0


def _config_of(arguments: argparse.Namespace) -> TrainConfig | None:
    """The training file that belongs to given checkpoints, where one is named."""
    from sam_backend.training.config import load_config

    return load_config(arguments.config) if arguments.config else None


def _average(arguments: argparse.Namespace) -> int:
    from sam_backend.training.best import average, without_quality

    model = average(arguments.weights, _config_of(arguments))
    if arguments.without_quality:
        model = without_quality(model)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    model.save(arguments.out)
    print(arguments.out)
    return 0


def _train(arguments: argparse.Namespace) -> int:
    from sam_backend.training.compact_run import train_compact
    from sam_backend.training.config import load_config

    config = load_config(arguments.config)
    out = arguments.out or Path("var/train") / config.name
    try:
        train_compact(
            config, out, resume=arguments.resume, restart=arguments.restart, device=arguments.device,
            threads=arguments.threads, workers=arguments.workers, minutes=arguments.minutes_of_training,
            report=_say, progress=_show,
        )  # fmt: skip
        if arguments.package:
            from sam_backend.training.ship import ship

            best = out / "best.pt"
            weights = best if best.is_file() else out / "last.pt"
            ship(weights, arguments.package, config, _measuring(arguments), _changes(arguments), _show)
    except (FloatingPointError, OSError) as error:
        raise ValueError(str(error)) from error
    return 0


def _add_measuring(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what the package is measured on, and what its card says")
    group.add_argument("--dev", nargs="+", type=Path, default=[], help="sets (or packs) never trained on")
    group.add_argument("--held-out", nargs="+", type=Path, default=[], help="sets whose left-out pictures are measured")
    group.add_argument("--hold-out", type=float, default=0.05, help="the share that was left out (as in the config)")
    group.add_argument("--pictures", nargs="+", default=[], help="sets whose photos the card may show (default: all)")
    group.add_argument("--limit", type=int, help="pictures per set")
    group.add_argument("--measure-workers", type=int, default=1, help="processes that measure, one thread each")
    group.add_argument("--baselines", type=int, default=0, help="ask the classical tools too, on so many pictures")
    group.add_argument("--version", dest="package_version", help="version of the package")
    group.add_argument("--training", help="how it was trained, for the card: steps, photos, hours, hardware, seed")
    group.add_argument("--training-data", nargs="+", help="names of the sets it was trained on")
    group.add_argument("--licence", help="licence of the weights")
    group.add_argument("--notice", help="what people who choose the model must know; empty for nothing")
    group.add_argument("--note", default="", help="a sentence below the table of the card")


def _ship(arguments: argparse.Namespace) -> int:
    from sam_backend.training.ship import ship

    config = _config_of(arguments)
    package = ship(arguments.weights, arguments.out, config, _measuring(arguments), _changes(arguments), _show)
    _say(f"{package.path}: {package.manifest.version}, {package.sha256[:12]}")
    print((arguments.out / "MODEL_CARD.md").read_text(encoding="utf-8"))
    return 0


def _measuring(arguments: argparse.Namespace) -> Measuring:
    from sam_backend.training.ship import Measuring

    return Measuring(
        dev=tuple(arguments.dev), held_out=tuple(arguments.held_out), hold_out=arguments.hold_out,
        pictures=tuple(arguments.pictures), limit=arguments.limit,
        workers=arguments.measure_workers, baselines=arguments.baselines, note=arguments.note,
        command="python -m sam_backend " + shlex.join(sys.argv[1:]),
    )  # fmt: skip


def _changes(arguments: argparse.Namespace) -> dict[str, object]:
    """The facts that the command line gives; what it leaves out stays as it is."""
    given = {
        "version": arguments.package_version, "training": arguments.training, "licence": arguments.licence,
        "notice": arguments.notice, "training_data": arguments.training_data,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value is not None}


def _say(line: str) -> None:
    print(f"\r\x1b[K{line}" if sys.stderr.isatty() else line, file=sys.stderr, flush=True)


def _show(line: str) -> None:
    """The progress bar: in place on a terminal, line by line in a log."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
    else:
        print(line, file=sys.stderr, flush=True)

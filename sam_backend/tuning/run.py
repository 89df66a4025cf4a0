"""The whole of a tuning: read, train, export, measure."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sam_backend.package import ModelPackage, load_package
from sam_backend.tuning.errors import TuneCancelled, TuneError
from sam_backend.tuning.records import Example, TuneOptions, TuneProgress
from sam_backend.tuning.report import TuneReport
from sam_backend.tuning.split import split
from sam_backend.tuning.state import State, digest_of, kept_state

NEEDED = ("torch", "onnx", "cv2")
"""What tuning imports beyond a plain installation."""


def tune(
    parent: Path | ModelPackage,
    examples: Sequence[Example],
    out: Path,
    *,
    options: TuneOptions = TuneOptions(),  # noqa: B008
    fixed: Sequence[Example] = (),
    progress: Callable[[TuneProgress], None] = lambda told: None,
    cancelled: Callable[[], bool] = lambda: False,
    state: Path | None = None,
) -> TuneReport:
    """Trains the parent's decoder on accepted masks and measures what came of it.

    Args:
        parent: a package, or its folder.
        examples: images with accepted masks, in any order.
        out: folder of the new package; must not exist or be empty. It is there whole, or not at all (and not where
            the report says `written=False`).
        fixed: images outside of these, such as the demo's, on which forgetting is measured.
        progress: hears of every step; what it raises stops the work, and the state stays.
        cancelled: asked between steps.
        state: a folder (not a file) of its own, made where missing, in which a killed run left what it goes on from:
            call again with the same arguments. Removed with everything in it when `tune` returns, and when it raises
            TuneError or TuneCancelled. None: a killed run starts over.

    Returns:
        The report; `better` says whether to promote.

    Raises:
        TuneError: too few masks or images, embeddings that are missing or of another encoder, masks of another size
            than their image, weights that cannot be had, a loss that is not a number, PyTorch not installed.
        TuneCancelled: `cancelled` said so.
    """
    _check_options(options, out)
    began = time.monotonic()
    try:
        package = parent if isinstance(parent, ModelPackage) else load_package(parent)
    except ValueError as error:
        raise TuneError(str(error)) from error

    def tell(told: TuneProgress) -> None:
        if cancelled():
            raise TuneCancelled
        progress(told)

    with kept_state(state, digest_of(package, examples, fixed, options)) as kept:
        return _tune(package, examples, fixed, out, options, tell, kept, began)


def _tune(
    package: ModelPackage, examples: Sequence[Example], fixed: Sequence[Example], out: Path, options: TuneOptions,
    tell: Callable[[TuneProgress], None], state: State, began: float,
) -> TuneReport:  # fmt: skip
    # Here, for all of it needs PyTorch, which a server that only shows reports has not.
    from sam_backend.tuning.stages import Stages

    split(examples, options)  # what is too little is said before anything is read
    out.parent.mkdir(parents=True, exist_ok=True)
    for left in out.parent.glob(f".{out.name}-*"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        target = Path(scratch) / "package"
        target.mkdir()
        report = Stages(package, options, state, tell, began).run(examples, fixed, target)
        if report.written:
            if out.exists():
                out.rmdir()
            shutil.move(target, out)
    return report


def _check_options(options: TuneOptions, out: Path) -> None:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise TuneError(
            f"Tuning needs {', '.join(missing)}, which is not installed here. "
            "Install it with: pip install 'maskwright[train]'."
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise TuneError(f"{out} is not an empty folder. Name another one, or remove it first.")
    problems = {
        "held_out and check must lie between 0 and 1": not (0 < options.held_out < 1 and 0 < options.check < 1),
        "steps and seconds must be above 0": (options.steps is not None and options.steps < 1)
        or (options.seconds is not None and not options.seconds > 0),
        "learning_rate must be above 0": not options.learning_rate > 0,
        "clicks must lie in 5..20": not 5 <= options.clicks <= 20,
        "prompts, most_measured and threads must be at least 1": min(
            options.prompts, options.most_measured, options.threads
        ) < 1,
        'device must be "auto", "cpu" or "cuda"': options.device not in ("auto", "cpu", "cuda"),
    }  # fmt: skip
    if found := [text for text, wrong in problems.items() if wrong]:
        raise TuneError(f"The options do not make sense: {'; '.join(found)}.")

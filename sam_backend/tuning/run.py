"""The whole of a tuning: read, train, export, measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sam_backend.package import ModelPackage
from sam_backend.tuning.errors import TuneError
from sam_backend.tuning.records import Example, TuneOptions, TuneProgress
from sam_backend.tuning.report import TuneReport


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
    raise TuneError("This version cannot tune a model yet.")

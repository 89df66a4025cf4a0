"""The verdict as a sentence for the person who decides."""

from __future__ import annotations

from collections.abc import Mapping

from sam_backend.tuning.gate import is_better
from sam_backend.tuning.report import Change, Counts, worse

NAMES = {
    "miou_1_top": "the IoU after one click",
    "miou_3": "the IoU after three clicks",
    "miou_5": "the IoU after five clicks",
    "miou_box": "the IoU from a box",
    "noc85": "the clicks to IoU 0.85",
    "noc90": "the clicks to IoU 0.90",
}
NOTHING = (
    "Nothing was gained: on the images that choose the weights no trained weights were ahead of the model as it is, so "
    "it stays. More masks, or masks of what it does badly, may help."
)


def sentence(changed: Mapping[str, Change], forgotten: Mapping[str, Change], counts: Counts) -> str:
    """What the numbers say, forgetting beside it."""
    where = f"{counts.measured_masks} masks of {counts.measured_images} held-out images"
    clicks = changed["noc85"]
    interval = f"95 % interval of the difference {clicks.difference.low:+.1f} to {clicks.difference.high:+.1f}"
    means = f"{clicks.new.mean:.1f} clicks to IoU 0.85 instead of {clicks.old.mean:.1f} ({interval}), on {where}"
    if is_better(changed):
        said = f"Better: {means}."
    elif lost := worse(changed):
        said = f"Not better: worse with confidence at {_listed(lost)}; {means}."
    else:
        said = f"Not shown to be better: {means}. More masks, or more held-out images, would tell."
    return f"{said}{_forgotten(forgotten)}"


def _forgotten(forgotten: Mapping[str, Change]) -> str:
    if not forgotten:
        return ""
    lost, clicks = worse(forgotten), forgotten["noc85"]
    means = f"{clicks.new.mean:.1f} clicks instead of {clicks.old.mean:.1f}"
    if lost:
        return f" On the fixed images it has lost at {_listed(lost)} ({means})."
    return f" On the fixed images nothing was lost with confidence ({means})."


def _listed(names: list[str]) -> str:
    words = [NAMES[name] for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

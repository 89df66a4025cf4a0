"""The card of a tuned model: what it comes from, what it has learnt from, and both models' numbers."""

from __future__ import annotations

from collections.abc import Mapping

from sam_backend.manifest import Manifest
from sam_backend.package import ModelPackage
from sam_backend.tuning.report import Change, TuneReport, Value

CARD, PARENT_CARD = "MODEL_CARD.md", "PARENT_MODEL_CARD.md"
ROWS = {
    "miou_1_top": "IoU, 1 click",
    "miou_3": "IoU, 3 clicks",
    "miou_5": "IoU, 5 clicks",
    "miou_box": "IoU, box",
    "noc85": "clicks to IoU 0.85",
    "noc90": "clicks to IoU 0.90",
}


def write_card(manifest: Manifest, parent: ModelPackage, report: TuneReport, source: str, clicks: int) -> str:
    """Markdown."""
    counts = report.counts
    parts = [
        f"# {manifest.name}, version {manifest.version}",
        f"The decoder of “{parent.manifest.name}”, version {parent.manifest.version} (`{parent.sha256}`), trained "
        f"further on accepted masks: {source}. The encoder is the parent's, byte for byte, so every stored embedding "
        f"stays valid.",
        f"- Learnt from {counts.train_masks} masks on {counts.train_images} images, {report.steps} steps on "
        f"{report.device}, {report.train_seconds:.0f} seconds.\n"
        f"- The weights of step {report.best_step} were taken, {report.share:.0%} of the way from the parent's: the "
        f"best on {counts.check_masks} masks of {counts.check_images} other images.\n"
        f"- Licence: {manifest.licence}." + (f" {manifest.notice}" if manifest.notice else ""),
        "## Measured",
        report.sentence,
        f"{counts.measured_masks} masks of {counts.measured_images} images that were neither learnt from nor used to "
        f"choose the weights; 95 % intervals by image; a threshold never reached counts as {clicks} clicks.",
        change_table(report.metrics),
    ]
    if report.forgetting:
        parts += [
            "## Forgetting",
            f"{counts.fixed_masks} masks of {counts.fixed_images} images outside of these.",
            change_table(report.forgetting),
        ]
    if (parent.path / CARD).is_file():
        parts.append(f"What the parent was trained on and where it fails: `{PARENT_CARD}`.")
    return "\n\n".join(parts) + "\n"


def change_table(changed: Mapping[str, Change]) -> str:
    """Markdown: a row per metric."""
    lines = ["| | parent | this model | difference |", "|---|---|---|---|"]
    for name, title in ROWS.items():
        change, digits = changed[name], 1 if name.startswith("noc") else 3
        lines.append(
            f"| {title} | {_value(change.old, digits)} | {_value(change.new, digits)} | "
            f"{_value(change.difference, digits, '+')} |"
        )
    return "\n".join(lines)


def _value(value: Value, digits: int, sign: str = "") -> str:
    numbers = (round(number, digits) + 0.0 for number in (value.mean, value.low, value.high))  # + 0.0: no minus zero
    mean, low, high = (f"{number:{sign}.{digits}f}" for number in numbers)
    return f"{mean} ({low} to {high})"

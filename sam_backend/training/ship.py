"""From a training run to a package that can be given away: graphs, measured numbers, images and the model card."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sam_backend.data.drawn import draw_records
from sam_backend.data.records import Record
from sam_backend.data.unpack import unpack
from sam_backend.evaluation.card import (
    SHEET_BYTES,
    baselines_table,
    leads_table,
    metrics_table,
    replace_part,
    sets_table,
    sizes_table,
    small_jpeg,
)
from sam_backend.evaluation.examples import Example, drawn_at_random, sheet_of, worst_of
from sam_backend.evaluation.parallel import evaluate_package
from sam_backend.evaluation.scores import Evaluation
from sam_backend.manifest import Manifest
from sam_backend.package import ModelPackage, compact_package_path, load_package, write_manifest
from sam_backend.training.config import TrainConfig
from sam_backend.training.credits import credits_of

FACTS = "facts.json"
CARD = "MODEL_CARD.md"
WEIGHTS = "weights.safetensors"
ANSWERS, FAILURES = "answers.jpg", "failures.jpg"
PACKAGE_BYTES = 40_000_000
"""The most a shipped package may hold."""
TEXT_BYTES = 40_000
"""Kept free for card, facts and manifest."""
LEAST_IMAGE_BYTES = 50_000
"""Images take what is left, so that a package never grows over its limit; with less they could not be looked at."""


@dataclass(frozen=True)
class Measuring:
    """What a package is measured on.

    Attributes:
        dev: sets that were never trained on.
        held_out: sets of which only the images left out of training (by name, `hold_out` of them) are measured.
        images: names of the sets whose photos may be shown in the card; empty = all.
        limit: images per set.
        baselines: images on which the classical tools are asked too.
        note: what a reader must know about the held-out images.
    """

    dev: tuple[Path, ...]
    held_out: tuple[Path, ...] = ()
    hold_out: float = 0.05
    pictures: tuple[str, ...] = ()
    limit: int | None = None
    workers: int = 1
    baselines: int = 0
    note: str = ""
    command: str = ""


def ship(
    weights: Path | None,
    folder: Path,
    config: TrainConfig | None,
    wanted: Measuring,
    changes: dict[str, Any],
    report: Callable[[str], None],
) -> ModelPackage:
    """Builds the package of trained weights in `folder` and measures it. Everything is made beside `folder` and takes
    its place only when it is complete, so a package that is in use is never half old and half new.

    Args:
        weights: checkpoint (`.pt`, its averaged weights) or `.safetensors`; None = measure what is there anew.
        config: the training file of a checkpoint.
        changes: facts that differ from those there were: version, training, training_data, licence, notice.

    Raises:
        ValueError: see `load_trained` and `measure_package`; then nothing has changed.
    """
    scratch = folder.with_name(folder.name + ".new")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        if weights is None:
            shutil.copytree(folder, scratch, dirs_exist_ok=True)
        else:
            report("building the graphs")
            _build(weights, config, folder, scratch)
        facts = read_facts(scratch) | changes | _described(scratch)
        (scratch / FACTS).write_text(json.dumps(facts), encoding="utf-8")
        measure_package(scratch, wanted, report)
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(scratch.iterdir(), key=lambda path: path.name == "manifest.json"):
            file.replace(folder / file.name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return load_package(folder)


def _described(folder: Path) -> dict[str, Any]:
    """The architecture in words, as the weights tell it."""
    if not (folder / WEIGHTS).is_file():
        return {}
    from sam_backend.training.describe import architecture

    return {"architecture": architecture(folder / WEIGHTS)}


def _build(weights: Path, config: TrainConfig | None, folder: Path, scratch: Path) -> None:
    from sam_backend.onnx.compact.export import build_package
    from sam_backend.training.best import load_trained

    for name in (FACTS, CARD):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, scratch / name)
    model = load_trained(weights, config)
    with tempfile.TemporaryDirectory() as temporary:
        plain = Path(temporary) / "weights.safetensors"
        model.save(plain)
        build_package(plain, scratch)


def measure_package(folder: Path, wanted: Measuring, report: Callable[[str], None]) -> ModelPackage:
    """Measures the package in `folder` and writes numbers, images, card and manifest anew.

    Raises:
        ValueError: no set to measure on, a card without its generated parts, or a package over 40 MB.
    """
    with tempfile.TemporaryDirectory() as temporary:
        return _measure(folder, unpacked(wanted, Path(temporary)), report)


def unpacked(wanted: Measuring, folder: Path) -> Measuring:
    """The same with data folders in place of packs (`.safetensors`), unpacked into `folder`."""

    def folders(sources: Sequence[Path], name: str) -> tuple[Path, ...]:
        return tuple(home for source in sources for home in (
            unpack(source, folder / name) if source.suffix == ".safetensors" else [source]
        ))  # fmt: skip

    return replace(wanted, dev=folders(wanted.dev, "dev"), held_out=folders(wanted.held_out, "held_out"))


def _measure(folder: Path, wanted: Measuring, report: Callable[[str], None]) -> ModelPackage:
    dev = draw_records(wanted.dev, wanted.limit)
    own = _left_out(wanted)
    if not dev and not own:
        raise ValueError("there is nothing to measure on: name data folders with --dev or --held-out")
    _load_or_seal(folder)
    if _bytes_without_images(folder) + TEXT_BYTES + LEAST_IMAGE_BYTES > PACKAGE_BYTES:
        raise ValueError(f"{folder}: weights and graphs leave no room for the card in {PACKAGE_BYTES / 1e6:.0f} MB")
    found = {
        name: _measured(folder, records, wanted, report)
        for name, records in (("dev", dev), ("held_out", own)) if records
    }  # fmt: skip
    facts = read_facts(folder)
    facts["measured"] = {name: evaluation.summary() for name, evaluation in found.items()}
    facts["command"], facts["note"] = wanted.command, wanted.note
    shown = [e for evaluation in found.values() for e in evaluation.examples]
    facts["pictures"] = _draw_images(folder, _showable(shown, wanted), (*wanted.dev, *wanted.held_out))
    return write_facts(folder, facts)


def read_facts(folder: Path) -> dict[str, Any]:
    """The facts beside a package's card; those of the shipped one where it has none yet, less what was measured."""
    path = folder / FACTS
    facts: dict[str, Any] = json.loads((path if path.is_file() else compact_package_path() / FACTS).read_text())
    return facts


def write_facts(folder: Path, facts: dict[str, Any]) -> ModelPackage:
    """Writes the facts, the card's generated parts and the manifest of a package; see `measure_package`."""
    (folder / FACTS).write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    card = folder / CARD
    if not card.is_file():
        shutil.copyfile(compact_package_path() / CARD, card)
    text = card.read_text(encoding="utf-8")
    for name, part in card_parts(facts).items():
        text = replace_part(text, name, part)
    card.write_text(text, encoding="utf-8")
    manifest = _load_or_seal(folder).manifest
    measured = facts["measured"].get("dev") or facts["measured"]["held_out"]
    package = write_manifest(folder, replace(
        manifest, version=facts["version"], licence=facts["licence"], notice=facts["notice"],
        training_data=tuple(facts["training_data"]), metrics=measured["overall"],
    ))  # fmt: skip
    size = sum(file.bytes for file in package.manifest.files.values())
    if size > PACKAGE_BYTES:
        raise ValueError(f"{folder}: {size / 1e6:.1f} MB; a shipped package may hold {PACKAGE_BYTES / 1e6:.0f} MB")
    return package


def _load_or_seal(folder: Path) -> ModelPackage:
    """The package, also when its card or facts changed since its manifest was written."""
    try:
        return load_package(folder)
    except ValueError:
        manifest = Manifest.from_dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
        return write_manifest(folder, manifest)


def card_parts(facts: dict[str, Any]) -> dict[str, str]:
    """The generated parts of the card by name, made from the facts alone."""
    measured = facts["measured"]
    titles = {"dev": "dev sets, never trained on", "held_out": "held-out split of the other sets"}
    columns = {titles[name]: measured[name] for name in titles if name in measured}
    parts = [f"```\n{facts['command']}\n```", metrics_table(columns)]
    if facts.get("note"):
        parts.append(facts["note"])
    for name, title in titles.items():
        if name in measured:
            parts += [f"By set ({title}):", sets_table(measured[name])]
            if measured[name].get("sizes"):
                parts += [f"By size ({title}):", sizes_table(measured[name])]
            if measured[name].get("baselines"):
                parts += [f"Classical tools ({title}):", baselines_table(measured[name])]
                if measured[name].get("leads"):
                    parts.append(leads_table(measured[name]))
    shown = facts["pictures"]
    images = [
        f"24 answers to one click, drawn at random by seed from {shown['of']} (orange: the answer, white: the truth, "
        f"dot: the click):\n\n![24 answers drawn at random]({ANSWERS})",
        f"The worst of them:\n\n![The worst answers]({FAILURES})",
        "Photos: " + "; ".join(shown["credits"]) + ". Each overlay is under its photo's licence.",
    ]
    return {
        "architecture": facts["architecture"],
        "training": facts["training"],
        "measured": "\n\n".join(parts),
        "pictures": "\n\n".join(images),
    }


def _bytes_without_images(folder: Path) -> int:
    texts_and_images = {CARD, FACTS, ANSWERS, FAILURES, "manifest.json"}
    return sum(path.stat().st_size for path in folder.iterdir() if path.name not in texts_and_images)


def _left_out(wanted: Measuring) -> list[Record]:
    from sam_backend.data.drawn import held_out

    records = [r for r in draw_records(wanted.held_out, None) if held_out(r.path.name, wanted.hold_out)]
    taken: dict[str, int] = {}
    kept = []
    for record in records:
        taken[record.set] = taken.get(record.set, 0) + 1
        if wanted.limit is None or taken[record.set] <= wanted.limit:
            kept.append(record)
    return kept


def _measured(folder: Path, records: Sequence[Record], wanted: Measuring, report: Callable[[str], None]) -> Evaluation:
    return evaluate_package(
        folder, records, baselines=wanted.baselines, workers=wanted.workers,
        progress=lambda done, total: report(f"{done} of {total} pictures measured"),
    )  # fmt: skip


def _showable(examples: Sequence[Example], wanted: Measuring) -> list[Example]:
    return [e for e in examples if not wanted.pictures or e.caption.split(" ", 1)[0] in wanted.pictures]


def _draw_images(folder: Path, examples: list[Example], sources: Sequence[Path]) -> dict[str, Any]:
    if not examples:
        raise ValueError("none of the measured pictures may be shown in the card; measure more, or other --pictures")
    random, worst = drawn_at_random(examples), worst_of(examples)
    room = min(SHEET_BYTES, PACKAGE_BYTES - TEXT_BYTES - _bytes_without_images(folder))
    (folder / ANSWERS).write_bytes(small_jpeg(sheet_of(random), room * 7 // 10))
    (folder / FAILURES).write_bytes(small_jpeg(sheet_of(worst), room * 3 // 10))
    captions = list(dict.fromkeys(example.caption for example in (*random, *worst)))
    return {"of": f"{len(examples)} measured masks", "credits": credits_of(captions, sources)}

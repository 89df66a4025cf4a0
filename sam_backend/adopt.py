"""SAM 3 as `transformers` saves it (a folder with config.json, model.safetensors and a tokenizer) to a package.

Told from what the files say, without PyTorch: the configuration names the model, the weights' header its parts.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sam_backend.manifest import InputSpec
from sam_backend.tensor_names import safetensors_names
from sam_backend.word_manifest import WordManifest
from sam_backend.word_package import WordPackage, write_word_manifest

CONFIG, WEIGHTS = "config.json", "model.safetensors"
MODEL_TYPES = ("sam3", "sam3_video")
"""The second is how it is published: the detector, which is asked in words, and a tracker beside it."""
TOKENIZER = ("tokenizer.json",), ("vocab.json", "merges.txt")
"""Either will do."""
OPTIONAL = ("tokenizer_config.json", "special_tokens_map.json", "LICENSE", "LICENSE.txt", "LICENSE.md")
PARTS = ("vision_encoder.", "text_encoder.", "geometry_encoder.", "detr_encoder.", "detr_decoder.", "mask_decoder.")
INSIDE = "detector_model."
MAX_JSON = 1 << 20
MEAN = STD = (0.5, 0.5, 0.5)
"""Of colours from 0 to 1: SAM 3's, whatever its size."""
THRESHOLD = 0.5
"""The score from which the authors' predictor of single pictures counts an object as found."""
LICENCE, LICENCE_URL = "SAM License", "https://github.com/facebookresearch/sam3/blob/main/LICENSE"
"""SAM 3's own: no SPDX licence."""


@dataclass(frozen=True)
class About:
    """What the files cannot tell about themselves."""

    name: str
    version: str = "1"
    licence: str = LICENCE
    notice: str = ""
    training_data: tuple[str, ...] = ()


def is_transformers_folder(folder: Path) -> bool:
    """Whether a folder holds a model as `transformers` saves it (of whatever kind), rather than a package."""
    return (folder / CONFIG).is_file() and not (folder / "manifest.json").exists()


def adopt(folder: Path, target: Path, about: About) -> WordPackage:
    """Write the package of a folder to `target`, which must be empty or not exist. The files themselves are shared
    where the disk can, else copied.

    Raises:
        ValueError: it is another model, a file is missing or damaged, or `target` is not empty.
    """
    config = _config(folder)
    names = _names(folder)
    _check_weights(folder / WEIGHTS)
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise ValueError(f"{target} is not an empty folder. Name another one, or remove it first.")
    for name in names:
        _share((folder / name).resolve(), target / name)
    manifest = WordManifest(
        name=about.name, version=about.version, family="sam3",
        input=InputSpec(_side(config), MEAN, STD, MEAN, "stretch"),
        tokens=_tokens(config), threshold=THRESHOLD, weights=WEIGHTS, files={}, licence=about.licence,
        notice=about.notice, training_data=about.training_data,
    )  # fmt: skip
    return write_word_manifest(target, manifest)


def _config(folder: Path) -> Mapping[str, Any]:
    data = _json(folder / CONFIG)
    kind = data.get("model_type")
    if kind not in MODEL_TYPES:
        raise ValueError(
            f"{folder.name} holds a {kind!r} model of transformers. As a folder only SAM 3 is taken, which is asked in "
            "words; add the weights of another, or of SAM 3's tracker alone, as a file (model.safetensors)."
        )
    detector = data.get("detector_config", data)
    if not isinstance(detector, dict):
        raise ValueError(f"{CONFIG} of {folder.name} does not describe SAM 3's detector.")
    return detector


def _json(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(MAX_JSON))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{path.name} of {path.parent.name} cannot be read; copy the folder again.") from error
    if not isinstance(data, dict):
        raise ValueError(f"{path.name} of {path.parent.name} holds no JSON object.")
    return data


def _names(folder: Path) -> list[str]:
    if not (folder / WEIGHTS).is_file():
        cut = any(folder.glob("model*.safetensors.index.json"))
        raise ValueError(
            f"{folder.name} has its weights in several files; {WEIGHTS} in one is wanted (save_pretrained with a large "
            "max_shard_size)." if cut else f"{folder.name} lacks {WEIGHTS}."
        )  # fmt: skip
    tokenizer = [names for names in TOKENIZER if all((folder / name).is_file() for name in names)]
    if not tokenizer:
        raise ValueError(
            f"{folder.name} lacks the tokenizer that reads words: tokenizer.json, or vocab.json and merges.txt. Copy "
            "them from where the weights were published."
        )
    known = (CONFIG, WEIGHTS, *(name for names in tokenizer for name in names), *OPTIONAL)
    return [name for name in known if (folder / name).is_file()]


def _check_weights(path: Path) -> None:
    """Raise ValueError unless the file is whole and has every part of SAM 3's detector."""
    names = safetensors_names(path)
    plain = {name.removeprefix(INSIDE) for name in names}
    lacking = [part for part in PARTS if not any(name.startswith(part) for name in plain)]
    if lacking:
        raise ValueError(f"{path.name} is not SAM 3's detector: it lacks {', '.join(part[:-1] for part in lacking)}.")


def _side(config: Mapping[str, Any]) -> int:
    side = _inside(config, "vision_config", "backbone_config").get("image_size", 1008)
    return side[0] if isinstance(side, list) and side else side  # type: ignore[no-any-return]  # checked by the manifest


def _tokens(config: Mapping[str, Any]) -> int:
    return _inside(config, "text_config").get("max_position_embeddings", 32)  # type: ignore[no-any-return]  # as above


def _inside(config: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        inner = config.get(name)
        config = inner if isinstance(inner, dict) else {}
    return config


def _share(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)

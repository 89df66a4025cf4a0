"""SAM 3 at work: a picture is encoded once, each phrase once, and what they have in common is decoded."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, wraps
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sam_backend.phrases import Phrase, Seen
from sam_backend.transforms import prepare_image
from sam_backend.word_manifest import WordManifest
from sam_backend.word_package import WordPackage
from sam_backend.words.choose import chosen, masks_of, scores_of
from sam_backend.words.pool import roi_align

EXAMPLES_ALONE = "visual"
"""The words that stand for none, where boxes alone say what is meant."""
PHRASES_KEPT = 256


Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def _fits(ask: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Say of a GPU whose memory is full what Python says of a machine's."""

    @wraps(ask)
    def asked(*args: Asked.args, **values: Asked.kwargs) -> Answer:
        try:
            return ask(*args, **values)
        except torch.OutOfMemoryError as error:
            raise MemoryError(str(error)) from error

    return asked


@dataclass(frozen=True, slots=True)
class Looked:
    """What the model sees in a picture of this size."""

    features: Any
    height: int
    width: int


class SamFinder:
    """A `Finder` (see phrases.py) of a `Sam3Model` and its tokenizer. Not to be shared between threads."""

    def __init__(self, model: Any, tokenizer: Any, manifest: WordManifest, device: str = "cpu") -> None:
        self._model, self._tokenizer, self._manifest = model.to(device).eval(), tokenizer, manifest
        self._device = torch.device(device)
        self._said = lru_cache(PHRASES_KEPT)(self._read)

    def check(self, words: str) -> None:
        """Raise ValueError with a sentence where these words are too long for the model."""
        self._tokens(words)

    @_fits
    @torch.inference_mode()
    def look(self, rgb: npt.NDArray[np.uint8]) -> Looked:
        """Encode an image uint8 [H, W, 3]."""
        spec = self._manifest.input
        square = torch.from_numpy(prepare_image(rgb, spec.size, spec.pad_value, spec.fit == "stretch")).to(self._device)
        mean, std = (torch.tensor(values, device=self._device).view(1, 3, 1, 1) for values in (spec.mean, spec.std))
        return Looked(self._model.get_vision_features(pixel_values=(square / 255 - mean) / std), *rgb.shape[:2])

    @_fits
    @torch.inference_mode()
    def find(
        self, looked: Looked, phrase: Phrase, *, threshold: float | None = None, nms: float | None = None
    ) -> Iterator[Seen]:
        """What is found, the best score first. Raises ValueError for words that are too long."""
        said, mask = self._said(phrase.words or EXAMPLES_ALONE)
        answer = self._model(
            vision_embeds=looked.features, text_embeds=said, attention_mask=mask, **self._examples(looked, phrase)
        )
        presence = answer.presence_logits
        scores = scores_of(answer.pred_logits[0], None if presence is None else presence[0])
        floor = self._manifest.threshold if threshold is None else threshold
        queries = chosen(scores, answer.pred_masks[0], floor, nms)
        return masks_of(queries, scores, answer.pred_masks[0], looked.height, looked.width)

    def _examples(self, looked: Looked, phrase: Phrase) -> dict[str, Tensor]:
        boxes = [(box, 1) for box in phrase.boxes] + [(box, 0) for box in phrase.unlike]
        if not boxes:
            return {}
        sides = torch.tensor([box for box, _ in boxes], dtype=torch.float32, device=self._device)
        sides = sides / sides.new_tensor([looked.width, looked.height] * 2)
        centred = torch.cat([(sides[:, :2] + sides[:, 2:]) / 2, sides[:, 2:] - sides[:, :2]], 1)
        labels = torch.tensor([[meant for _, meant in boxes]], device=self._device)
        return {"input_boxes": centred[None], "input_boxes_labels": labels}

    def _read(self, words: str) -> tuple[Any, Tensor]:
        tokens = self._tokens(words)
        ids, mask = (torch.tensor([tokens[name]], device=self._device) for name in ("input_ids", "attention_mask"))
        return self._model.get_text_features(input_ids=ids, attention_mask=mask), mask

    def _tokens(self, words: str) -> Any:
        most = self._manifest.tokens
        tokens = self._tokenizer(words, padding="max_length", max_length=most)
        count = len(tokens["input_ids"])
        if count > most:
            shown = words if len(words) <= 40 else f"{words[:40]}…"
            raise ValueError(
                f"“{shown}” makes {count} tokens with begin and end; the model reads {most}. Say it in fewer words "
                "(English ones are the shortest to it)."
            )
        return tokens


def load_finder(package: WordPackage, device: str | None = None) -> SamFinder:
    """The package's model, on the GPU where there is one.

    Raises:
        ValueError: `transformers` is too old for SAM 3, or the package's files do not fit together.
    """
    try:
        transformers = importlib.import_module("transformers")
        kind, tokenizer = transformers.Sam3Model, transformers.CLIPTokenizer
    except (ImportError, AttributeError) as error:
        raise ValueError("The transformers that is installed knows no SAM 3; version 5 or newer does.") from error
    _pool_without_torchvision()
    folder = str(package.path)
    try:
        model, told = kind.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, output_loading_info=True, dtype=torch.float32
        )
        words = tokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # whatever a configuration that fits nothing leads to
        raise ValueError(f"{package.manifest.name} cannot be loaded by transformers: {error}") from error
    lacking = sorted(told["missing_keys"])
    if lacking:
        raise ValueError(f"{package.manifest.name} lacks {len(lacking)} tensors, {lacking[0]} among them.")
    return SamFinder(model, words, package.manifest, device or ("cuda" if torch.cuda.is_available() else "cpu"))


def _pool_without_torchvision() -> None:
    """The model asks torchvision for one function; where that is not installed, it gets ours."""
    module: Any = importlib.import_module("transformers.models.sam3.modeling_sam3")
    if not hasattr(module, "torchvision"):
        module.torchvision = SimpleNamespace(ops=SimpleNamespace(roi_align=roi_align))

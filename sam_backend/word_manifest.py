"""manifest.json of a package that is asked in words: weights and tokenizer as `transformers` saves them, no graphs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sam_backend.bounds import check_plain, real, text, told_as_fields, whole
from sam_backend.manifest import WORDS_FORMAT, FileSpec, InputSpec, read_files, read_input

FAMILIES = ("sam3",)
MAX_TOKENS = 1024


@dataclass(frozen=True)
class WordManifest:
    """The parsed manifest; ``to_dict`` gives back the JSON.

    ``tokens`` is the longest prompt, its begin and end included; ``threshold`` the score (0 to 1) above which a mask
    counts unless another is asked for; ``weights`` names the file whose hash stands for what the model sees.
    """

    name: str
    version: str
    family: str
    input: InputSpec
    tokens: int
    threshold: float
    weights: str
    files: Mapping[str, FileSpec]
    licence: str
    notice: str = ""
    training_data: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: object) -> WordManifest:
        """Parses JSON; raises ValueError with a sentence that names the field."""
        check_plain(data)
        if not isinstance(data, dict) or data.get("format") != WORDS_FORMAT:
            raise ValueError(f"This is no manifest of a package that is asked in words (format {WORDS_FORMAT}).")
        with told_as_fields():
            return _parse(data)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"format": WORDS_FORMAT, **asdict(self)}


def _parse(root: Mapping[str, Any]) -> WordManifest:
    family = text(root["family"], "family", 32)
    if family not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise ValueError(f"No model of the family {family!r} can be asked in words here; known: {known}.")
    return WordManifest(
        name=text(root["name"], "name", 100),
        version=text(root["version"], "version", 50),
        family=family,
        input=read_input(root["input"]),
        tokens=whole(root["tokens"], "tokens", 3, MAX_TOKENS),
        threshold=real(root["threshold"], "threshold", 0, 1),
        weights=text(root["weights"], "weights", 200),
        files=read_files(root["files"]),
        licence=text(root["licence"], "licence", 200),
        notice=text(root.get("notice", ""), "notice", 10_000),
        training_data=tuple(text(name, "training_data", 1000) for name in root.get("training_data", ())),
    )

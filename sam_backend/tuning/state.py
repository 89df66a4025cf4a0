"""What a killed run leaves, so that the next one goes on: a folder, tied to everything that decides the result."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sam_backend.package import ModelPackage
from sam_backend.tuning.errors import TuneCancelled, TuneError
from sam_backend.tuning.records import Example, TuneOptions

FACTS = "facts.json"
SPEED = ("threads", "device", "seconds")
"""Options that a run may go on without."""


class State:
    """Facts by name, each written whole or not at all; the folder is the trainer's too."""

    def __init__(self, folder: Path, digest: str) -> None:
        self.folder = folder
        self._facts: dict[str, Any] = self._read(digest)
        if not self._facts:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self.put("digest", digest)

    def get(self, name: str) -> Any:
        """What was put there, by this run or the one before; None at first."""
        return self._facts.get(name)

    def put(self, name: str, value: Any) -> None:
        """Keeps plain data."""
        self._facts[name] = value
        partial = self.folder / f"{FACTS}.part"
        partial.write_text(json.dumps(self._facts), encoding="utf-8")
        partial.replace(self.folder / FACTS)

    def _read(self, digest: str) -> dict[str, Any]:
        try:
            found = json.loads((self.folder / FACTS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) and found.get("digest") == digest else {}


@contextmanager
def kept_state(folder: Path | None, digest: str) -> Iterator[State]:
    """The state in `folder`, or in a temporary one. It goes where the tuning ends as it should, or can be mended or
    was cancelled; anything else leaves it."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="tuning-") as scratch:
            yield State(Path(scratch) / "state", digest)
        return
    try:
        yield State(folder, digest)
    except (TuneError, TuneCancelled):
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


def digest_of(
    parent: ModelPackage, examples: Sequence[Example], fixed: Sequence[Example], options: TuneOptions
) -> str:  # fmt: skip
    """Of all that a result follows from, but for the embeddings, which the encoder's hash stands for."""
    wanted: Mapping[str, Any] = {name: value for name, value in asdict(options).items() if name not in SPEED}
    digest = hashlib.sha256(json.dumps([parent.sha256, wanted], sort_keys=True).encode())
    for example in (*examples, *fixed):
        digest.update(json.dumps([example.key, example.group, [_plain(rle) for rle in example.masks]]).encode())
    return digest.hexdigest()


def _plain(rle: Mapping[str, Any]) -> list[str]:
    return [str(rle.get("size")), str(rle.get("counts"))]

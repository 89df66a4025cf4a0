"""A checkpoint to a model package, in a process of its own.

The process is `python -m sam_backend export`: the server itself never imports PyTorch, all of the conversion's memory
is given back at its end, and a conversion that the system kills takes no worker with it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from annotator.lib.children import follow
from annotator.lib.errors import ApiError
from sam_backend.onnx.steps import last_step

LOOK_EVERY_SECONDS = 1.0
MOST_READ = 1 << 20
DECLARED = 2


@dataclass(frozen=True)
class Description:
    """What a weight file cannot tell about itself."""

    name: str
    version: str = "1"
    licence: str = "unknown"
    notice: str = ""
    training_data: tuple[str, ...] = ()


# The share of the conversion's steps that are done (0 to 1), and a sentence about the present one.
Told = Callable[[float, str], None]


def convert(checkpoint: Path, folder: Path, about: Description, told: Told) -> None:
    """Write the package of a checkpoint to `folder`, compared with the original.

    `told` is called every second; when it raises, the conversion is stopped. Raises ApiError (`bad_model_file`,
    `conversion_stopped`).
    """
    with tempfile.TemporaryFile("w+") as said:
        command = _command(checkpoint, folder, about)
        status = follow(command, lambda: _tell(said, about, told), LOOK_EVERY_SECONDS, out=said, wrong=said)
        if status != 0:
            code = "conversion_stopped" if status < 0 else "bad_model_file"
            raise ApiError(code, _reason(status, said, about))


def _command(checkpoint: Path, folder: Path, about: Description) -> list[str]:
    options = {"--name": about.name, "--version": about.version, "--licence": about.licence, "--notice": about.notice}
    # With "=", so that a value that begins with a dash is still a value.
    described = [f"{name}={value}" for name, value in options.items()]
    described += [f"--trained-on={one}" for one in about.training_data]
    return [sys.executable, "-m", "sam_backend", "export", *described, "--weights", "--", str(checkpoint), str(folder)]


def _tell(said: IO[str], about: Description, told: Told) -> None:
    # pread: the process writes through the same file offset, which must stay where it is.
    reached = last_step(os.pread(said.fileno(), MOST_READ, 0).decode(errors="replace"))
    doing = f"{reached.what[0].lower()}{reached.what[1:]}" if reached else "starting PyTorch"
    told(reached.share if reached else 0.0, f"Converting {about.name}: {doing}")


def _reason(status: int, said: IO[str], about: Description) -> str:
    said.seek(0)
    lines = [line.strip() for line in said.read().splitlines() if line.strip()]
    last = lines[-1] if lines else "It said nothing."
    if status == DECLARED:
        return last.removeprefix("sam_backend: ")
    if status < 0:
        return f"Converting {about.name} was stopped by the system, most likely because memory ran out. {last}"
    return (
        f"{about.name} could not be converted, for a reason that the converter did not foresee ({last}). If the file "
        "is whole, tell an administrator."
    )

"""The model library: what is published and can be fetched, and turning a file into an installed model version.

Weights are read without running any code in them (sam_backend.checkpoints), converted to a package, and compared with
the original before the package counts; only administrators may add any.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings

from annotator.inference import services
from annotator.inference.convert import Description, convert
from annotator.inference.models import ModelVersion
from annotator.lib.errors import ApiError
from annotator.lib.storage import hash_file
from annotator.lib.trouble import DISK_FULL, trouble_of
from sam_backend.adopt import LICENCE, LICENCE_URL, About, adopt, is_transformers_folder
from sam_backend.archive import is_zipped_package, unzip_package
from sam_backend.download import fetch
from sam_backend.package import read_raw
from sam_backend.registry import CHECKPOINTS, SAM_3_PAGE, Checkpoint, find_checkpoint
from sam_backend.word_manifest import WordManifest
from sam_backend.word_package import parse_any_manifest

CHECKPOINT_SUFFIXES = (".pth", ".pt", ".safetensors")
# What a conversion writes, in sizes of the checkpoint: graphs and weights, and then the same as blobs.
ROOM_TO_CONVERT = 5
# Seconds after which a folder of an installation belongs to nobody any more.
LONGEST_INSTALLATION = 24 * 3600

HOW_TO_ACCEPT = (
    f"SAM 3's weights come under Meta's own licence, the {LICENCE}: read it at {LICENCE_URL}, or as LICENSE among the "
    "files. Whoever accepts it adds the model with `models add PATH --accept-licence`, or by ticking the box on the "
    "Models page. Nothing was installed."
)

SAM_3 = "sam3"
HOW_TO_FETCH = (
    f"SAM 3 is handed out only to people who gave their name and accepted its own licence, the {LICENCE} "
    f"({LICENCE_URL}), so no server can fetch it. Accept it at {SAM_3_PAGE}, fetch config.json, model.safetensors, "
    "tokenizer.json, vocab.json, merges.txt and LICENSE from there into one folder, and add that: `models add FOLDER "
    '--name "SAM 3" --accept-licence`.'
)

# The share of the work done (0 to 1), and a sentence about it.
Progress = Callable[[float, str], None]
# Shares of a pull that are done after the transfer, and of an installation that are done after the conversion.
DOWNLOADED, STORING = 0.5, 0.9


@dataclass(frozen=True)
class Entry:
    """A published checkpoint, and the version made of it, if it is installed."""

    published: Checkpoint
    installed: ModelVersion | None


def entries() -> list[Entry]:
    """Return the published checkpoints, family by family in order of size."""
    made = {version.source_sha256: version for version in ModelVersion.objects.exclude(source_sha256="")}
    return [Entry(checkpoint, made.get(checkpoint.sha256)) for checkpoint in CHECKPOINTS]


def checkpoint_folder() -> Path:
    """Return where fetched checkpoints lie, and where one may be put by hand."""
    folder: Path = settings.MASKWRIGHT_VAR / "checkpoints"
    return folder


def find_published(name: str) -> Checkpoint:
    """Return a published checkpoint. Raises ApiError (`unknown_model`; `licence`: it is handed out by name only)."""
    if name == SAM_3:
        raise ApiError("licence", HOW_TO_FETCH, status=409)
    try:
        return find_checkpoint(name)
    except ValueError as error:
        raise ApiError("unknown_model", str(error), status=404) from None


def pull(name: str, progress: Progress) -> ModelVersion:
    """Fetch a published checkpoint and install it; one that is installed is returned as it is.

    Raises ApiError with what to do: no network, no space, a wrong hash, no PyTorch.
    """
    published = find_published(name)
    known = ModelVersion.objects.filter(source_sha256=published.sha256).first()
    if known is not None:
        return known
    _require_torch()

    def fetched(done: int, total: int) -> None:
        progress(DOWNLOADED * done / total, f"Fetching {published.title}: {done / 2**20:.0f} of {total / 2**20:.0f} MB")

    try:
        path = fetch(published, checkpoint_folder(), fetched)
    except ValueError as error:
        raise ApiError("download_failed", str(error), status=502) from None
    about = Description(published.title, "1", published.licence, "", published.training_data)
    return _convert(path, published.sha256, about, _rest(progress, DOWNLOADED))


def add(path: Path, about: Description, progress: Progress, *, accepted: bool = False) -> ModelVersion:
    """Install a package folder, a package in a ZIP file, a folder with SAM 3 as `transformers` saves it, or a
    checkpoint (.pth, .pt, .safetensors). `accepted`: somebody read the licence, where a model asks for that.

    Raises ApiError (`bad_model_file`, `bad_package`, `needs_torch`, `licence`).
    """
    if path.is_dir():
        return _from_folder(path, about, accepted)
    if not path.is_file():
        raise ApiError("bad_model_file", f"There is no file or folder {path}.")
    if is_zipped_package(path):
        return _from_archive(path, accepted)
    if path.suffix.lower() not in CHECKPOINT_SUFFIXES:
        raise ApiError(
            "bad_model_file",
            f"{path.name} is no model: a package folder, a ZIP of one, or a checkpoint "
            f"({', '.join(CHECKPOINT_SUFFIXES)}) is wanted.",
        )
    return _from_checkpoint(path, about, progress)


def _from_folder(path: Path, about: Description, accepted: bool) -> ModelVersion:
    if not is_transformers_folder(path):
        return _add_package(path, accepted)
    licence = LICENCE if about.licence == Description.licence else about.licence
    told = About(about.name, about.version, licence, about.notice, about.training_data)
    with scratch() as folder:
        try:
            package = adopt(path, folder / "package", told)
        except ValueError as error:
            raise ApiError("bad_model_file", str(error)) from None
        return _add_package(package.path, accepted)


def _add_package(folder: Path, accepted: bool) -> ModelVersion:
    if not accepted and asks_acceptance(folder):
        raise ApiError("licence", HOW_TO_ACCEPT, status=409)
    return services.add_package(folder)


def asks_acceptance(folder: Path) -> bool:
    """Tell whether a package's weights come under SAM 3's own licence. What is no package is none of it."""
    with suppress(ValueError):
        manifest = parse_any_manifest(read_raw(folder), str(folder))  # the files are hashed when they are added
        return isinstance(manifest, WordManifest)
    return False


def _from_archive(path: Path, accepted: bool) -> ModelVersion:
    with scratch() as folder:
        try:
            package = unzip_package(path, folder / "package", settings.MAX_MODEL_BYTES)
        except ValueError as error:
            raise ApiError("bad_package", str(error)) from None
        return _add_package(package.path, accepted)


def _from_checkpoint(path: Path, about: Description, progress: Progress) -> ModelVersion:
    sha256 = hash_file(path)
    known = ModelVersion.objects.filter(source_sha256=sha256).first()
    if known is not None:
        return known
    _require_torch()
    return _convert(path, sha256, about, progress)


def _rest(progress: Progress, begun: float) -> Progress:
    """Let 0 to 1 stand for what is left after a share of the work is done."""
    return lambda share, said: progress(begun + (1 - begun) * share, said)


def missing_packages() -> list[str]:
    """Return what converting weights needs and this installation lacks."""
    return [name for name in ("torch", "onnx") if find_spec(name) is None]


def _require_torch() -> None:
    missing = missing_packages()
    if missing:
        raise ApiError(
            "needs_torch",
            f"Converting weights needs {' and '.join(missing)}, which this installation lacks. Install with "
            "`pip install 'maskwright[torch]'`, or convert on another machine with "
            "`python -m sam_backend export FILE FOLDER` and add that folder.",
            status=409,
        )


def _convert(checkpoint: Path, sha256: str, about: Description, progress: Progress) -> ModelVersion:
    with scratch() as folder:
        _require_room(checkpoint, folder)
        package = folder / "package"
        convert(checkpoint, package, about, lambda share, said: progress(STORING * share, said))
        progress(STORING, f"Storing {about.name}")
        return services.add_package(package, source_sha256=sha256)


def _require_room(checkpoint: Path, folder: Path) -> None:
    needed, free = ROOM_TO_CONVERT * checkpoint.stat().st_size, shutil.disk_usage(folder).free
    if free < needed:
        raise ApiError(
            "disk_full",
            f"Converting {checkpoint.name} needs about {needed / 1e9:.1f} GB on the server's disk; "
            f"{free / 1e9:.1f} GB are free.",
            status=507,
        )


def _tidy(home: Path) -> None:
    """Remove what an installation left behind whose process was killed."""
    for left in home.iterdir():
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > LONGEST_INSTALLATION:
                shutil.rmtree(left)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for the time of an installation; a disk that runs full in it is said in a sentence."""
    home: Path = settings.MASKWRIGHT_VAR / "incoming"
    try:
        home.mkdir(parents=True, exist_ok=True)
        _tidy(home)
        with tempfile.TemporaryDirectory(dir=home) as folder:
            yield Path(folder)
    except OSError as error:
        if trouble_of(error) is not DISK_FULL:
            raise
        raise ApiError("disk_full", f"The server's disk is full ({home}). Nothing was installed.", status=507) from None


def find_installed(name: str) -> ModelVersion:
    """Return the version meant by an id, a name ("Name" or "Name version"), or a published name.

    Raises ApiError (`unknown_model`), also when a name stands for several versions.
    """
    found = [version for version in ModelVersion.objects.all() if _is_called(version, name)]
    if len(found) == 1:
        return found[0]
    if found:
        said = "; ".join(f"{version} ({version.pk})" for version in found)
        raise ApiError("unknown_model", f"“{name}” could be any of these; give the id: {said}.", status=404)
    raise ApiError("unknown_model", f"No installed model is called “{name}”. `models list` shows them.", status=404)


def _is_called(version: ModelVersion, name: str) -> bool:
    wanted = name.casefold()
    published = next((entry.name for entry in CHECKPOINTS if entry.sha256 == version.source_sha256), None)
    names: set[Any] = {str(version.pk), version.name.casefold(), str(version).casefold(), published}
    return wanted in names

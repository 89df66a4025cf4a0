"""The model library: what is published and can be fetched, and turning a file into installed model versions.

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
from annotator.inference.choices import Prompts
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
from sam_backend.sam3_names import is_sam3, why_no_clicks
from sam_backend.tensor_names import names_in
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
    '--name "SAM 3" --accept-licence`. Then it is asked in words and, where PyTorch is installed, clicked with; the '
    "authors' own file, sam3.pt, is added the same way and answers clicks alone."
)
CLICKED_WITH = " clicks"
"""What the name of a model gets for the part of it that is clicked with."""

# The share of the work done (0 to 1), and a sentence about it.
Progress = Callable[[float, str], None]
# Shares of a pull that are done after the transfer, and of an installation that are done after the conversion.
DOWNLOADED, STORING = 0.5, 0.9


@dataclass(frozen=True)
class Added:
    """What a file became: one version, or of SAM 3 the one that is asked in words and the one that is clicked with;
    and a sentence about what it could not become."""

    versions: tuple[ModelVersion, ...]
    lacking: str = ""

    @property
    def name(self) -> str:
        """What people read."""
        return " and ".join(map(str, self.versions))


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


def add(path: Path, about: Description, progress: Progress, *, accepted: bool = False) -> Added:
    """Install a package folder, a package in a ZIP file, a folder with SAM 3 as `transformers` saves it, or a
    checkpoint (.pth, .pt, .safetensors). `accepted`: somebody read the licence, where a model asks for that.

    A model that is asked in words gets a companion that is clicked with, where its file holds SAM 3's tracker.

    Raises ApiError (`bad_model_file`, `bad_package`, `needs_torch`, `licence`).
    """
    if path.is_dir():
        return _from_folder(path, about, progress, accepted)
    if not path.is_file():
        raise ApiError("bad_model_file", f"There is no file or folder {path}.")
    if is_zipped_package(path):
        return _from_archive(path, progress, accepted)
    if path.suffix.lower() not in CHECKPOINT_SUFFIXES:
        raise ApiError(
            "bad_model_file",
            f"{path.name} is no model: a package folder, a ZIP of one, or a checkpoint "
            f"({', '.join(CHECKPOINT_SUFFIXES)}) is wanted.",
        )
    if not accepted and is_sam3(names_in(path)):  # said now, not after minutes of work
        raise ApiError("licence", HOW_TO_ACCEPT, status=409)
    return Added((_from_checkpoint(path, about, progress, accepted),))


def _from_folder(path: Path, about: Description, progress: Progress, accepted: bool) -> Added:
    if not is_transformers_folder(path):
        return _add_package(path, progress, accepted)
    licence = LICENCE if about.licence == Description.licence else about.licence
    told = About(about.name, about.version, licence, about.notice, about.training_data)
    with scratch() as folder:
        try:
            package = adopt(path, folder / "package", told)
        except ValueError as error:
            raise ApiError("bad_model_file", str(error)) from None
        return _add_package(package.path, progress, accepted)


def _add_package(folder: Path, progress: Progress, accepted: bool) -> Added:
    _check_acceptance(folder, accepted)
    version = services.add_package(folder)
    return _with_clicks(version, folder, progress) if version.prompts == Prompts.WORDS else Added((version,))


def _with_clicks(words: ModelVersion, folder: Path, progress: Progress) -> Added:
    """Add to a model that is asked in words the part of its file that is clicked with. The model stays where that part
    is missing or cannot be converted."""
    weights = folder / words.manifest["weights"]
    if why := why_no_clicks(names_in(weights)):
        return Added((words,), f"It cannot be clicked with. {why}")
    longest = ModelVersion._meta.get_field("name").max_length or len(words.name)
    name = words.name[: longest - len(CLICKED_WITH)] + CLICKED_WITH
    about = Description(name, words.manifest["version"], words.licence, words.notice)
    try:
        return Added((words, _from_checkpoint(weights, about, progress, accepted=True)))
    except ApiError as error:
        return Added((words,), f"It cannot be clicked with yet; add it again when this is mended. {error.message}")


def _check_acceptance(folder: Path, accepted: bool) -> None:
    """Raise ApiError (`licence`) where a package asks that its licence be accepted, and nobody has."""
    if not accepted and asks_acceptance(folder):
        raise ApiError("licence", HOW_TO_ACCEPT, status=409)


def asks_acceptance(folder: Path) -> bool:
    """Tell whether a package's weights come under SAM 3's own licence. What is no package is none of it."""
    with suppress(ValueError):
        # The files are hashed when they are added.
        return parse_any_manifest(read_raw(folder), str(folder)).family == SAM_3
    return False


def _from_archive(path: Path, progress: Progress, accepted: bool) -> Added:
    with scratch() as folder:
        try:
            package = unzip_package(path, folder / "package", settings.MAX_MODEL_BYTES)
        except ValueError as error:
            raise ApiError("bad_package", str(error)) from None
        return _add_package(package.path, progress, accepted)


def _from_checkpoint(path: Path, about: Description, progress: Progress, accepted: bool) -> ModelVersion:
    sha256 = hash_file(path)
    known = ModelVersion.objects.filter(source_sha256=sha256).first()
    if known is not None:
        return known
    _require_torch()
    return _convert(path, sha256, about, progress, accepted=accepted)


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


def _convert(
    checkpoint: Path, sha256: str, about: Description, progress: Progress, *, accepted: bool = False
) -> ModelVersion:
    with scratch() as folder:
        _require_room(checkpoint, folder)
        package = folder / "package"
        convert(checkpoint, package, about, lambda share, said: progress(STORING * share, said))
        _check_acceptance(package, accepted)  # of a file whose names said nothing
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

"""manifest.json of a model package: what the graphs take and give, and the hash of every file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sam_backend.bounds import (
    MAX_BYTES,
    MAX_FILES,
    MAX_MASK_SIDE,
    MAX_MASKS,
    MAX_SIDE,
    MAX_VALUES,
    channels,
    check_plain,
    check_total,
    real,
    text,
    told_as_fields,
    whole,
)
from sam_backend.transforms import Frame

FORMATS = (1, 2)
"""The second has pictures that are stretched over the input square, which readers of the first would pad; without that
the first is written."""
WORDS_FORMAT = 3
"""Of packages that are asked in words (see word_package.py); they have no graphs."""
FITS = ("pad", "stretch")
ENCODINGS = ("int8", "fp16", "fp32")


@dataclass(frozen=True)
class InputSpec:
    """The encoder's image: a square of ``size``; normalisation happens inside the graph (for the record here).

    ``fit`` "pad": the image's longest side is scaled to it, the rest is filled with ``pad_value``; "stretch": both
    sides are, each by its own factor.
    """

    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    pad_value: tuple[float, ...]
    fit: str = "pad"


@dataclass(frozen=True)
class TensorSpec:
    """One embedding tensor, how it is shipped, and in how many steps per channel int8 divides its range.

    ``local`` says that the decoder reads this tensor only at the pixel it belongs to, so what lies in the padding
    never reaches the image and need not be shipped faithfully. ``principal`` ships int8 planes of its principal
    components in place of its channels (see principal.py); ``levels`` then divide the channels' mean range.
    """

    name: str
    shape: tuple[int, ...]
    encoding: str = "int8"
    levels: int = 256
    local: bool = False
    principal: bool = False


@dataclass(frozen=True)
class DecoderSpec:
    """Side of the logits, masks per prompt, threshold on logits, side of the frame points are given in.

    ``point_frame`` is also the square by way of which logits become masks: bilinear to it and on to the image's size.
    With the logits' own side they go to the image's size in one step.
    ``tidy_cells``: parts and holes of fewer cells of the logits are left out of masks (see tidy.py); 0 = never.
    ``edge_radius``: window in cells of the filter that moves borders to the image's edges (see edges.py); 0 = none.
    A package that has it ships the embedding tensor "guide".
    """

    mask_size: int
    num_masks: int
    mask_threshold: float
    point_frame: int
    tidy_cells: int = 0
    edge_radius: int = 0


@dataclass(frozen=True)
class GraphSpec:
    """One ONNX graph of the package.

    ``weights`` names another file of the package that holds weights of this graph (see onnx/share.py); ``cells`` are
    inputs over the embedding's cells that may be given for the image's own rows and columns alone (onnx/README.md).
    """

    file: str
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    max_tokens: int | None = None
    min_guard: float | None = None
    weights: str | None = None
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileSpec:
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """The parsed manifest; ``to_dict`` gives back the JSON.

    ``remembers`` says that weights.safetensors holds a memory of a video's earlier frames (see tracking/).
    """

    name: str
    version: str
    family: str
    input: InputSpec
    embedding: tuple[TensorSpec, ...]
    decoder: DecoderSpec
    graphs: Mapping[str, GraphSpec]
    encoder_sha256: str
    files: Mapping[str, FileSpec]
    licence: str
    notice: str = ""
    training_data: tuple[str, ...] = ()
    metrics: Mapping[str, Any] = field(default_factory=dict)
    parent: str | None = None
    remembers: bool = False

    @classmethod
    def from_dict(cls, data: object) -> Manifest:
        """Parses JSON; raises ValueError with a sentence that names the field."""
        check_plain(data)
        root = _object(data, "The manifest")
        if root.get("format") == WORDS_FORMAT:
            raise ValueError("This package is asked in words; it has no decoder for clicks.")
        if root.get("format") not in FORMATS:
            known = " and ".join(map(str, FORMATS))
            raise ValueError(f"The manifest's format is {root.get('format')!r}; this version reads format {known}.")
        with told_as_fields():
            return _parse(root)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; optional fields of graphs and tensors are left out at their defaults."""
        data = asdict(self)
        data["graphs"] = {name: _given(graph) for name, graph in data["graphs"].items()}
        for optional in ("tidy_cells", "edge_radius"):
            if not data["decoder"][optional]:
                del data["decoder"][optional]
        data["embedding"] = [_tensor_dict(tensor) for tensor in self.embedding]
        if not self.stretched:
            del data["input"]["fit"]
        if not self.remembers:
            del data["remembers"]
        return {"format": FORMATS[self.stretched], **data}

    @property
    def stretched(self) -> bool:
        """Whether images fill the input square."""
        return self.input.fit == "stretch"

    def frame(self, height: int, width: int) -> Frame:
        """How an image lies in the square that points are given in."""
        return Frame(height, width, self.decoder.point_frame, self.stretched)


def frame_of(manifest: Mapping[str, Any], height: int, width: int) -> Frame:
    """`Manifest.frame`, from the JSON of a manifest that was checked when its package was installed."""
    square = manifest.get("decoder", {}).get("point_frame", manifest["input"]["size"])
    return Frame(height, width, square, manifest["input"].get("fit") == "stretch")


def _given(graph: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in graph.items() if value not in ((), None)}


def _tensor_dict(tensor: TensorSpec) -> dict[str, Any]:
    data = asdict(tensor)
    for flag in ("local", "principal"):
        if not data[flag]:
            del data[flag]
    if tensor.levels == TensorSpec.levels:
        del data["levels"]
    return data


def _object(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} must be a JSON object, not {type(value).__name__}.")
    return value


def _parse(root: Mapping[str, Any]) -> Manifest:
    graphs = {text(name, "graph's name", 100): _graph(name, value) for name, value in root["graphs"].items()}
    for needed in ("encoder", "decode"):
        if needed not in graphs:
            raise ValueError(f"The manifest names no {needed!r} graph.")
    parent = root.get("parent")
    return Manifest(
        name=text(root["name"], "name", 100),
        version=text(root["version"], "version", 50),
        family=text(root["family"], "family", 32),
        input=read_input(root["input"]),
        embedding=_embedding(root["embedding"]),
        decoder=_decoder(root["decoder"]),
        graphs=graphs,
        encoder_sha256=text(root["encoder_sha256"], "encoder_sha256", 64),
        files=read_files(root["files"]),
        licence=text(root["licence"], "licence", 200),
        notice=text(root.get("notice", ""), "notice", 10_000),
        training_data=tuple(text(name, "training_data", 1000) for name in root.get("training_data", ())),
        metrics=dict(root.get("metrics", {})),
        parent=None if parent is None else text(parent, "parent", 200),
        remembers=bool(root.get("remembers", False)),
    )


def read_input(data: Mapping[str, Any]) -> InputSpec:
    """The picture's part of a manifest's JSON. Raises ValueError and KeyError."""
    fit = str(data.get("fit", "pad"))
    if fit not in FITS:
        raise ValueError(f"The manifest's input.fit {fit!r} is unknown; it must be one of {', '.join(FITS)}.")
    return InputSpec(
        whole(data["size"], "input.size", 16, MAX_SIDE),
        channels(data["mean"], "input.mean", -1000, 1000),
        channels(data["std"], "input.std", 1e-6, 1000),
        channels(data["pad_value"], "input.pad_value", -1000, 1000),
        fit,
    )


def _embedding(tensors: Sequence[object]) -> tuple[TensorSpec, ...]:
    if not tensors:
        raise ValueError("The manifest names no embedding tensor.")
    parsed = tuple(_tensor(_object(value, "An embedding tensor")) for value in tensors)
    check_total([tensor.shape for tensor in parsed])
    return parsed


def _decoder(data: Mapping[str, Any]) -> DecoderSpec:
    side = whole(data["mask_size"], "decoder.mask_size", 1, MAX_MASK_SIDE)
    return DecoderSpec(
        side,
        whole(data["num_masks"], "decoder.num_masks", 1, MAX_MASKS),
        real(data["mask_threshold"], "decoder.mask_threshold", -1000, 1000),
        whole(data["point_frame"], "decoder.point_frame", 1, MAX_SIDE),
        whole(data.get("tidy_cells", 0), "decoder.tidy_cells", 0, side * side),
        whole(data.get("edge_radius", 0), "decoder.edge_radius", 0, side),
    )


def read_files(files: Mapping[str, Any]) -> dict[str, FileSpec]:
    """The files' part of a manifest's JSON. Raises ValueError and KeyError."""
    if len(files) > MAX_FILES:
        raise ValueError(f"The manifest names {len(files)} files; {MAX_FILES} are the most.")
    return {
        name: FileSpec(str(entry["sha256"]), whole(entry["bytes"], f"size of {name}", 0, MAX_BYTES))
        for name, entry in files.items()
    }


def _graph(name: str, value: object) -> GraphSpec:
    data = _object(value, f"Graph {name!r}")
    tokens, guard, weights = data.get("max_tokens"), data.get("min_guard"), data.get("weights")
    return GraphSpec(
        file=str(data["file"]),
        inputs=tuple(map(str, data.get("inputs", ()))),
        outputs=tuple(map(str, data.get("outputs", ()))),
        max_tokens=None if tokens is None else whole(tokens, f"max_tokens of {name}", 1, 10_000),
        min_guard=None if guard is None else real(guard, f"min_guard of {name}", 0, 1000),
        weights=None if weights is None else str(weights),
        cells=tuple(map(str, data.get("cells", ()))),
    )


def _tensor(data: Mapping[str, Any]) -> TensorSpec:
    encoding = str(data.get("encoding", "int8"))
    if encoding not in ENCODINGS:
        raise ValueError(f"The manifest's encoding {encoding!r} is unknown; it must be one of {', '.join(ENCODINGS)}.")
    levels = whole(data.get("levels", 256), "embedding levels", 2, 256)
    shape = tuple(whole(side, "embedding shape", 1, MAX_VALUES) for side in data["shape"])
    if not 1 <= len(shape) <= 8:
        raise ValueError(f"An embedding tensor of the manifest has {len(shape)} axes; 1 to 8 are possible.")
    principal = bool(data.get("principal", False))
    if principal and len(shape) != 4:
        raise ValueError(f"An embedding tensor of {len(shape)} axes has no principal components; 4 are needed.")
    return TensorSpec(str(data["name"]), shape, encoding, levels, bool(data.get("local", False)), principal)

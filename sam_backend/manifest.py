"""manifest.json of a model package: what the graphs take and give, and the hash of every file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FORMAT = 1
ENCODINGS = ("int8", "fp16", "fp32")


@dataclass(frozen=True)
class InputSpec:
    """The encoder's picture: a square of ``size``; normalisation happens inside the graph (for the record here)."""

    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    pad_value: tuple[float, ...]


@dataclass(frozen=True)
class TensorSpec:
    """One embedding tensor, how it is shipped, and in how many steps per channel int8 divides its range.

    ``local`` says that the decoder reads this tensor only at the pixel it belongs to, so what lies in the padding
    never reaches the picture and need not be shipped faithfully.
    """

    name: str
    shape: tuple[int, ...]
    encoding: str = "int8"
    levels: int = 256
    local: bool = False


@dataclass(frozen=True)
class DecoderSpec:
    """Side of the logits, masks per prompt, threshold on logits, side of the frame points are given in.

    ``tidy_cells``: parts and holes of fewer cells of the logits are left out of masks (see tidy.py); 0 = never.
    ``edge_radius``: window in cells of the filter that moves borders to the picture's edges (see edges.py); 0 = none.
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
    inputs over the embedding's cells that may be given for the picture's own rows and columns alone (onnx/README.md).
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
    """The parsed manifest; ``to_dict`` gives back the JSON."""

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

    @classmethod
    def from_dict(cls, data: object) -> Manifest:
        """Parses JSON; raises ValueError with a sentence that names the field."""
        root = _object(data, "The manifest")
        if root.get("format") != FORMAT:
            raise ValueError(f"The manifest's format is {root.get('format')!r}; this version reads format {FORMAT}.")
        try:
            return _parse(root)
        except KeyError as error:
            raise ValueError(f"The manifest lacks the field {error.args[0]!r}.") from error
        except (TypeError, AttributeError) as error:
            raise ValueError(f"The manifest has a field of the wrong kind: {error}.") from error

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; optional fields of graphs and tensors are left out at their defaults."""
        data = asdict(self)
        data["graphs"] = {name: _given(graph) for name, graph in data["graphs"].items()}
        for optional in ("tidy_cells", "edge_radius"):
            if not data["decoder"][optional]:
                del data["decoder"][optional]
        data["embedding"] = [_tensor_dict(tensor) for tensor in self.embedding]
        return {"format": FORMAT, **data}


def _given(graph: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in graph.items() if value not in ((), None)}


def _tensor_dict(tensor: TensorSpec) -> dict[str, Any]:
    data = asdict(tensor)
    if not tensor.local:
        del data["local"]
    if tensor.levels == TensorSpec.levels:
        del data["levels"]
    return data


def _object(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} must be a JSON object, not {type(value).__name__}.")
    return value


def _parse(root: Mapping[str, Any]) -> Manifest:
    graphs = {name: _graph(_object(value, f"Graph {name!r}")) for name, value in root["graphs"].items()}
    for needed in ("encoder", "decode"):
        if needed not in graphs:
            raise ValueError(f"The manifest names no {needed!r} graph.")
    files = {name: FileSpec(str(v["sha256"]), int(v["bytes"])) for name, v in root["files"].items()}
    tensors = tuple(_tensor(_object(value, "An embedding tensor")) for value in root["embedding"])
    if not tensors:
        raise ValueError("The manifest names no embedding tensor.")
    picture, decoder = root["input"], root["decoder"]
    return Manifest(
        name=str(root["name"]),
        version=str(root["version"]),
        family=str(root["family"]),
        input=InputSpec(
            _positive(picture["size"], "input.size"),
            tuple(map(float, picture["mean"])),
            tuple(map(float, picture["std"])),
            tuple(map(float, picture["pad_value"])),
        ),
        embedding=tensors,
        decoder=DecoderSpec(
            _positive(decoder["mask_size"], "decoder.mask_size"),
            _positive(decoder["num_masks"], "decoder.num_masks"),
            float(decoder["mask_threshold"]),
            _positive(decoder["point_frame"], "decoder.point_frame"),
            _positive(decoder["tidy_cells"], "decoder.tidy_cells") if decoder.get("tidy_cells") else 0,
            _positive(decoder["edge_radius"], "decoder.edge_radius") if decoder.get("edge_radius") else 0,
        ),
        graphs=graphs,
        encoder_sha256=str(root["encoder_sha256"]),
        files=files,
        licence=str(root["licence"]),
        notice=str(root.get("notice", "")),
        training_data=tuple(map(str, root.get("training_data", ()))),
        metrics=dict(root.get("metrics", {})),
        parent=root.get("parent"),
    )


def _positive(value: object, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"The manifest's {what} must be a positive whole number, not {value!r}.")
    return value


def _graph(data: Mapping[str, Any]) -> GraphSpec:
    return GraphSpec(
        file=str(data["file"]),
        inputs=tuple(map(str, data.get("inputs", ()))),
        outputs=tuple(map(str, data.get("outputs", ()))),
        max_tokens=data.get("max_tokens"),
        min_guard=data.get("min_guard"),
        weights=data.get("weights"),
        cells=tuple(map(str, data.get("cells", ()))),
    )


def _tensor(data: Mapping[str, Any]) -> TensorSpec:
    encoding = str(data.get("encoding", "int8"))
    if encoding not in ENCODINGS:
        raise ValueError(f"The manifest's encoding {encoding!r} is unknown; it must be one of {', '.join(ENCODINGS)}.")
    levels = _positive(data.get("levels", 256), "embedding levels")
    if not 2 <= levels <= 256:
        raise ValueError(f"The manifest's embedding levels must lie between 2 and 256, not {levels}.")
    shape = tuple(_positive(side, "embedding shape") for side in data["shape"])
    return TensorSpec(str(data["name"]), shape, encoding, levels, bool(data.get("local", False)))

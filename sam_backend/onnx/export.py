"""A model to a package directory: graphs, manifest, hashes."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from safetensors.torch import save_file

from sam_backend.manifest import DecoderSpec, GraphSpec, InputSpec, Manifest, TensorSpec
from sam_backend.modeling import Sam
from sam_backend.modeling.families import AnySam
from sam_backend.modeling.hq import HqSam
from sam_backend.modeling.sam2 import Sam2
from sam_backend.modeling.sam2.video import Sam2Video
from sam_backend.onnx.fast.decode import FAST_OUTPUTS, SHOWN, FastDecoderGraph
from sam_backend.onnx.fast.prepare import PREPARED, PrepareGraph
from sam_backend.onnx.graphs import (
    DECODER_OUTPUTS,
    PROMPT_INPUTS,
    DecoderGraph,
    EncoderGraph,
    example_embedding,
    example_prompts,
)
from sam_backend.onnx.hq.graphs import hq_embedding_specs
from sam_backend.onnx.hq.write import HQ_GRAPHS
from sam_backend.onnx.sam2.graphs import embedding_specs
from sam_backend.onnx.sam2.write import SAM2_GRAPHS
from sam_backend.onnx.steps import Step, untold
from sam_backend.onnx.write import PROMPT_AXES, write_graph
from sam_backend.package import write_manifest
from sam_backend.sessions.fast import MAX_TOKENS, MIN_GUARD

WRITING_STEPS = 4


@dataclass(frozen=True)
class PackageInfo:
    """What the weights alone cannot tell about a package."""

    name: str
    version: str = "1"
    licence: str = "unknown"
    notice: str = ""
    training_data: tuple[str, ...] = ()
    metrics: dict[str, float] = field(default_factory=dict)
    parent: str | None = None


def export_package(
    model: AnySam, folder: Path, info: PackageInfo, *, weights: bool = False, step: Step = untold
) -> Path:
    """Write the model package of `model` to `folder`, all of it or nothing.

    Args:
        model: float32 model on the CPU.
        folder: must not exist yet or be empty.
        info: name, version, licence and the like.
        weights: add `weights.safetensors`, which training and GPU workers start from.
        step: told of each of the four steps (`WRITING_STEPS`) as it begins.

    Returns:
        `folder`.

    Raises:
        ValueError: the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder} is not an empty folder. Name another one, or remove it first.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        target = Path(scratch) / "package"
        target.mkdir()
        graphs = _write_all(model, target, step)
        step("Writing the weights and the manifest" if weights else "Writing the manifest")
        if weights:
            save_file(model.state_dict(), target / "weights.safetensors")
        manifest = replace(describe(model, info, graphs), remembers=weights and isinstance(model, Sam2Video))
        write_manifest(target, manifest)
        if folder.exists():
            folder.rmdir()
        shutil.move(target, folder)
    return folder


def _write_all(model: AnySam, folder: Path, step: Step) -> dict[str, GraphSpec]:
    if isinstance(model, Sam2):
        return SAM2_GRAPHS.write(model, folder, step)
    if isinstance(model, HqSam):
        return HQ_GRAPHS.write(model, folder, step)
    return write_graphs(model, folder, step)


def write_graphs(model: Sam, folder: Path, step: Step = untold) -> dict[str, GraphSpec]:
    """Write every graph of the model; returns the manifest's entries by name."""
    step("Writing the encoder")
    write_encoder(model, folder / "encoder.onnx")
    return {"encoder": GraphSpec("encoder.onnx"), **write_decoders(model, folder, step)}


def write_decoders(model: Sam, folder: Path, step: Step = untold) -> dict[str, GraphSpec]:
    """Write the graphs that follow the encoder; they need its sizes, but none of its weights."""
    step("Writing the decoder")
    write_decoder(model, folder / "decode.onnx")
    step("Writing the fast decoder")
    write_fast(model, folder / "prepare.onnx", folder / "decode_fast.onnx")
    return {
        "decode": GraphSpec("decode.onnx"),
        "prepare": GraphSpec("prepare.onnx", inputs=("embedding",), outputs=PREPARED),
        "decode_fast": GraphSpec(
            "decode_fast.onnx",
            inputs=(*PREPARED, *PROMPT_INPUTS),
            outputs=FAST_OUTPUTS,
            max_tokens=MAX_TOKENS,
            min_guard=MIN_GUARD,
            cells=tuple(SHOWN),
        ),
    }


def write_encoder(model: Sam, path: Path) -> None:
    """Write `image` → `embedding` for one image at a time."""
    size = model.config.input_size
    write_graph(EncoderGraph(model), (torch.rand(1, 3, size, size) * 255,), path, ("image",), ("embedding",))


def write_decoder(model: Sam, path: Path) -> None:
    """Write the plain decoder."""
    arguments = (example_embedding(model), *example_prompts(model))
    write_graph(DecoderGraph(model), arguments, path, ("embedding", *PROMPT_INPUTS), DECODER_OUTPUTS, PROMPT_AXES)


def write_fast(model: Sam, prepare: Path, decode: Path) -> None:
    """Write the fast decoder's two graphs (see `sam_backend.onnx.fast`)."""
    embedding = example_embedding(model)
    prepare_graph, decode_graph = PrepareGraph(model), FastDecoderGraph(model)
    write_graph(prepare_graph, (embedding,), prepare, ("embedding",), PREPARED)
    with torch.no_grad():
        prepared = prepare_graph(embedding)
    arguments = (*prepared, *example_prompts(model, batch=1))
    axes = {"point_coords": {1: "points"}, "point_labels": {1: "points"}, **SHOWN}
    write_graph(decode_graph, arguments, decode, (*PREPARED, *PROMPT_INPUTS), FAST_OUTPUTS, axes)


def describe(model: AnySam, info: PackageInfo, graphs: dict[str, GraphSpec]) -> Manifest:
    """The package's manifest, but for the hashes."""
    config = model.config
    return Manifest(
        name=info.name,
        version=info.version,
        family=config.family,
        input=InputSpec(
            config.input_size,
            config.pixel_mean,
            config.pixel_std,
            config.pixel_mean,
            "stretch" if config.stretched else "pad",
        ),
        embedding=_embedding(model),
        decoder=DecoderSpec(
            config.mask_size, config.decoder.num_masks, config.mask_threshold, point_frame=config.point_frame
        ),
        graphs=graphs,
        encoder_sha256="",
        files={},
        licence=info.licence,
        notice=info.notice,
        training_data=info.training_data,
        metrics=info.metrics,
        parent=info.parent,
    )


def _embedding(model: AnySam) -> tuple[TensorSpec, ...]:
    """The embedding's tensors and how they are shipped."""
    if isinstance(model, Sam2):
        return embedding_specs(model)
    if isinstance(model, HqSam):
        return hq_embedding_specs(model)
    config = model.config
    return (TensorSpec("embedding", (1, config.decoder.width, config.grid, config.grid)),)

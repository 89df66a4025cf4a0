"""The weights of SAM's decoder out of a package: from its weights file, or from the constants of `decode.onnx`.

The exporter folds what does not depend on the inputs: the weight of a linear layer lies in the graph transposed and
without its name, but its bias, which is added to the product, has kept its own; learnt tokens lie joined. The folded
constants are so told by what reads them. `TunableSam` compares the result with the graph before it is trusted.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper
from safetensors import safe_open

from sam_backend.config import DecoderConfig
from sam_backend.package import ModelPackage

PARTS = ("prompt_encoder", "mask_decoder")
WEIGHTS = "weights.safetensors"
HEADS = 8
"""Of every published SAM; a weight does not tell how many heads share it."""
KINDS = ("not_a_point_embed", *(f"point_embeddings.{kind}" for kind in range(4)))
"""The prompt encoder's learnt tokens, in the order in which the graph joins them."""

State = dict[str, npt.NDArray[np.float32]]


def decoder_weights(package: ModelPackage) -> State:
    """Float32 by name, as in the official checkpoints.

    Raises:
        ValueError, KeyError: not the weights or the graph of a SAM decoder.
    """
    if WEIGHTS in package.manifest.files:
        with safe_open(package.path / WEIGHTS, "numpy") as file:
            names = [name for name in file.keys() if name.startswith(PARTS)]  # noqa: SIM118
            return {name: np.asarray(file.get_tensor(name), np.float32) for name in names}
    return read_graph(package.file("decode"))


def read_graph(path: Path) -> State:
    """The weights in a plain decoder graph that `export` wrote; see `decoder_weights` for what is raised."""
    graph = onnx.load(str(path)).graph
    values = {entry.name: np.asarray(numpy_helper.to_array(entry), np.float32) for entry in graph.initializer}
    state = {name: value for name, value in values.items() if name.startswith(PARTS)}
    products = {node.output[0]: node.input[1] for node in graph.node if node.op_type == "MatMul"}
    for node in graph.node:
        if node.op_type == "Add" and (layer := _biased(node, products)):
            product, bias = layer
            if products[product] in values:
                state[bias.removesuffix("bias") + "weight"] = np.ascontiguousarray(values[products[product]].T)
    for node in graph.node:
        _take_tokens(node, values, state)
    return state


def _biased(node: onnx.NodeProto, products: dict[str, str]) -> tuple[str, str] | None:
    """(product, bias) of a linear layer's addition."""
    product = next((name for name in node.input if name in products), None)
    bias = next((name for name in node.input if name.startswith(PARTS) and name.endswith("bias")), None)
    return (product, bias) if product and bias else None


def _take_tokens(node: onnx.NodeProto, values: dict[str, npt.NDArray[np.float32]], state: State) -> None:
    source = next((name for name in node.input if name in values and not name.startswith(PARTS)), None)
    if source is None:
        return
    value = values[source]
    if node.op_type == "Gather" and value.shape[0] == len(KINDS):
        state |= {f"prompt_encoder.{name}.weight": value[i : i + 1] for i, name in enumerate(KINDS)}
    elif node.op_type == "Expand":
        state |= {"mask_decoder.iou_token.weight": value[:1], "mask_decoder.mask_tokens.weight": value[1:]}
    elif node.op_type == "Mul" and value.ndim == 4 and value.shape[2:] == (1, 1):
        state["prompt_encoder.no_mask_embed.weight"] = value.reshape(1, -1)


def decoder_config(state: State) -> DecoderConfig:
    """The sizes of a decoder, read off its weights. Raises KeyError for weights of something else."""
    hidden = state["mask_decoder.iou_prediction_head.layers.0.weight"]
    layers = {name.split(".")[3] for name in state if name.startswith("mask_decoder.transformer.layers.")}
    heads = [name for name in state if name.startswith("mask_decoder.iou_prediction_head.") and name.endswith("weight")]
    inner = state["mask_decoder.transformer.final_attn_token_to_image.q_proj.weight"].shape[0]
    return DecoderConfig(
        width=hidden.shape[1],
        heads=HEADS,
        depth=len(layers),
        mlp_width=state["mask_decoder.transformer.layers.0.mlp.lin1.weight"].shape[0],
        attention_downsample=hidden.shape[1] // inner,
        num_masks=state["mask_decoder.mask_tokens.weight"].shape[0],
        iou_width=hidden.shape[0],
        iou_depth=len(heads),
        mask_prompt_channels=state["prompt_encoder.mask_downscaling.3.weight"].shape[0],
    )

"""An EdgeTAM small enough to test in milliseconds, and Hugging Face's with the same random weights."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from sam_backend.config import DecoderConfig, ModelConfig, RepVitConfig
from tests.sam_backend.sam2.tiny import scatter

TINY = ModelConfig(
    "tiny_edgetam",
    "edgetam",
    RepVitConfig(8, (1, 2, 3, 1)),
    DecoderConfig(width=32, heads=4, mlp_width=48, iou_width=24),
    input_size=128,
)
"""Blocks with a gate and without; gates whose widths are rounded up (8 / 4 to 8) and down (64 / 4 stays 16)."""


def oracle_config(transformers: Any, config: ModelConfig = TINY) -> Any:
    """The same shape for Hugging Face's implementation, whose encoder it leaves to timm."""
    encoder, decoder, size = config.encoder, config.decoder, config.input_size
    assert isinstance(encoder, RepVitConfig)
    vision = transformers.EdgeTamVisionConfig(
        backbone_channel_list=[encoder.width << i for i in (3, 2, 1, 0)],
        backbone_feature_sizes=[[size // stride] * 2 for stride in (4, 8, 16)], fpn_hidden_size=decoder.width,
    )  # fmt: skip
    return transformers.EdgeTamConfig(
        vision_config=vision,
        prompt_encoder_config={"hidden_size": decoder.width, "image_size": size, "patch_size": 16},
        mask_decoder_config={
            "hidden_size": decoder.width, "mlp_dim": decoder.mlp_width, "num_attention_heads": decoder.heads,
            "iou_head_hidden_dim": decoder.iou_width,
        },
    )  # fmt: skip


def oracle(torch: Any, transformers: Any, seed: int, config: ModelConfig = TINY) -> Any:
    """Hugging Face's model with every parameter away from the value it is born with."""
    with without_timm(torch, transformers, config):
        theirs = transformers.EdgeTamModel(oracle_config(transformers, config)).eval()
    scatter(torch, theirs, seed)
    return theirs


def without_timm(torch: Any, transformers: Any, config: ModelConfig) -> Any:
    """A context in which Hugging Face's models get `trunk` where they would ask timm for an encoder."""
    known = transformers.AutoModel.from_config

    def made(wanted: Any, **more: Any) -> Any:
        return trunk(torch, config) if wanted.model_type == "timm_wrapper" else known(wanted, **more)

    return patch.object(transformers.AutoModel, "from_config", made)


def trunk(torch: Any, config: ModelConfig) -> Any:
    """What stands where Hugging Face's model has timm's encoder, under the names that has there.

    It is ours: test_repvit.py holds it to what timm made, and this leaves timm out of the tests' needs.
    """
    from sam_backend.modeling.sam2.repvit import RepVit

    class Backbone(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            assert isinstance(config.encoder, RepVitConfig)
            self.timm_model = RepVit(config.encoder).body

        def forward(self, pixels: Any, **_: Any) -> Any:
            maps = []
            for part in self.timm_model.values():
                pixels = part(pixels)
                maps.append(pixels)
            return type("Output", (), {"last_hidden_state": maps[1:], "hidden_states": None})()

    return Backbone()

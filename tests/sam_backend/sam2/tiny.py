"""A SAM 2 small enough to test in milliseconds, and Hugging Face's with the same random weights."""

from __future__ import annotations

from typing import Any

from sam_backend.config import DecoderConfig, HieraConfig, ModelConfig

TINY = ModelConfig(
    "tiny_sam2",
    "sam2",
    HieraConfig(8, 1, (1, 2, 3, 1), (4,), windows=(8, 4, 6, 3), positions=5),
    DecoderConfig(width=32, heads=4, mlp_width=48, iou_width=24),
    input_size=128,
)
"""Windows that do not divide the maps (8 and 4 cells in the last stages), one block that sees everything."""


def oracle_config(transformers: Any, config: ModelConfig = TINY) -> Any:
    """The same shape for Hugging Face's implementation."""
    encoder, decoder, size = config.encoder, config.decoder, config.input_size
    assert isinstance(encoder, HieraConfig)
    backbone = transformers.Sam2HieraDetConfig(
        hidden_size=encoder.width, num_attention_heads=encoder.heads, image_size=[size, size],
        window_positional_embedding_background_size=[encoder.positions] * 2,
        blocks_per_stage=list(encoder.depths), embed_dim_per_stage=[encoder.width << i for i in range(4)],
        num_attention_heads_per_stage=[encoder.heads << i for i in range(4)],
        window_size_per_stage=list(encoder.windows), global_attention_blocks=list(encoder.global_blocks),
    )  # fmt: skip
    vision = transformers.Sam2VisionConfig(
        backbone_config=backbone, backbone_channel_list=[encoder.width << i for i in (3, 2, 1, 0)],
        backbone_feature_sizes=[[size // stride] * 2 for stride in (4, 8, 16)], fpn_hidden_size=decoder.width,
    )  # fmt: skip
    return transformers.Sam2Config(
        vision_config=vision,
        prompt_encoder_config={"hidden_size": decoder.width, "image_size": size, "patch_size": 16},
        mask_decoder_config={
            "hidden_size": decoder.width, "mlp_dim": decoder.mlp_width, "num_attention_heads": decoder.heads,
            "iou_head_hidden_dim": decoder.iou_width,
        },
    )  # fmt: skip


def oracle(torch: Any, transformers: Any, seed: int, config: ModelConfig = TINY) -> Any:
    """Hugging Face's model with every parameter away from the value it is born with."""
    theirs = transformers.Sam2Model(oracle_config(transformers, config)).eval()
    scatter(torch, theirs, seed)
    return theirs


def scatter(torch: Any, theirs: Any, seed: int) -> None:
    """Give every parameter a random value, sizes as in a trained model."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, value in theirs.state_dict().items():
            if not value.is_floating_point():
                continue
            scale = value[0].numel() ** -0.5 if value.ndim >= 2 and value.shape[0] > 4 else 0.3
            offset = 1.0 if value.ndim == 1 and name.endswith(("weight", "running_var")) else 0.0
            noise = torch.randn(value.shape) * scale
            value.copy_((noise.abs() if name.endswith("running_var") else noise) + offset)
        theirs.prompt_encoder.shared_embedding.positional_embedding.copy_(
            theirs.shared_image_embedding.positional_embedding
        )

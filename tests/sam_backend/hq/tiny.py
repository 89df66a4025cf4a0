"""An HQ-SAM small enough to test in milliseconds, and Hugging Face's with the same random weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sam_backend.config import ModelConfig, VitConfig
from tests.sam_backend.modeling import tiny

HQ = replace(tiny.VIT, name="tiny_hq", family="hq_sam", encoder=VitConfig(48, 4, 2, (1, 3), window=4))
"""Two blocks that see everything, of which only the first counts, in another width than the decoder's."""
LIGHT = replace(tiny.TINY_VIT, name="tiny_light_hq", family="hq_sam")


def oracle_config(transformers: Any, config: ModelConfig = HQ) -> Any:
    """The same shape for Hugging Face's implementation."""
    encoder, decoder, size = config.encoder, config.decoder, config.input_size
    assert isinstance(encoder, VitConfig)
    return transformers.SamHQConfig(
        vision_config={
            "hidden_size": encoder.width, "num_hidden_layers": encoder.depth, "num_attention_heads": encoder.heads,
            "image_size": size, "window_size": encoder.window, "patch_size": 16,
            "global_attn_indexes": list(encoder.global_blocks), "output_channels": decoder.width,
            "mlp_dim": encoder.width * encoder.mlp_ratio, "num_pos_feats": decoder.width // 2,
        },
        prompt_encoder_config={"hidden_size": decoder.width, "image_size": size, "patch_size": 16},
        mask_decoder_config={
            "hidden_size": decoder.width, "mlp_dim": decoder.mlp_width, "num_attention_heads": decoder.heads,
            "iou_head_hidden_dim": decoder.iou_width, "layer_norm_eps": 1e-5, "vit_dim": encoder.width,
        },
    )  # fmt: skip


def oracle(torch: Any, transformers: Any, seed: int, config: ModelConfig = HQ) -> Any:
    """Hugging Face's model with every parameter away from the value it is born with."""
    theirs = transformers.SamHQModel(oracle_config(transformers, config)).eval()
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, value in theirs.state_dict().items():
            scale = value[0].numel() ** -0.5 if value.ndim >= 2 and value.shape[0] > 4 else 0.3
            offset = 1.0 if value.ndim == 1 and name.endswith("weight") else 0.0
            value.copy_(torch.randn(value.shape) * scale + offset)
        theirs.prompt_encoder.shared_embedding.positional_embedding.copy_(
            theirs.shared_image_embedding.positional_embedding
        )
    theirs.mask_decoder.transformer.register_forward_hook(_hand_back, with_kwargs=True)
    return theirs


def _hand_back(module: Any, arguments: Any, named: dict[str, Any], made: tuple[Any, Any]) -> None:
    """Give their decoder the image tokens that its transformer has made.

    transformers 5.23 drops them: it upscales the image as it was before any prompt, rows and columns swapped
    (`SamHQMaskDecoder.forward`). The authors' code, like SAM's, upscales what the transformer made
    (`MaskDecoderHQ.predict_masks`). So this writes that, swapped, to where their decoder will read.
    """
    image = named["image_embeddings"]  # made anew for every call
    image.copy_(made[1][:, 0].transpose(1, 2).reshape(image.shape).transpose(2, 3))


def masks_of(torch: Any, theirs: Any, **inputs: Any) -> Any:
    """Their answer in our order: the unambiguous mask from a second call, then the candidates, best first."""
    one, three = (theirs(multimask_output=flag, **inputs) for flag in (False, True))
    masks = torch.cat([one.pred_masks, three.pred_masks], dim=2)[:, 0]
    return masks, torch.cat([one.iou_scores, three.iou_scores], dim=2)[:, 0]


def best_first(logits: Any, iou: Any) -> Any:
    """Our four masks as Hugging Face's code orders them: mask 0, then the candidates by predicted IoU."""
    order = iou[:, 1:].argsort(dim=1, descending=True) + 1
    order = order.new_zeros(len(order), 4).index_copy(1, order.new_tensor([1, 2, 3]), order)
    return logits.gather(1, order[..., None, None].expand_as(logits)), iou.gather(1, order)

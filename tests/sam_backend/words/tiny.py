"""A SAM 3 small enough to test in milliseconds, with a tokenizer of bytes, as `transformers` saves them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SIDE, WIDTH, QUERIES = 56, 16, 12
"""Of the picture's square, the features, and how many objects may be found."""
BEGIN, END = "<|startoftext|>", "<|endoftext|>"


def config(transformers: Any, vision: dict[str, Any] | None = None, width: int = WIDTH) -> Any:
    """Maps of 16, 8 and 4 cells, one layer of each kind, one of two encoder blocks with windows; or another encoder,
    whose neck is `width` wide."""
    shape = {"hidden_size": width, "num_attention_heads": 2, "intermediate_size": 24}
    backbone = shape | {
        "model_type": "sam3_vit_model", "num_hidden_layers": 2, "image_size": SIDE, "patch_size": 14, "window_size": 2,
        "global_attn_indexes": [1], "pretrain_image_size": 28,
    }  # fmt: skip
    text = shape | {
        "model_type": "clip_text_model", "vocab_size": len(vocabulary()), "num_hidden_layers": 1,
        "max_position_embeddings": 32, "projection_dim": 8, "hidden_act": "gelu", "bos_token_id": 512,
        "eos_token_id": 513, "pad_token_id": 513,
    }  # fmt: skip
    return transformers.Sam3Config(
        vision_config=vision or {
            "fpn_hidden_size": width, "backbone_feature_sizes": [[16, 16], [8, 8], [4, 4]], "backbone_config": backbone,
        },
        text_config=text,
        geometry_encoder_config=shape | {"num_layers": 1, "roi_size": 3},
        detr_encoder_config=shape | {"num_layers": 1},
        detr_decoder_config=shape | {"num_layers": 1, "num_queries": QUERIES},
        mask_decoder_config={"hidden_size": width, "num_attention_heads": 2},
    )  # fmt: skip


def oracle(torch: Any, transformers: Any, seed: int) -> Any:
    """The model with every parameter away from the value it is born with, so that masks and scores differ."""
    theirs = transformers.Sam3Model(config(transformers)).eval()
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, value in theirs.named_parameters():
            scale = 1.5 * value[0].numel() ** -0.5 if value.ndim >= 2 else 0.3
            offset = 1.0 if value.ndim == 1 and name.endswith("weight") else 0.0
            value.copy_(torch.randn(value.shape) * scale + offset)
    return theirs


def save(theirs: Any, folder: Path) -> Path:
    """Write a model and its tokenizer as they are published."""
    theirs.save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps(vocabulary()))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    special = {"bos_token": BEGIN, "eos_token": END, "unk_token": END, "pad_token": END, "model_max_length": 32}
    (folder / "tokenizer_config.json").write_text(json.dumps(special | {"tokenizer_class": "CLIPTokenizer"}))
    return folder


def vocabulary() -> dict[str, int]:
    """Every byte, within a word and at its end; nothing is merged, so a letter is a token."""
    letters = _letters()
    names = [*letters, *(f"{letter}</w>" for letter in letters), BEGIN, END]
    return {name: number for number, name in enumerate(names)}


def _letters() -> list[str]:
    """How byte-level BPE writes the 256 bytes (Radford et al. 2019): printable ones as they are, others from 256 on."""
    plain = {*range(33, 127), *range(161, 173), *range(174, 256)}
    rest = (chr(256 + number) for number in range(256))
    return [chr(byte) if byte in plain else next(rest) for byte in range(256)]

"""SAM 2, EdgeTAM or SAM 3 with its memory: what a frame's features, mask and token become for the frames after it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.config import MemoryConfig, ModelConfig
from sam_backend.modeling.common import Mlp
from sam_backend.modeling.sam2.decoder import steady
from sam_backend.modeling.sam2.model import MOST_LOGIT, Sam2
from sam_backend.modeling.sam2.video.attention import MemoryAttention
from sam_backend.modeling.sam2.video.encoder import MemoryEncoder
from sam_backend.modeling.sam2.video.perceiver import SpatialPerceiver
from sam_backend.modeling.sam2.video.positions import sine_map, sine_time

NO_OBJECT = -1024.0
"""Logit of every pixel where the object is not in the frame."""
MASK_SCALE, MASK_BIAS = 20.0, -10.0
"""From 0 and 1 to logits, and from probabilities to what the memory encoder reads."""


@dataclass(frozen=True)
class Answer:
    """What a frame says of one object: logits [1, 1, 4·G, 4·G], pointer [1, width], score [1, 1] (a logit; the object
    is there where it is above 0), predicted IoU [1, 1]."""

    logits: Tensor
    pointer: Tensor
    score: Tensor
    iou: Tensor


class Sam2Video(Sam2):
    """`Sam2` and what its checkpoints hold for video, under the official names."""

    map_positions: Tensor
    memory_positions: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        if config.memory is None:
            raise ValueError(f"{config.name} is a model of single pictures: nothing is said of its memory.")
        self.memory = memory = config.memory
        width = config.decoder.width
        self.memory_attention = MemoryAttention(memory, width, config.grid)
        self.memory_encoder = MemoryEncoder(memory, width)
        self.maskmem_tpos_enc = nn.Parameter(torch.zeros(memory.frames, 1, 1, memory.width))
        self.no_mem_pos_enc = nn.Parameter(torch.zeros(1, 1, width))  # in the files, read by nobody
        self.no_obj_ptr = nn.Parameter(torch.zeros(1, width))
        self.mask_downsample = nn.Conv2d(1, 1, 4, stride=4)
        self.obj_ptr_proj = Mlp((width, width, width, width))
        if memory.since_2_1:
            self.obj_ptr_tpos_proj = nn.Linear(width, memory.width)
            self.no_obj_embed_spatial = nn.Parameter(torch.zeros(1, memory.width))
        self.spatial_perceiver = SpatialPerceiver(memory.perceiver, memory.width) if memory.perceiver else None
        positions = sine_map(config.grid, memory.width)
        self.register_buffer("map_positions", positions, persistent=False)
        self.register_buffer("memory_positions", _token_positions(memory, positions), persistent=False)
        self.eval()

    def recall(self, frame: Tensor, maps: list[tuple[int, Tensor]], pointers: list[tuple[float, Tensor]]) -> Tensor:
        """Features of a frame, given what is remembered.

        Args:
            frame: [1, width, G, G] without `no_mem_embed`.
            maps: (frames between, memory as `remember` gives it); 0 for one that somebody marked.
            pointers: (frames between as a share of the farthest that counts, pointer [1, width]).

        Returns:
            [1, width, G, G].
        """
        kept = [memory.to(frame) for _, memory in maps]
        places = [self.memory_positions + self.maskmem_tpos_enc[apart - 1, 0] for apart, _ in maps]
        parts = self.config.decoder.width // self.memory.width
        if pointers:
            tokens = torch.cat([pointer for _, pointer in pointers]).reshape(-1, self.memory.width)
            kept.append(tokens)
            places.append(self._moments([moment for moment, _ in pointers], frame).repeat_interleave(parts, dim=0))
        unplaced = len(pointers) * parts
        y: Tensor = self.memory_attention(frame, torch.cat(kept)[None], torch.cat(places)[None], unplaced)
        return y

    def _moments(self, moments: list[float], like: Tensor) -> Tensor:
        if not self.memory.since_2_1:
            return like.new_zeros(len(moments), self.memory.width)
        times = torch.tensor(moments, dtype=torch.float32, device=like.device)
        y: Tensor = self.obj_ptr_tpos_proj(sine_time(times, self.config.decoder.width).to(like.dtype))
        return y

    def answer(
        self,
        features: tuple[Tensor, Tensor, Tensor],
        coords: Tensor,
        labels: Tensor,
        earlier: Tensor | None = None,
        *,
        candidates: bool,
    ) -> Answer:
        """Decode a frame's features for one object.

        Args:
            features: [1, width, G, G] as `recall` gives it, or with `no_mem_embed` where nothing is remembered, and the
                finer maps of `encode`.
            coords, labels: a prompt [1, N, 2] in a square of `config.point_frame` and [1, N]; N may be 0.
            earlier: logits [1, 1, 4·G, 4·G] to go on from, or None.
            candidates: choose the best of three masks, not the one of the unambiguous token.
        """
        embedding, *finer = features
        encoder, decoder = self.sam_prompt_encoder, self.sam_mask_decoder
        dense = encoder.no_mask() if earlier is None else encoder.masks(earlier.clamp(-MOST_LOGIT, MOST_LOGIT))
        prompt = decoder.tokens(self._sparse(coords, labels))
        image = (embedding + dense).flatten(2).transpose(1, 2)
        tokens, image = decoder.transformer(image, encoder.image_positions(), prompt)
        logits, iou = decoder.masks_of(tokens, image, (finer[0], finer[1]))
        score = decoder.object_score(tokens)
        best = int(iou[0, 1:].argmax()) + 1 if candidates else 0
        if not candidates:
            logits, iou = steady(logits, iou)
        there = score > 0
        chosen = torch.where(there[..., None, None], logits[:, best : best + 1], NO_OBJECT)
        return Answer(chosen, self._pointer(tokens[:, 2 + best], there), score, iou[:, best : best + 1])

    def _sparse(self, coords: Tensor, labels: Tensor) -> Tensor:
        """As `sparse`, for a prompt without its padding point; one without any point gets two of those."""
        scale = self.config.input_size / self.config.point_frame
        padding = self.sam_prompt_encoder.not_a_point_embed.weight[None].expand(-1, 1 if labels.shape[1] else 2, -1)
        return torch.cat([self.sam_prompt_encoder.points(coords * scale, labels), padding], dim=1)

    def _pointer(self, token: Tensor, there: Tensor) -> Tensor:
        return torch.where(there, self.obj_ptr_proj(token), self.no_obj_ptr)

    def take(self, features: tuple[Tensor, Tensor, Tensor], mask: Tensor) -> tuple[Answer, Tensor]:
        """A mask that somebody drew, as the answer itself; the decoder is asked for the pointer alone.

        Args:
            features: without `no_mem_embed`.
            mask: [1, 1, 16·G, 16·G], 0 or 1, over the whole frame.

        Returns:
            the answer, and the mask's logits [1, 1, 16·G, 16·G].
        """
        large = mask * MASK_SCALE + MASK_BIAS
        side = self.config.mask_size
        small = F.interpolate(large, (side, side), mode="bilinear", align_corners=False, antialias=True)
        nothing = mask.new_zeros(1, 0, 2), mask.new_zeros(1, 0)
        embedded = self.sam_prompt_encoder.masks(self.mask_downsample(mask))
        seen = (features[0] + embedded - self.sam_prompt_encoder.no_mask(), *features[1:])
        pointer = self.answer(seen, *nothing, candidates=True).pointer
        there = mask.flatten(1).any(1, keepdim=True)
        pointer = torch.where(there, pointer, self.no_obj_ptr)
        score = MASK_SCALE * there.to(mask) + MASK_BIAS
        return Answer(small, pointer, score, torch.ones_like(score)), large

    def remember(self, frame: Tensor, answer: Answer, large: Tensor | None = None, *, given: bool) -> Tensor:
        """What later frames read of this one: bfloat16 [G·G, memory width], or as many tokens as the perceiver makes.

        Args:
            frame: [1, width, G, G] without `no_mem_embed`.
            answer: what was found in it.
            large: its logits [1, 1, 16·G, 16·G] where they are at hand, else they are scaled up to the input square.
            given: somebody marked the object here, so its mask counts as certain.
        """
        if large is None:
            side = self.config.input_size
            large = F.interpolate(answer.logits, (side, side), mode="bilinear", align_corners=False)
        mask = (large > 0).to(large) if given else large.sigmoid()
        memory = self.memory_encoder(frame, mask * MASK_SCALE + MASK_BIAS)
        if self.memory.since_2_1:
            absent = (answer.score <= 0).to(memory)
            memory = memory + absent[..., None, None] * self.no_obj_embed_spatial[..., None, None]
        tokens: Tensor = memory[0].flatten(1).T
        if self.spatial_perceiver is not None:
            tokens = self.spatial_perceiver(memory, self.map_positions)[0]
        return tokens.to(torch.bfloat16)


def _token_positions(memory: MemoryConfig, cells: Tensor) -> Tensor:
    """Positions of a memory's tokens [N, memory width]: those of the map's cells, or zero for the perceiver's free
    tokens and then those of its windows."""
    if memory.perceiver is None:
        return cells
    placed = sine_map(memory.perceiver.side, memory.width)
    return torch.cat([placed.new_zeros(memory.perceiver.free, memory.width), placed])

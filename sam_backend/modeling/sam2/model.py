"""SAM 2, EdgeTAM and SAM 3's tracker on single pictures: what their checkpoints hold for video is not here."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.config import HieraConfig, ModelConfig, RepVitConfig, RopeVitConfig
from sam_backend.modeling.prompt_encoder import PromptEncoder
from sam_backend.modeling.sam2.decoder import Sam2MaskDecoder, steady
from sam_backend.modeling.sam2.neck import ImageEncoder
from sam_backend.modeling.sam3 import ImageEncoder as Sam3ImageEncoder

MOST_LOGIT = 32.0
"""Earlier logits are clipped to ± this before they are a prompt, as SAM 2's image predictor hands them back."""


class Sam2(nn.Module):
    """Image encoder, prompt encoder and mask decoder with the official checkpoints' parameter names.

    EdgeTAM is the same with RepViT in Hiera's place, SAM 3's tracker with SAM 3's ViT and its simpler pyramid; there
    the official names begin otherwise (`checkpoints.sam3`).
    """

    pixel_mean: Tensor
    pixel_std: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.image_encoder = _image_encoder(config)
        self.sam_prompt_encoder = PromptEncoder(config.decoder, config.input_size, config.grid)
        self.sam_mask_decoder = Sam2MaskDecoder(config.decoder)
        self.no_mem_embed = nn.Parameter(torch.zeros(1, 1, config.decoder.width))
        self.register_buffer("pixel_mean", torch.tensor(config.pixel_mean).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("pixel_std", torch.tensor(config.pixel_std).reshape(1, 3, 1, 1), persistent=False)
        self.eval()

    @property
    def prompt_encoder(self) -> PromptEncoder:
        """Under SAM's name."""
        return self.sam_prompt_encoder

    @property
    def mask_decoder(self) -> Sam2MaskDecoder:
        """Under SAM's name."""
        return self.sam_mask_decoder

    def encode(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Embed images.

        Args:
            pixels: float [B, 3, S, S], RGB 0-255, each side of the picture scaled to S.

        Returns:
            The embedding [B, width, G, G] and the finer maps [B, width / 4, 2·G, 2·G], [B, width / 8, 4·G, 4·G].
        """
        return self.features((pixels - self.pixel_mean) / self.pixel_std)

    def features(self, normalised: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """`encode` of pixels that are normalised already: what may be computed in half precision."""
        stride_4, stride_8, stride_16 = self.image_encoder(normalised)
        # A picture has no frames before it; what the checkpoint learnt for that case is added to every cell.
        embedding = stride_16 + self.no_mem_embed.reshape(1, -1, 1, 1)
        return embedding, *self.sam_mask_decoder.finer(stride_8, stride_4)

    def decode(
        self,
        embedding: Tensor,
        stride_8: Tensor,
        stride_4: Tensor,
        coords: Tensor,
        labels: Tensor,
        mask_input: Tensor,
        has_mask: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Masks for prompts on one image, as SAM 2's image predictor gives them.

        Args:
            embedding, stride_8, stride_4: what `encode` gives for one image.
            coords: [B, N, 2] (x, y) in a square of `config.point_frame`.
            labels: [B, N]: 1 foreground, 0 background, 2 and 3 box corners, -1 padding.
            mask_input: [B, 1, 4·G, 4·G] earlier logits.
            has_mask: [B], 1 where `mask_input` counts.

        Returns:
            logits [B, 4, 4·G, 4·G] and predicted IoUs [B, 4]; mask 0 as `steady` leaves it.
        """
        logits, iou, _ = self.sam_mask_decoder.all_masks(
            embedding,
            (stride_8, stride_4),
            self.sam_prompt_encoder.image_positions(),
            self.sparse(coords, labels),
            self.sam_prompt_encoder.dense(mask_input.clamp(-MOST_LOGIT, MOST_LOGIT), has_mask),
        )
        return steady(logits, iou)

    def sparse(self, coords: Tensor, labels: Tensor) -> Tensor:
        """Prompt tokens [B, N or N + 1, width]: SAM 2 adds a padding point to every prompt, boxes included."""
        scale = self.config.input_size / self.config.point_frame
        tokens = self.sam_prompt_encoder.points(coords * scale, labels)
        # Found by what the first prompt lacks, so that a traced graph decides it anew each time.
        lacking = (labels[:1] != -1).all(dim=1).nonzero().flatten()
        padding = self.sam_prompt_encoder.not_a_point_embed.weight.index_select(0, lacking)
        return torch.cat([tokens, padding.expand(tokens.shape[0], -1, -1)], dim=1)


def _image_encoder(config: ModelConfig) -> ImageEncoder | Sam3ImageEncoder:
    """An image encoder that gives three maps.

    Raises:
        ValueError: the configuration has another one.
    """
    if isinstance(config.encoder, RopeVitConfig):
        return Sam3ImageEncoder(config.encoder, config.decoder.width)
    if isinstance(config.encoder, HieraConfig | RepVitConfig):
        return ImageEncoder(config.encoder, config.decoder.width)
    raise ValueError(f"{config.name} is no SAM 2 and no SAM 3: it has {type(config.encoder).__name__}.")

"""What tells one SAM variant from another: frozen numbers, no code and no torch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

PATCH = 16
"""Input pixels per embedding cell and side, of every SAM but the third."""

SAM_MEAN = (123.675, 116.28, 103.53)
SAM_STD = (58.395, 57.12, 57.375)
HALVES = (127.5, 127.5, 127.5)
"""SAM 3's mean and deviation: colours from -1 to 1."""


@dataclass(frozen=True)
class VitConfig:
    """Plain ViT with windowed attention (paper, section 3 and appendix A; ViTDet)."""

    width: int
    depth: int
    heads: int
    global_blocks: tuple[int, ...]
    window: int = 14
    mlp_ratio: int = 4


@dataclass(frozen=True)
class TinyVitConfig:
    """TinyViT as MobileSAM trims it: the last merge keeps the resolution, so that it too ends at stride 16."""

    widths: tuple[int, int, int, int] = (64, 128, 160, 320)
    depths: tuple[int, int, int, int] = (2, 2, 6, 2)
    heads: tuple[int, int, int, int] = (2, 4, 5, 10)
    windows: tuple[int, int, int, int] = (7, 7, 14, 7)
    mlp_ratio: int = 4
    conv_expansion: int = 4


@dataclass(frozen=True)
class HieraConfig:
    """Hiera as SAM 2 uses it: four stages, each half as fine and twice as wide as the one before.

    Attributes:
        width, heads: of the first stage.
        depths: blocks of each stage.
        global_blocks: blocks, counted through, that attend to the whole map.
        windows: side of each stage's windows in tokens; a stage's first block still has those of the stage before.
        positions: side of the learnt map of positions, which is stretched over the picture.
    """

    width: int = 96
    heads: int = 1
    depths: tuple[int, int, int, int] = (1, 2, 7, 2)
    global_blocks: tuple[int, ...] = (5, 7, 9)
    windows: tuple[int, int, int, int] = (8, 4, 14, 7)
    positions: int = 7
    mlp_ratio: int = 4


@dataclass(frozen=True)
class RepVitConfig:
    """RepViT (Wang et al. 2023) as EdgeTAM uses it: convolutions in four stages, each half as fine and twice as wide as
    the one before.

    Attributes:
        width: of the first stage.
        depths: blocks of each stage, besides the one that begins each later stage's halving.
        mlp_ratio: how much wider the layers within each cell are.
    """

    width: int = 48
    depths: tuple[int, int, int, int] = (2, 2, 14, 2)
    mlp_ratio: int = 2


@dataclass(frozen=True)
class RopeVitConfig:
    """SAM 3's ViT (a Perception Encoder, Bolya et al. 2025): windowed attention with rotary positions.

    Attributes:
        width, depth, heads, mlp_width: of its blocks.
        global_blocks: blocks that attend to the whole map.
        window: side of the others' windows in tokens; positions of global blocks are scaled to as many.
        patch: input pixels per token and side.
        positions: side of the learnt map of positions, which is repeated over the picture.
    """

    width: int = 1024
    depth: int = 32
    heads: int = 16
    mlp_width: int = 4736
    global_blocks: tuple[int, ...] = (7, 15, 23, 31)
    window: int = 24
    patch: int = 14
    positions: int = 24


@dataclass(frozen=True)
class DecoderConfig:
    """Prompt encoder and mask decoder (paper, appendix A, "Lightweight mask decoder")."""

    width: int = 256
    heads: int = 8
    depth: int = 2
    mlp_width: int = 2048
    attention_downsample: int = 2
    num_masks: int = 4
    iou_width: int = 256
    iou_depth: int = 3
    mask_prompt_channels: int = 16


@dataclass(frozen=True)
class PerceiverConfig:
    """What EdgeTAM makes of a frame's memory before later frames read it ("2D Spatial Perceiver").

    Attributes:
        free: tokens that see the whole map and lie nowhere in it.
        side: the others are side · side, each of which sees one window of the map and lies there.
        layers, mlp_ratio: of what makes both; they share it.
    """

    free: int = 256
    side: int = 16
    layers: int = 2
    mlp_ratio: int = 4

    @property
    def tokens(self) -> int:
        """A frame's tokens, the free ones first."""
        return self.free + self.side**2


@dataclass(frozen=True)
class MemoryConfig:
    """What SAM 2, EdgeTAM and SAM 3 remember of a video's earlier frames.

    Attributes:
        width: channels of a frame's memory.
        frames: how many frames' memories count besides those that somebody marked, and one.
        pointers: how many frames' pointers count.
        marked: how many of the frames that somebody marked count, the nearest ones. SAM 2 sets no limit; reading costs
            as much as all that is read, and a long video may have hundreds.
        layers, heads, mlp_width: of the attention that reads them.
        fuser_depth: blocks that join a frame and its mask.
        since_2_1: pointers say how long ago they were made, and memories that the object was not there.
        perceiver: how a frame's memory is made smaller; None keeps the map.
    """

    width: int = 64
    frames: int = 7
    pointers: int = 16
    marked: int = 8
    layers: int = 4
    heads: int = 1
    mlp_width: int = 2048
    fuser_depth: int = 2
    since_2_1: bool = True
    perceiver: PerceiverConfig | None = None


@dataclass(frozen=True)
class ModelConfig:
    """One SAM: an image encoder, a decoder, and the frame its pixels live in."""

    name: str
    family: str
    encoder: VitConfig | TinyVitConfig | HieraConfig | RepVitConfig | RopeVitConfig
    decoder: DecoderConfig = field(default_factory=DecoderConfig)
    input_size: int = 1024
    pixel_mean: tuple[float, float, float] = SAM_MEAN
    pixel_std: tuple[float, float, float] = SAM_STD
    mask_threshold: float = 0.0
    memory: MemoryConfig | None = None

    def __post_init__(self) -> None:
        if self.input_size % self.patch:
            raise ValueError(f"The input size must be a multiple of {self.patch}, not {self.input_size}.")

    @property
    def patch(self) -> int:
        """Input pixels per embedding cell and side."""
        return self.encoder.patch if isinstance(self.encoder, RopeVitConfig) else PATCH

    @property
    def grid(self) -> int:
        """Cells per side of the embedding."""
        return self.input_size // self.patch

    @property
    def mask_size(self) -> int:
        """Pixels per side of the logits: the decoder upscales the embedding four times."""
        return self.grid * 4

    @property
    def memory_side(self) -> int:
        """Pixels per side of the masks that memories are made of: sixteen to a cell, whatever the encoder's are."""
        return self.grid * PATCH

    @property
    def stretched(self) -> bool:
        """Whether pictures fill the input square, each side scaled by its own factor, and are not padded."""
        return isinstance(self.encoder, HieraConfig | RepVitConfig | RopeVitConfig)

    @property
    def early_width(self) -> int:
        """Channels of the encoder's early features, which HQ-SAM reads: a ViT keeps its width; TinyViT's are those
        that its second stage hands on."""
        if isinstance(self.encoder, HieraConfig | RepVitConfig | RopeVitConfig):
            raise ValueError(f"{self.name} has no early features for HQ-SAM, which reads SAM's encoder or MobileSAM's.")
        return self.encoder.width if isinstance(self.encoder, VitConfig) else self.encoder.widths[2]

    @property
    def point_frame(self) -> int:
        """Side of the square that a prompt's points are given in: SAM 2's is the logits', so that those go straight to
        the picture's size as in its own code; SAM's masks go by way of the input square."""
        return self.mask_size if self.stretched else self.input_size


VARIANTS: dict[str, ModelConfig] = {
    "vit_b": ModelConfig("vit_b", "sam", VitConfig(768, 12, 12, (2, 5, 8, 11))),
    "vit_l": ModelConfig("vit_l", "sam", VitConfig(1024, 24, 16, (5, 11, 17, 23))),
    "vit_h": ModelConfig("vit_h", "sam", VitConfig(1280, 32, 16, (7, 15, 23, 31))),
    "mobile_sam": ModelConfig("mobile_sam", "mobile_sam", TinyVitConfig()),
}

HQ_VARIANTS: dict[str, ModelConfig] = {
    f"hq_{size}": replace(VARIANTS[name], name=f"hq_{size}", family="hq_sam")
    for size, name in (("vit_tiny", "mobile_sam"), ("vit_b", "vit_b"), ("vit_l", "vit_l"), ("vit_h", "vit_h"))
}
"""HQ-SAM (Ke et al. 2023) leaves SAM's encoder, or for Light HQ-SAM MobileSAM's, as it is."""
SAM2_SIZES: dict[str, HieraConfig] = {
    "tiny": HieraConfig(),
    "small": HieraConfig(depths=(1, 2, 11, 2), global_blocks=(7, 10, 13)),
    "base_plus": HieraConfig(112, 2, (2, 3, 16, 3), (12, 16, 20), positions=14),
    "large": HieraConfig(144, 2, (2, 6, 36, 4), (23, 33, 43), windows=(8, 4, 16, 8)),
}
"""Hiera's sizes, as the published configurations have them."""
SAM2_VARIANTS: dict[str, ModelConfig] = {
    f"{release}_{size}": ModelConfig(
        f"{release}_{size}", "sam2", encoder, memory=MemoryConfig(since_2_1=release == "sam2.1")
    )
    for release in ("sam2.1", "sam2")
    for size, encoder in SAM2_SIZES.items()
}
"""Both releases of SAM 2. For pictures they are the same network with other weights."""
EDGETAM_VARIANTS: dict[str, ModelConfig] = {
    "edgetam": ModelConfig(
        "edgetam",
        "edgetam",
        RepVitConfig(),
        memory=MemoryConfig(layers=2, since_2_1=False, perceiver=PerceiverConfig()),
    )
}
"""EdgeTAM (Zhou et al. 2025): SAM 2's first release on RepViT-M1 in place of Hiera, with smaller memories."""

SAM3_VARIANTS: dict[str, ModelConfig] = {
    "sam3": ModelConfig(
        "sam3",
        "sam3",
        RopeVitConfig(),
        input_size=1008,
        pixel_mean=HALVES,
        pixel_std=HALVES,
        memory=MemoryConfig(marked=4),
    )
}
"""SAM 3's tracker (Carion et al. 2025), which clicks are asked of: SAM 2.1's prompts, decoder and memory behind SAM 3's
ViT."""


def variant(name: str) -> ModelConfig:
    """The configuration called `name`.

    Raises:
        ValueError: no such variant.
    """
    known = VARIANTS | HQ_VARIANTS | SAM2_VARIANTS | EDGETAM_VARIANTS | SAM3_VARIANTS
    if name not in known:
        raise ValueError(f"There is no model variant called {name!r}. Known variants: {', '.join(known)}.")
    return known[name]

"""Every constant of automatic mask generation, with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

# Sources: "paper" is Segment Anything (Kirillov et al. 2023), section 4 and appendix B; "library" is the defaults of
# the authors' published automatic mask generator; what neither fixes is ours and said so.


@dataclass(frozen=True)
class Params:
    """What to ask and what to keep.

    Attributes:
        points_per_side: grid of points over the whole image (paper and library: 32).
        crop_layers: layer i asks again in 2^i x 2^i overlapping crops (paper: 2; library: 0).
        points_downscale: the grid's side is divided by this per crop layer (paper: 32, 16, 8, hence 2; library: 1).
        crop_overlap: overlap of crops as a share of the image's shorter side, at two crops per side and in
            proportion for more (library: 512 / 1500; the paper says only that they overlap).
        points_per_batch: prompts decoded together; changes memory and speed, not results (library: 64).
        predicted_iou: keep masks whose predicted IoU is at least this (paper and library: 0.88).
        stability: keep masks whose stability score is at least this (paper and library: 0.95).
        stability_offset: the score is the IoU of the logits cut this far above and below the threshold (both: 1).
        full_size: 1 judges stability, area and box on the mask at image size (both); 0 on the 256 x 256 logits, which
            is quicker and scores small masks too high.
        nms: drop the lower-ranked of two masks of a crop whose boxes overlap more (both: 0.7).
        crop_nms: the same among the masks of all crops, the most zoomed-in first, where there are several (both: 0.7).
        min_region: fill holes and drop islands smaller than this many pixels, and whole masks whose largest part
            is smaller (paper: 100; library: 0, which leaves masks as they are).
        max_area: drop masks that cover at least this share of the image (paper: 0.95; library: 1, nothing).
        edge_tolerance: a box this near to an inner edge of its crop counts as cut off there (library: 20 pixels;
            the paper does not say).
    """

    points_per_side: int = 32
    crop_layers: int = 0
    points_downscale: int = 1
    crop_overlap: float = 512 / 1500
    points_per_batch: int = 64
    predicted_iou: float = 0.88
    stability: float = 0.95
    stability_offset: float = 1.0
    full_size: int = 1
    nms: float = 0.7
    crop_nms: float = 0.7
    min_region: int = 0
    max_area: float = 1.0
    edge_tolerance: float = 20.0

    def __post_init__(self) -> None:
        for name, low, high in _LIMITS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} must lie between {low:g} and {high:g}; received {value!r}.")


_LIMITS = (
    ("points_per_side", 1, 128),
    ("crop_layers", 0, 4),
    ("points_downscale", 1, 8),
    ("crop_overlap", 0, 0.9),
    ("points_per_batch", 1, 1024),
    ("predicted_iou", -1, 2),
    ("stability", 0, 1),
    ("stability_offset", 0, 100),
    ("full_size", 0, 1),
    ("nms", 0, 1),
    ("crop_nms", 0, 1),
    ("min_region", 0, 1_000_000),
    ("max_area", 0, 1),
    ("edge_tolerance", 0, 1000),
)

PRESETS: dict[str, Params] = {
    # Paper, section 4 and appendix B.
    "paper": Params(crop_layers=2, points_downscale=2, min_region=100, max_area=0.95),
    # The published library's defaults.
    "library": Params(),
    # Ours: a first look within seconds on two cores. A quarter of the points, judged on the logits, not at image size;
    # thresholds for the compact model, whose predicted IoU and margins are far lower than SAM's for masks of equal
    # worth. The best F1 on 41 images with drawn masks, with version 5 (numbers: annotator/suggestions/README.md).
    "quick": Params(
        points_per_side=16,
        points_per_batch=16,
        predicted_iou=0.5,
        stability=0.6,
        stability_offset=0.3,
        full_size=0,
        min_region=100,
        max_area=0.95,
    ),
}


def preset(name: str, **changes: float) -> Params:
    """A preset with single constants changed. Raises ValueError for an unknown name, constant or value."""
    if name not in PRESETS:
        raise ValueError(f"The preset must be one of {', '.join(PRESETS)}; received {name!r}.")
    known = {field.name for field in fields(Params)}
    unknown = sorted(set(changes) - known)
    if unknown:
        raise ValueError(f"There is no parameter {unknown[0]!r}; there are {', '.join(sorted(known))}.")
    return replace(PRESETS[name], **changes)  # type: ignore[arg-type]

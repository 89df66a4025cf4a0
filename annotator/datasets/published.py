"""What is published of two data sets that people know, to stand beside one's own: only what their authors print."""

from __future__ import annotations

from typing import Any

PUBLISHED: list[dict[str, Any]] = [
    {
        "name": "SA-1B", "images": 11_000_000, "objects": 1_100_000_000, "per_image": 100.0, "labels_per_image": None,
        "coco_sizes": None,
        "source": "Kirillov et al., Segment Anything, ICCV 2023: abstract and section 5 (about 100 masks per image)",
        "address": "https://arxiv.org/abs/2304.02643",
    },
    {
        "name": "COCO", "images": 328_000, "objects": 2_500_000, "per_image": 7.7, "labels_per_image": 3.5,
        "coco_sizes": {"small": 0.41, "medium": 0.34, "large": 0.24},
        "source": "Lin et al., Microsoft COCO, ECCV 2014: abstract and section 5; sizes: the site's page on detection",
        "address": "https://arxiv.org/abs/1405.0312",
    },
]  # fmt: skip
"""`per_image` and `labels_per_image` are means; `coco_sizes` are shares by area: below 32², below 96², and above."""

"""Images of what a model answered: a page with the best and the worst first, and a sheet drawn at random."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy import ndimage

from sam_backend.evaluation.clicks import Click
from sam_backend.evaluation.distance import Mask

SIDE = 240
"""Longest side of an example, px."""
PER_END = 24
"""Examples shown from each end of the ranking."""


@dataclass(frozen=True)
class Example:
    """One answer to one click: the drawn image (RGB, at most `SIDE` px), the IoU and where it is from."""

    drawn: npt.NDArray[np.uint8]
    iou: float
    caption: str


def draw_example(pixels: npt.NDArray[np.uint8], mask: Mask, truth: Mask, click: Click) -> npt.NDArray[np.uint8]:
    """The answer as an orange veil, the truth as a white outline with dark rim, the click as a dot."""
    scale = SIDE / max(pixels.shape[:2])
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    small = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX), np.float32)
    covered = _resized(mask, size, Image.Resampling.BOX)[..., None] / 255.0
    veil = small * (1 - 0.5 * covered) + np.array([255.0, 140.0, 0.0]) * 0.5 * covered
    drawn = veil.astype(np.uint8)
    inside = _resized(truth, size, Image.Resampling.NEAREST) > 0
    outline = inside & ~ndimage.binary_erosion(inside, border_value=1)
    drawn[ndimage.binary_dilation(outline, np.ones((3, 3)))] = (0, 0, 0)
    drawn[outline] = (255, 255, 255)
    image = Image.fromarray(drawn)
    x, y = click.x * scale, click.y * scale
    ImageDraw.Draw(image).ellipse((x - 4, y - 4, x + 4, y + 4), (20, 130, 60), (255, 255, 255))
    return np.asarray(image)


def _resized(mask: Mask, size: tuple[int, int], how: Image.Resampling) -> npt.NDArray[np.uint8]:
    """A mask as 0 to 255 at (width, height)."""
    return np.asarray(Image.fromarray(mask.astype(np.uint8) * 255).resize(size, how))


def ranked_page(examples: Sequence[Example], title: str, summary: dict[str, float]) -> str:
    """A self-contained HTML page: the numbers, then the best and the worst answers, best and worst first."""
    order = sorted(examples, key=lambda e: e.iou, reverse=True)
    rows = "".join(f"<tr><th>{html.escape(k)}</th><td>{v:.3f}</td></tr>" for k, v in sorted(summary.items()))
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title>"
        "<style>body{font:14px system-ui;margin:24px;background:#101317;color:#e7eaef}"
        "section{display:flex;flex-wrap:wrap;gap:12px}figure{margin:0}figcaption{color:#9ba6b4}"
        "th{text-align:left;padding-right:16px;font-weight:400}</style>"
        f"<h1>{html.escape(title)}</h1><p>One click (green), the answer in orange, the truth outlined in white.</p>"
        f"<table>{rows}</table><h2>Best</h2><section>{_figures(order[:PER_END])}</section>"
        f"<h2>Worst</h2><section>{_figures(order[::-1][:PER_END])}</section></html>"
    )


def _figures(examples: Sequence[Example]) -> str:
    return "".join(
        f'<figure><img alt="IoU {e.iou:.2f}" src="data:image/jpeg;base64,{base64.b64encode(jpeg(e.drawn)).decode()}">'
        f"<figcaption>{e.iou:.2f} {html.escape(e.caption)}</figcaption></figure>"
        for e in examples
    )


def jpeg(pixels: npt.NDArray[np.uint8]) -> bytes:
    """RGB uint8 [h, w, 3] as a JPEG file."""
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=82)
    return buffer.getvalue()


def sheet_of(shown: Sequence[Example], columns: int = 6) -> Image.Image:
    """Drawn examples side by side, row by row."""
    rows = max(1, -(-len(shown) // columns))
    sheet = Image.new("RGB", (columns * (SIDE + 6), rows * (SIDE + 6)), (16, 19, 23))
    for position, example in enumerate(shown):
        drawn = Image.fromarray(example.drawn)
        x, y = position % columns * (SIDE + 6) + 3, position // columns * (SIDE + 6) + 3
        sheet.paste(drawn, (x + (SIDE - drawn.width) // 2, y + (SIDE - drawn.height) // 2))
    return sheet


def drawn_at_random(examples: Sequence[Example], count: int = 24, seed: int = 0) -> list[Example]:
    """`count` examples drawn by seed, not by hand."""
    pick = np.random.default_rng(seed).choice(len(examples), min(count, len(examples)), replace=False)
    return [examples[index] for index in pick]


def worst_of(examples: Sequence[Example], count: int = 12) -> list[Example]:
    """The worst answers, each on another image."""
    chosen: dict[str, Example] = {}
    for example in sorted(examples, key=lambda e: e.iou):
        chosen.setdefault(example.caption, example)
    return list(chosen.values())[:count]

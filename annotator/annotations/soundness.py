"""Whether stored masks still make sense: run lengths that fill their image, with the area and box that they give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from annotator.annotations.models import Annotation
from export import rle

COLUMNS = ("pk", "rle", "area", "bbox", "image__name", "image__width", "image__height")


def unsound() -> Iterator[str]:
    """Say of every object, deleted ones too, whose mask is damaged what is wrong with it."""
    yield from damaged("Object", Annotation.objects.order_by().values_list(*COLUMNS).iterator(chunk_size=500))


def damaged(what: str, rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """The same for any rows with these `COLUMNS`."""
    for pk, mask, area, box, name, width, height in rows:
        if wrong := _wrong(mask, area, box, width, height):
            yield f"{what} {pk} on {name}: {wrong}"


def _wrong(mask: Any, area: int, box: list[int], width: int, height: int) -> str:
    try:
        read = rle.validate(mask, height, width)
    except rle.RleError as error:
        return str(error)
    if rle.area(read) != area:
        return f"its mask covers {rle.area(read)} pixels, and its row says {area}."
    if list(rle.bbox(read)) != box:
        return f"its mask lies in the box {list(rle.bbox(read))}, and its row says {box}."
    return ""

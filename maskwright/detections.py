"""A detector's files → what the server needs to make masks of its boxes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from maskwright.errors import MaskwrightError

FIELDS = ("bbox", "score", "image_id", "file_name", "category_id", "category")
NOTHING = "No boxes are in there. A list of COCO results is needed, or a COCO file with “annotations”."


def read(files: Sequence[Path]) -> dict[str, list[Any]]:
    """Return results, images and categories of COCO results, or of a COCO file whose annotations have boxes, and of
    the file beside it that says which images and categories its numbers mean. Raises MaskwrightError."""
    found: dict[str, list[Any]] = {"results": [], "images": [], "categories": []}
    for file in files:
        data = _parsed(file)
        if isinstance(data, list):
            found["results"] = data
            continue
        found |= {key: data[key] for key in ("images", "categories") if isinstance(data.get(key), list)}
        boxes = data.get("results", data.get("annotations") if len(files) == 1 else None)
        found["results"] = boxes if isinstance(boxes, list) else found["results"]
    if not found["results"]:
        raise MaskwrightError(NOTHING, code="invalid")
    return found | {"results": [_sent(result) for result in found["results"]]}


def _sent(result: Any) -> Any:
    """Without the masks that a COCO file has already: the server reads none, and they weigh much."""
    return {key: result[key] for key in FIELDS if key in result} if isinstance(result, dict) else result


def _parsed(file: Path) -> Any:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise MaskwrightError(f"{file} cannot be read: {error.strerror}.", code="invalid") from None
    except ValueError as error:
        raise MaskwrightError(f"{file} holds no JSON: {error}.", code="invalid") from None
    if not isinstance(data, dict | list):
        raise MaskwrightError(f"{file} holds no JSON list or object.", code="invalid")
    return data

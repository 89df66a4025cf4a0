"""The lines of a snapshot: an object's row as JSON, without what lies between being built where that costs most.

JSON columns come as the database's own text. A mask's is taken over but for its blanks; the small ones are read and
written anew, so that a line is the same whatever database it comes from."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import ExpressionWrapper, F, QuerySet, TextField

from annotator.annotations.models import Annotation

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_MASK_START = '{"size": ['
_MASK_BLANKS = 4
_HEX = 32
_RAW = {"id", "image_id", "label_id", "model_version_id", "rle", "attributes", "prompts"}
Id = str | uuid.UUID


class Row(NamedTuple):
    """An annotation as a snapshot takes it. `rle`, `attributes` and `prompts` are JSON; ids are text or UUID, as the
    database gives them (`id_text`, `id_of`)."""

    id: Id
    image_id: Id
    label_id: Id | None
    rle: str
    attributes: str
    stage: str
    status: str
    prompts: str
    model_version_id: Id | None
    predicted_iou: float | None
    stability_score: float | None
    z_order: int
    revision: int

    def line(self) -> bytes:
        """The row as its line: `line_of({"annotation": ...})` of the same values."""
        rest = _ENCODER.encode(
            {
                "attributes": {} if self.attributes == "{}" else json.loads(self.attributes),
                "stage": self.stage,
                "status": self.status,
                "prompts": [] if self.prompts == "[]" else json.loads(self.prompts),
                "model_version": id_text(self.model_version_id),
                "predicted_iou": self.predicted_iou,
                "stability_score": self.stability_score,
                "z_order": self.z_order,
                "revision": self.revision,
            }
        )
        label = "null" if self.label_id is None else f'"{id_text(self.label_id)}"'
        ids = f'"id":"{_dashed(self.id)}","image":"{id_text(self.image_id)}","label":{label}'
        return f'{{"annotation":{{{ids},"rle":{_compact(self.rle)},{rest[1:]}}}\n'.encode()


def rows_of(chosen: QuerySet[Annotation], together: int) -> Iterator[Row]:
    """The objects of a query as rows, in its order, read in pieces."""
    columns = [raw(name) if name in _RAW else F(name) for name in Row._fields]
    return map(Row._make, chosen.values_list(*columns).iterator(together))


def raw(column: str) -> ExpressionWrapper[F]:
    """A column as the database gives it: of JSON the text, of an id its hex digits or a UUID."""
    return ExpressionWrapper(F(column), output_field=TextField())


@lru_cache(maxsize=1 << 12)  # an image's or a label's comes with each object
def id_of(given: Id) -> uuid.UUID:
    """An id as the database gives it, as a UUID."""
    return given if isinstance(given, uuid.UUID) else uuid.UUID(given)


@lru_cache(maxsize=1 << 12)
def id_text(given: Id | None) -> str | None:
    """An id as the database gives it, as text."""
    return None if given is None else str(id_of(given))


def _dashed(given: Id) -> str:
    if isinstance(given, str) and len(given) == _HEX:
        return f"{given[:8]}-{given[8:12]}-{given[12:16]}-{given[16:20]}-{given[20:]}"
    return str(given)


def line_of(value: Mapping[str, Any]) -> bytes:
    """A line of a snapshot."""
    return _ENCODER.encode(value).encode() + b"\n"


def _compact(mask: str) -> str:
    """A mask's JSON without blanks: its counts have none."""
    if mask.startswith(_MASK_START) and mask.count(" ") == _MASK_BLANKS:
        return mask.replace(" ", "")
    return _ENCODER.encode(json.loads(mask))

"""A snapshot's line is written from the database's own text, and says what the row says."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from annotator.annotations.models import Annotation
from annotator.datasets.lines import Row, line_of, rows_of
from export import rle
from tests.annotator.datasets.test_export import filled  # noqa: F401
from tests.annotator.world import World


def slowly(row: dict[str, Any]) -> bytes:
    """The line by way of Django's values."""
    plain = {name.removesuffix("_id"): str(it) if isinstance(it, uuid.UUID) else it for name, it in row.items()}
    return line_of({"annotation": plain})


VALUES = {"größe": [1.5, 1e-7, 1e22, 3, -0.0, True, None], 'a "b" \\ \u2028': {"x": []}, "big": 2**70}
PROMPTS: list[Any] = [{"points": [{"x": 10.25, "y": 3, "label": 1}], "box": None, "note": "ä, : é"}]


@pytest.mark.django_db
def test_a_line_is_what_django_reads(filled: World) -> None:  # noqa: F811
    one, two, *_ = Annotation.objects.order_by("seq")
    Annotation.objects.filter(pk=one.pk).update(attributes=VALUES, prompts=PROMPTS, predicted_iou=0.1 + 0.2)
    counts = rle.encode(rle.decode(rle.Rle(tuple(two.rle["size"]), two.rle["counts"]))).counts
    Annotation.objects.filter(pk=two.pk).update(label=None, rle={"counts": counts, "size": two.rle["size"]})
    chosen = Annotation.objects.order_by("pk")
    lines = [row.line() for row in rows_of(chosen, 3)]
    assert [json.loads(line) for line in lines] == [json.loads(slowly(row)) for row in chosen.values(*Row._fields)]
    assert lines == [slowly(row) for row in chosen.values(*Row._fields)]


@pytest.mark.parametrize("mask", ['{"size":[1,2],"counts":"02"}', '{"size": [1, 2], "counts": "02", "more": 1}'])
def test_a_mask_in_another_spelling_is_read_and_written_anew(mask: str) -> None:
    row = Row(uuid.uuid4(), uuid.uuid4(), None, mask, "{}", "", "", "[]", None, None, None, 0, 1)
    assert json.loads(row.line())["annotation"]["rle"] == json.loads(mask)
    assert b" " not in row.line()

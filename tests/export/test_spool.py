"""Documents that grow on disk: JSON as a whole, and entry by entry."""

from __future__ import annotations

import json

import pytest

from export.spool import KEPT_IN_MEMORY, Spool, named


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_document_is_json_and_comes_back_entry_by_entry(count: int) -> None:
    entries = {f"a/{n} “é”.png": {"ids": [n, n + 1], "name": "x,}"} for n in range(count)}
    spool = Spool()
    for name, value in entries.items():
        spool.add(f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(value)}")
    text = b"".join(spool.document("{", "}"))
    assert json.loads(text) == entries
    assert dict(named(text.splitlines(keepends=True))) == entries


def test_what_is_larger_than_the_memory_it_may_have_is_whole() -> None:
    entry = json.dumps("x" * 1000)
    count = 3 * KEPT_IN_MEMORY // len(entry)
    spool = Spool()
    for _ in range(count):
        spool.add(entry)
    assert json.loads(b"".join(spool.document("[", "]"))) == [json.loads(entry)] * count

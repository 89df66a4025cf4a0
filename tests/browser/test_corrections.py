"""In Chromium a correction through the fast graph is the plain graph's, as exactly as floats allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from sam_backend import compact_package_path
from tests.bench import bench_browser as bench
from tests.browser import chromium
from tests.browser.site import site

pytestmark = pytest.mark.torch

TOLERANCE = 1e-4
"""Largest difference relative to the logits' standard deviation; measured: 6e-6."""


@pytest.mark.parametrize("family", ["sam", "compact"])
def test_corrections_are_the_plain_graphs(tmp_path: Path, family: str) -> None:
    if why := chromium.missing():
        pytest.skip(why)
    folders = {"/bench/": bench.HERE, "/graphs/": tmp_path, "/compact/": compact_package_path()}
    with site(folders) as address, chromium.page(address) as page:
        job = bench.shipped_job(address) if family == "compact" else bench.sam_job(address, _graphs(tmp_path))
        common = {"runtime": f"{address}static/vendor/ort/", "threads": 1, "rounds": 1, "tokens": [], "hovers": {}}
        found = page.evaluate(bench.IN_WORKER, {**job, **common, "corrections": bench.CORRECTIONS})
    errors = {int(points): one["error"] for points, one in found["corrections"].items()}
    assert set(errors) == set(bench.CORRECTIONS)
    assert all(0 < error < TOLERANCE for error in errors.values()), errors


def _graphs(folder: Path) -> dict[str, str]:
    from sam_backend.build import build_random
    from sam_backend.config import variant
    from tests.bench.browser.graphs import write_ours

    return write_ours(build_random(variant("mobile_sam")), folder)

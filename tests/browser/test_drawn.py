"""The canvas shows the stored mask, at most one device pixel off, at every zoom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import chromium
from tests.browser.site import site

SCRIPT = Path(__file__).with_name("drawn.js").read_text()
THIN = ("cross", "dots", "comb", "needle")
"""Shapes whose parts may be too thin to fill half a device pixel; their line is drawn all the same."""
SCALES = [0.13, 0.3, 0.5, 0.74, 1, 1.2, 1.34, 1.9, 2, 3.5]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    if why := chromium.missing():
        pytest.skip(why)
    with site({}) as address, chromium.page(address) as opened:
        opened.evaluate(SCRIPT)
        yield opened


@pytest.mark.parametrize("scale", SCALES)
def test_no_pixel_is_filled_otherwise_than_stored(page: Page, scale: float) -> None:
    for name in page.evaluate("drawnMasks.names"):
        view = {"scale": scale, "x": 3, "y": 2}
        found = page.evaluate("([name, view]) => drawnMasks.fill(name, view)", [name, view])
        assert found["wrong"] == 0, (name, found)
        assert found["inside"] > 0 or name in THIN, name


def test_straight_edges_are_drawn_exactly(page: Page) -> None:
    # Where edges of the mask are edges of device pixels.
    for name, scales in {"rectangle": (1, 3), "frame": (0.5, 1, 1.5, 2.5), "touching": (0.5, 1, 1.5)}.items():
        for scale in scales:
            view = {"scale": scale, "x": 4, "y": 4}
            found = page.evaluate("([name, view]) => drawnMasks.fill(name, view)", [name, view])
            assert found["inside"] > 1000
            assert found["differing"] == 0, (name, scale, found)


@pytest.mark.parametrize(("scale", "dpr"), [(0.3, 1), (0.7, 1), (0.7, 2), (1, 1), (1.6, 1), (2.5, 1)])
def test_the_line_runs_along_the_stored_border(page: Page, scale: float, dpr: int) -> None:
    for name in ("house", "frame", "cross", "needle", "stairs", "shallow", "disc"):
        found = page.evaluate("([name, view, dpr]) => drawnMasks.layer(name, view, dpr)", [name, {"scale": scale}, dpr])
        assert found["lines"] > 50
        assert found["lost"] == found["stray"] == 0, (name, found)

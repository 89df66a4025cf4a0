"""The candidate as WebGL2 draws it: the border of the mask that would be committed, and no loss with the context."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import chromium
from tests.browser.site import site

SCRIPT = Path(__file__).with_name("candidate.js").read_text()
REGION = {"x": 137, "y": 91, "imageWidth": 2000, "imageHeight": 1500}


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    if why := chromium.missing():
        pytest.skip(why)
    software = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
    with site({}) as address, chromium.page(address, *software) as opened:
        if not opened.evaluate("Boolean(document.createElement('canvas').getContext('webgl2'))"):
            pytest.skip("no WebGL2 in this Chromium")
        opened.evaluate(SCRIPT)
        yield opened


@pytest.mark.parametrize(
    "view",
    [
        {"width": 3000, "height": 2000, "scale": 0.13, "x": 5.3, "y": 18.6, "dpr": 1},
        {"width": 900, "height": 610, "scale": 0.41, "x": 12, "y": 20.25, "dpr": 2},
        {"width": 900, "height": 610, "scale": 1, "x": -210, "y": -95, "dpr": 1},
        {"width": 640, "height": 900, "scale": 3.7, "x": -801.5, "y": -1200, "dpr": 1, "threshold": 0.8},
        {"width": 12288, "height": 8192, "scale": 2, "x": -10456.4, "y": -10938.2, "dpr": 1},
        {"width": 800, "height": 600, "scale": 0.7, "x": -150, "y": -60, "dpr": 1, "region": REGION},
    ],
    ids=["small", "retina", "100 %", "enlarged", "100 megapixels", "region"],
)
def test_the_shown_border_is_the_committed_one(page: Page, view: dict[str, Any]) -> None:
    found = page.evaluate("(view) => candidate.compare(view)", view)
    assert found["wrong"] == 0, found
    assert found["inside"] > 1000
    assert found["outside"] > 1000
    assert found["line"] > 100
    assert found["stray"] == found["gaps"] == 0, found


def test_without_its_context_the_processor_draws_on(page: Page) -> None:
    assert page.evaluate("candidate.lose()") == {
        "before": ["2D", True], "during": ["WebGL2", False, True], "after": ["2D", True, 1],
    }  # fmt: skip


def test_a_software_renderer_is_not_chosen(page: Page) -> None:
    assert page.evaluate("candidate.chosen()") == {"chosen": "2D", "canvases": 1}

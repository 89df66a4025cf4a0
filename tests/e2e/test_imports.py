"""A data set comes in: looked at, labels chosen, imported with progress, seen in the project, taken back."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from export import rle
from tests.annotator.webserver import gives, serving
from tests.e2e.axe import AXE, violations, wear

SHOTS = os.environ.get("MASKWRIGHT_SHOTS", "")
"""A folder for pictures of the page, for whoever wants to look at it."""


def shot(page: Page, name: str) -> None:
    """Keep a picture of the page in both colours and at the width of a phone, where that is asked for."""
    if not SHOTS:
        return
    for theme in ("light", "dark"):
        wear(page, theme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(SHOTS) / f"{name}-{theme}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def photo(seed: int) -> bytes:
    out = io.BytesIO()
    values = np.random.default_rng(seed).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    Image.fromarray(values).resize((320, 240)).save(out, "PNG")
    return out.getvalue()


def data_set(folder: Path) -> Path:
    """COCO of three images, one of them without its picture, and an object of a label that nobody listed."""
    disc = (np.add.outer((np.arange(240) - 120) ** 2, (np.arange(320) - 160) ** 2) < 3600) & (
        np.arange(320)[None, :] % 40 > 3
    )
    masks = rle.encode(disc).to_json()
    images = [{"id": at, "file_name": f"{at}.png", "width": 320, "height": 240} for at in (1, 2, 3)]
    one = {"segmentation": masks, "bbox": [100, 60, 120, 120], "area": int(disc.sum()), "iscrowd": 0}
    pairs = [(1, 1), (1, 2), (2, 1), (3, 1), (2, 9)]
    annotations = [
        one | {"id": number, "image_id": image, "category_id": label}
        for number, (image, label) in enumerate(pairs, start=1)
    ]
    categories = [{"id": 1, "name": "Boat"}, {"id": 2, "name": "water"}]
    path = folder / "harbour.zip"
    with zipfile.ZipFile(path, "w") as archive:
        document = {"images": images, "annotations": annotations, "categories": categories}
        archive.writestr("instances.json", json.dumps(document))
        for at in (1, 2):
            archive.writestr(f"{at}.png", photo(at))
    return path


@pytest.fixture
def imports(page: Page) -> Page:
    """The import page of a new project."""
    page.get_by_role("button", name="New project").first.click()
    page.get_by_label("Name", exact=True).fill("Harbour")
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_url("**/projects/*/")
    page.get_by_role("link", name="Import", exact=True).click()
    page.wait_for_url("**/imports/")
    return page


def bring(page: Page, path: Path) -> Locator:
    page.set_input_files("[data-file]", path)
    return page.get_by_role("article", name=path.name)


def test_a_data_set_is_looked_at_imported_and_taken_back(imports: Page, tmp_path: Path) -> None:
    page = imports
    expect(page.get_by_text("No imports yet.")).to_be_visible()
    shot(page, "empty")
    card = bring(page, data_set(tmp_path))
    expect(card.get_by_text("Ready to import")).to_be_visible()
    expect(card.locator(".count", has_text="new images").locator("strong")).to_have_text("2")
    expect(card.locator(".count", has_text="without a picture").locator("strong")).to_have_text("1")
    expect(card.locator(".count", has_text="objects to add").locator("strong")).to_have_text("3")
    card.get_by_text("2 problems").click()
    expect(card.get_by_role("cell", name=re.compile("Neither the data set nor the project"))).to_be_visible()
    expect(card.get_by_label("Read as")).to_have_text(re.compile("COCO instances \\(recognised\\)"))
    shot(page, "checked")

    card.get_by_label("What “water” becomes").select_option(label="Leave its objects out")
    card.get_by_label("Name of the new label for “Boat”").fill("vessel")
    card.get_by_role("button", name="Start import").click()
    expect(card.get_by_text("Added 2 images, 2 objects, 1 label · 1 object left out as chosen.")).to_be_attached()
    expect(card.get_by_text("Imported", exact=True)).to_be_visible()
    shot(page, "imported")
    page.get_by_role("link", name="Images", exact=True).click()
    expect(page.locator("[data-grid] .image-card")).to_have_count(2)
    expect(page.get_by_role("link", name="1.png", exact=True)).to_be_visible()

    page.get_by_role("link", name="Import", exact=True).click()
    card = page.get_by_role("article", name="harbour.zip")
    card.get_by_role("button", name="Undo import").click()
    expect(card.get_by_text("Taken back", exact=True)).to_be_visible()
    expect(card.get_by_text("Taken back: 2 images, 2 objects, 1 label.")).to_be_attached()
    shot(page, "undone")
    card.get_by_role("button", name="Forget harbour.zip").click()
    expect(page.get_by_text("No imports yet.")).to_be_visible()


def test_what_cannot_be_read_says_why_and_is_read_as_something_else(imports: Page, tmp_path: Path) -> None:
    page = imports
    odd = tmp_path / "notes.json"
    odd.write_text('{"images": [], "annotations": [1, 2')
    card = bring(page, odd)
    expect(card.get_by_text("Cannot be read")).to_be_visible()
    expect(card.get_by_text("is not JSON")).to_be_visible()
    shot(page, "unreadable")
    card.get_by_label("Read as").select_option(label="LabelMe")
    card.get_by_role("button", name="Look again").click()
    expect(card.get_by_text(re.compile("Nothing could be read as LabelMe"))).to_be_visible()


def test_web_addresses_are_listed_then_fetched_then_imported(imports: Page, tmp_path: Path) -> None:
    page = imports
    page.get_by_role("group", name="Where it is").get_by_role("button", name="Web addresses").click()
    expect(page.get_by_role("button", name="Choose a file")).to_be_hidden()
    addresses = page.get_by_label("Web addresses of the files")
    with serving() as server:
        server.replies |= {"/harbour.zip": gives(data_set(tmp_path).read_bytes()), "/gone.png": gives(b"", 404)}
        addresses.fill(f"{server.at('/harbour.zip')}\n{server.at('/gone.png')}")
        shot(page, "addresses")
        page.get_by_role("button", name="See what is there").click()
        card = page.get_by_role("article", name="2 files of 127.0.0.1")
        expect(card.get_by_text("Ready to fetch")).to_be_visible()
        expect(card.locator(".count", has_text="files listed").locator("strong")).to_have_text("2")
        expect(card.locator(".count", has_text="cannot be fetched").locator("strong")).to_have_text("1")
        card.get_by_text("1 problem").click()
        expect(card.get_by_role("cell", name="The address answered 404 (Not Found).")).to_be_visible()
        shot(page, "listed")
        if AXE.is_file():
            assert violations(page) == []
        card.get_by_role("button", name="Fetch 1 file").click()
        expect(card.get_by_text("Ready to import")).to_be_visible()
        expect(card.locator(".count", has_text="new images").locator("strong")).to_have_text("2")
        shot(page, "fetched")
    card.get_by_role("button", name="Start import").click()
    expect(card.get_by_text("Imported", exact=True)).to_be_visible()


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm install in static/)")
@pytest.mark.parametrize("colors", ["dark", "light"])
def test_axe_finds_nothing(imports: Page, tmp_path: Path, colors: str) -> None:
    page = imports
    card = bring(page, data_set(tmp_path))
    expect(card.get_by_role("button", name="Start import")).to_be_visible()
    card.get_by_text("2 problems").click()
    wear(page, colors)
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0, "no sideways scrolling on a phone"

"""Folders of pictures: where each lay is kept and shown, and names decide the order, whatever the clock says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.app import App, enter

FAST_CLOCK = "const real = Date.now; Date.now = () => real() + 600_000;"


def make_pictures(folder: Path) -> list[str]:
    """Three files called 0001.png and a sequence whose names a plain sort would mix up; returns paths in order."""
    paths = ["left/0001.png", "right/0001.png", "sub/right/0001.png", *(f"walk/frame{n}.png" for n in range(1, 13))]
    for number, path in enumerate(paths):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.effect_noise((160, 120), 20 + 12 * number).convert("RGB").save(file)
    (folder / "left" / ".DS_Store").write_text("junk")
    return paths


def expect_grid(page: Page, paths: list[str]) -> None:
    """Wait until there are cards of these paths in this order, as their titles tell them."""
    cards = page.locator("[data-grid] [data-name]")
    expect(cards).to_have_count(len(paths))
    for number, path in enumerate(paths):
        expect(cards.nth(number)).to_have_attribute("title", path)


def test_a_folder_keeps_its_paths_and_stands_in_order_at_once(
    start_app: Callable[[], App], open_context: Callable[[], BrowserContext], tmp_path: Path
) -> None:
    app = start_app()
    context = open_context()
    context.add_init_script(FAST_CLOCK)
    page = context.new_page()
    enter(page, app.first_link)
    page.get_by_role("button", name="New project").first.click()
    page.get_by_label("Name", exact=True).fill("Walks")
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_url("**/projects/*/")
    paths = [f"set/{path}" for path in make_pictures(tmp_path / "set")]
    single = tmp_path / "first of all.png"
    Image.new("RGB", (40, 30), "teal").save(single)

    page.set_input_files("[data-folder]", tmp_path / "set")
    expect(page.locator("[data-uploads] h2")).to_have_text("15 images added")
    expect_grid(page, paths)
    # What comes later and stands earlier goes to its place, without a reload.
    page.set_input_files("[data-files]", single)
    expect(page.locator("[data-uploads] h2")).to_have_text("16 images added")
    expect_grid(page, ["first of all.png", *paths])
    page.reload()
    expect_grid(page, ["first of all.png", *paths])

    page.get_by_role("searchbox").fill("right/0001")
    expect_grid(page, ["set/right/0001.png", "set/sub/right/0001.png"])
    expect(page.locator("[data-grid] [data-folder-name]")).to_have_text(["set/right", "set/sub/right"])

    page.locator("[data-grid] [data-name]").first.click()
    expect(page.locator(".topbar-image")).to_have_text("set/right/0001.png")
    expect(page).to_have_title("set/right/0001.png · Walks")
    page.keyboard.press("f")
    expect(page.locator(".topbar-image")).to_have_text("set/sub/right/0001.png")

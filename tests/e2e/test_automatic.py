"""A folder segmented unattended: limits tried on one photo, everything searched, a sample judged, SA-1B taken out."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import skimage.data
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.app import App, enter

SEARCH_PATIENCE_MS = 240_000
GRID = 6
"""Points per side: enough to find something, and quick on a slow machine."""


def upload(page: Page, folder: Path) -> None:
    """A project of two photos, made on the page."""
    paths = []
    for name in ("coffee", "astronaut"):
        paths.append(folder / f"{name}.png")
        Image.fromarray(getattr(skimage.data, name)()).resize((300, 200)).save(paths[-1])
    page.get_by_role("button", name="New project").first.click()
    page.get_by_label("Name", exact=True).fill("Folder")
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_url("**/projects/*/")
    page.set_input_files("[data-files]", paths)
    expect(page.locator("[data-uploads] h2")).to_have_text("2 images added")


def test_a_folder_is_segmented_checked_and_exported(
    start_app: Callable[[], App], open_context: Callable[[], BrowserContext], tmp_path: Path
) -> None:
    app = start_app()
    page = open_context().new_page()
    enter(page, app.first_link)
    upload(page, tmp_path)
    page.evaluate(
        """async (params) => {
            const project = location.pathname.split('/')[2];
            const csrf = /csrftoken=([^;]*)/.exec(document.cookie)[1];
            await fetch(`/api/v1/projects/${project}/automask/`, { method: 'PATCH', body: JSON.stringify(params),
                headers: { 'content-type': 'application/json', 'x-csrftoken': csrf } });
        }""",
        {"preset": "quick", "points_per_side": GRID, "predicted_iou": 0.25, "stability": 0.4},
    )

    # Limits: one photo is searched once, then the slider alone decides.
    page.get_by_role("link", name="Segment all photos").click()
    page.get_by_role("button", name="Search this photo").click()
    count = page.locator("[data-preview-count]")
    expect(count).to_have_text(re.compile(r"^\d+ masks? of \d+ candidates"), timeout=SEARCH_PATIENCE_MS)
    before = count.inner_text()
    page.get_by_label("Predicted IoU at least").fill("1")
    expect(count).to_have_text(re.compile("^No mask passes"))
    page.get_by_label("Predicted IoU at least").fill("0.25")
    expect(count).to_have_text(before)
    page.get_by_role("button", name="Use for this project").click()
    expect(page.get_by_text("These limits are the project's now")).to_be_visible()

    # Everything.
    page.get_by_role("button", name="Search 2 photos").click()
    searches = page.locator("[data-searches]")
    expect(searches.get_by_text(re.compile(r"\d+ suggestions on 2 image"))).to_be_visible(timeout=SEARCH_PATIENCE_MS)

    # The count under the sliders was no guess: the search found as many on the photo that was tried.
    tried = "select found from suggestions_search as search join projects_image as image on image.id = search.image_id"
    ((found,),) = [row.values() for row in app.rows(f"{tried} where image.name = 'astronaut.png'")]
    assert before.startswith(f"{found} mask")

    # A sample: one good, one wrong, and what that says.
    cards = page.locator("[data-sample] > li")
    expect(cards.nth(1)).to_be_visible()
    cards.first.get_by_role("button", name="Good").click()
    # It became an object, which is said and may be taken back.
    expect(page.get_by_text(re.compile("Kept on .* as an object without a label"))).to_be_visible()
    page.get_by_role("button", name="Take back").click()
    expect(page.locator("[data-estimate]")).to_have_text(re.compile("none judged yet"))
    cards.first.get_by_role("button", name="Good").click()
    expect(page.locator("[data-estimate]")).to_have_text(re.compile("1 of 1 have an IoU above 0.9"))
    page.locator("[data-sample] > li", has=page.get_by_role("button", name="Wrong")).first.get_by_role(
        "button", name="Wrong"
    ).click()
    expect(page.locator("[data-estimate]")).to_have_text(re.compile("^50 % .* 1 of 2 have .* between 9 % and 91 %"))

    # Out: what was accepted and what nobody has judged, but nothing that was rejected.
    page.get_by_role("button", name="Export as SA-1B JSON").click()
    with page.expect_download(timeout=SEARCH_PATIENCE_MS) as started:
        link = page.locator("[data-exports]").get_by_role("link", name=re.compile("Download"))
        link.click(timeout=SEARCH_PATIENCE_MS)
    archive = tmp_path / "export.zip"
    started.value.save_as(archive)
    with zipfile.ZipFile(archive) as files:
        written = [json.loads(files.read(name)) for name in files.namelist() if name.startswith("sa1b/")]
    # Any other format gives them on the Export page, when they are asked for.
    page.get_by_role("link", name="Export page").click()
    page.get_by_label(re.compile("Include the .* suggestions? nobody has judged")).check()
    page.get_by_role("button", name="Make export").click()
    made = page.locator("[data-exports] > li").first
    expect(made).to_contain_text("COCO instances with suggestions")
    expect(made).to_contain_text("of them only suggested", timeout=SEARCH_PATIENCE_MS)
    states = [row["state"] for row in app.rows("select state from suggestions_suggestion")]
    assert states.count("accepted") == states.count("rejected") == 1
    assert 0 < sum(len(one["annotations"]) for one in written) <= len(states) - 1

"""Find by words: offered once a model that understands words is added with its licence, on all photos and on some."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from playwright.sync_api import BrowserContext, Page, expect
from safetensors.numpy import save_file

from sam_backend.adopt import PARTS, About, adopt
from sam_backend.archive import zip_package
from tests.e2e.app import App
from tests.e2e.axe import violations

TWO_WORDS = Path(__file__).with_name("two_words")
PHOTO = "chelsea-cat.png"
LABELS = """
from annotator.projects.models import Label, Project
project = Project.objects.get(name="Demo photos")
Label.objects.get_or_create(project=project, name="cat", defaults={"color": "#aa3333"})
project.model_version = None
project.save()
"""
DRAWN = f"""
from annotator.accounts.models import User
from annotator.annotations.services import create
from annotator.projects.models import Image, Label
from export import rle
import numpy as np
image = Image.objects.get(name="{PHOTO}")
mask = np.zeros((image.height, image.width), bool)
mask[60:90, 100:140] = True
label = Label.objects.get(name="cat", project=image.project)
create(image, User.objects.first(), None, dict(rle=rle.encode(mask).to_json(), label=label.pk))
"""
DONE_MS = 60_000


@pytest.fixture(scope="module")
def own(start_app: Callable[..., App]) -> App:
    """An app whose worker has a fake in place of SAM 3, and whose project has no model for clicks."""
    app = start_app(PYTHONPATH=str(TWO_WORDS))
    app.manage("shell", "-c", LABELS)
    return app


@pytest.fixture
def page(open_context: Callable[[], BrowserContext], own: App) -> Page:
    context = open_context()
    context.add_cookies(own.cookies())
    return context.new_page()


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A package with as much of SAM 3 as is looked at when it is added."""
    folder = tmp_path / "sam3"
    folder.mkdir()
    save_file({f"{part}weight": np.zeros(1, np.float32) for part in PARTS}, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"model_type": "sam3"}))
    (folder / "tokenizer.json").write_text("{}")
    return zip_package(adopt(folder, tmp_path / "package", About("SAM 3")).path, tmp_path / "sam3.zip")


def test_a_model_is_added_and_finds_what_words_name(page: Page, own: App, packed: Path) -> None:
    page.goto(own.url)
    page.get_by_role("link", name="Demo photos").first.click()
    project = page.url
    page.goto(f"{project}automatic/")
    expect(page.get_by_role("heading", name="No model is chosen")).to_be_visible()
    expect(page.get_by_role("heading", name="Find by words")).to_have_count(0)

    # Its licence has to be accepted.
    page.goto(f"{own.url}/models/")
    page.get_by_label("File", exact=True).set_input_files(packed)
    page.get_by_role("button", name="Add model").click()
    expect(page.locator("[data-installs]")).to_contain_text("SAM License", timeout=DONE_MS)
    page.get_by_label("File", exact=True).set_input_files(packed)
    page.get_by_label("I have read and accept").check()
    page.get_by_role("button", name="Add model").click()
    expect(page.get_by_role("heading", name="SAM 3 version 1")).to_be_visible(timeout=DONE_MS)

    # All photos: a label by its name, something else by words of one's own.
    page.goto(f"{project}automatic/")
    expect(page.get_by_role("heading", name="Find by words")).to_be_visible()
    page.get_by_role("button", name=re.compile(r"Find on \d+ photos")).click()
    expect(page.get_by_text("Tick a label, or say in words")).to_be_visible()
    page.get_by_role("checkbox", name="cat", exact=True).check()
    page.get_by_label("Words without a label").fill("dog")
    page.get_by_label("Score at least").fill("0.5")
    assert _seen_from_the_top(page) == []
    page.get_by_role("button", name=re.compile(r"Find on \d+ photos")).click()
    runs = page.locator("[data-word-runs]")
    expect(runs.get_by_text(re.compile(r"16 suggestions on 8 images"))).to_be_visible(timeout=DONE_MS)
    expect(runs).to_contain_text("cat, dog")

    # What was said of a label is there the next time.
    page.reload()
    expect(page.get_by_label("Words without a label")).to_have_value("dog")

    # Some photos, from their page, with words that are too long for the model.
    page.goto(project)
    page.get_by_role("checkbox", name=f"Select {PHOTO}").check(force=True)
    page.get_by_role("button", name="Find by words").click()
    dialog = page.get_by_role("dialog", name="Find by words")
    expect(dialog).to_contain_text("On 1 selected image.")
    expect(dialog.get_by_label("Words without a label")).to_have_value("dog")
    dialog.get_by_label("Words without a label").fill("a dog that is far too long a name")
    dialog.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("button", name="Background work").click()
    expect(page.locator("[data-runs]")).to_contain_text("is too long for this model", timeout=DONE_MS)
    page.keyboard.press("Escape")

    scores = "select predicted_iou, label_id from suggestions_suggestion as one join projects_image as image "
    found = own.rows(f"{scores} on image.id = one.image_id where image.name = ? order by rank", PHOTO)
    assert [(row["predicted_iou"], row["label_id"] is None) for row in found] == [(0.9, False), (0.8, True)]
    page.goto(own.editor_address(PHOTO))
    expect(page.get_by_text("2 suggestions on this photo")).to_be_visible()
    own.manage("shell", "-c", DRAWN)
    page.goto(project)
    _find_by_example(page, own)


def _seen_from_the_top(page: Page) -> list[str]:
    """What is scrolled under the page's head is no neighbour of what stands there."""
    page.evaluate("scrollTo(0, 0)")
    return violations(page)


def _find_by_example(page: Page, own: App) -> None:
    """With a drawn object, a dragged box of what is not meant, and a box by numbers, on one photo of a project's."""
    page.get_by_role("checkbox", name=f"Select {PHOTO}").check(force=True)
    page.get_by_role("button", name="Find by example").click()
    expect(page.get_by_role("heading", name="Find by example")).to_be_visible()
    form = page.locator("[data-example]")
    expect(form.get_by_label("Photo")).to_have_js_property("selectedOptions.0.text", PHOTO)
    form.get_by_role("button", name="Find on this photo").click()
    expect(form.get_by_text("Show at least one example")).to_be_visible()

    form.get_by_role("button", name="cat, 40 × 30 pixels: no example").click()
    expect(form.get_by_role("button", name="cat, 40 × 30 pixels: like this")).to_be_focused()
    expect(form.get_by_text("Show at least one example")).to_be_hidden()
    form.get_by_label("Not like this").check()
    picture = form.locator("[data-example-picture]")
    picture.scroll_into_view_if_needed()
    seen = picture.bounding_box()
    assert seen is not None
    at = [(seen["x"] + share * seen["width"], seen["y"] + share * seen["height"]) for share in (0.5, 0.75)]
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1], steps=5)
    page.mouse.up()
    expect(form.get_by_text("1 like this, 1 not like this")).to_be_visible()
    form.get_by_label("Like this", exact=True).check()
    form.get_by_label("Box by numbers").fill("1, 2")
    form.get_by_role("button", name="Add").click()
    expect(form.get_by_text("Four numbers in pixels")).to_be_visible()
    form.get_by_label("Box by numbers").fill("5, 6, 70, 80")
    form.get_by_role("button", name="Add").click()
    expect(form.get_by_text("2 like this, 1 not like this")).to_be_visible()
    assert _seen_from_the_top(page) == []
    form.get_by_label("Label of what is found").select_option(label="cat")
    form.get_by_role("button", name="Find on this photo").click()
    expect(page.locator("[data-word-runs]").get_by_text("1 suggestion on 1 image")).to_be_visible(timeout=DONE_MS)
    run = own.rows("select params from runs_run where kind = 'words' order by created desc limit 1")[0]
    (phrase,) = json.loads(run["params"])["phrases"]
    assert phrase["boxes"] == [[5, 6, 70, 80], [100, 60, 40, 30]]
    width, height = skimage.data.chelsea().shape[1::-1]
    ((x, y, wide, tall),) = phrase["unlike"]
    assert [x, y, wide, tall] == pytest.approx([width / 2, height / 2, width / 4, height / 4], abs=3)

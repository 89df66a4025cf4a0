"""From a video to objects on all of its frames: import by frames, annotate the first, carry along, accept by key."""

from __future__ import annotations

import re
from pathlib import Path

import av
import numpy as np
import pytest
from playwright.sync_api import Page, expect
from pycocotools import mask as coco_mask
from skimage import data as pictures

from tests.e2e.app import App
from tests.e2e.editor import Editor

pytestmark = pytest.mark.slow

STEP = 12
"""Pixels that the cup moves to the left from frame to frame."""
FRAMES = 3
CUP = (100.0, 40.0, 490.0, 320.0)
RUN_PATIENCE_MS = 120_000


def moving_cup(path: Path) -> Path:
    """A video whose camera pans over a cup of coffee; frames of 560 × 400."""
    photo = pictures.coffee()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=2)
        stream.width, stream.height, stream.pix_fmt = 560, 400, "yuv420p"
        for number in range(FRAMES):
            part = np.ascontiguousarray(photo[:, number * STEP : number * STEP + 560])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(part, "rgb24")))
        container.mux(stream.encode(None))
    return path


def test_a_video_is_imported_annotated_once_and_carried_along(page: Page, app: App, tmp_path: Path) -> None:
    page.get_by_role("button", name="New project").first.click()
    page.keyboard.type("Breakfast")
    page.keyboard.press("Tab")
    page.keyboard.type("cup")
    page.get_by_role("button", name="Create").click()
    page.wait_for_url("**/projects/*/")

    page.set_input_files("[data-files]", str(moving_cup(tmp_path / "pan.mp4")))
    dialog = page.get_by_role("dialog", name="Import by frames")
    # What will come of it is said before it is sent, as far as the browser can read the video.
    expect(dialog.get_by_role("status")).to_have_text(
        re.compile(r"MB · (0:0\d long · 560 × 400 · about \d images|the browser)")
    )
    dialog.get_by_label("One frame in how many").fill("1")
    dialog.get_by_role("button", name="Import").click()
    frames = page.get_by_role("link", name=re.compile(r"^pan_00000\d\.jpg"))
    expect(frames).to_have_count(FRAMES, timeout=RUN_PATIENCE_MS)
    frames.first.click()
    editor = Editor(page).ready()
    editor.add(CUP, "1")
    editor.expect_saved()

    editor.press("Shift+B")
    panel = page.get_by_role("dialog", name="Carry objects along")
    expect(panel.get_by_label("The object of this image")).to_be_checked()
    panel.get_by_label("To the end of the project").check()
    panel.get_by_role("button", name="Start").click()
    expect(panel.get_by_text("2 images, 2 objects carried.").last).to_be_visible(timeout=RUN_PATIENCE_MS)
    panel.get_by_role("button", name="Close").last.click()

    [source] = app.annotations("pan_000001.jpg")
    announced = page.get_by_text(re.compile("^1 suggestion on this photo"))
    for number in (2, 3):
        expect(announced).to_have_count(0)
        editor.press("f")
        expect(announced).to_be_visible()
        editor.expect_objects(0)
        editor.press("Shift+G")
        editor.expect_objects(1)
        expect(editor.objects.first).to_contain_text("cup")
        [carried] = app.annotations(f"pan_00000{number}.jpg")
        assert (carried["label_name"], carried["stage"]) == ("cup", "semi_automatic")
        assert source["id"] in carried["prompts"].replace("-", "")
        assert overlap(source["rle"], carried["rle"], (number - 1) * STEP) > 0.7


def overlap(first: dict[str, object], later: dict[str, object], moved: int) -> float:
    """IoU of the later mask with the first one moved to the left by this many pixels, where both frames show it."""
    before, after = (np.asarray(coco_mask.decode(rle)).astype(bool) for rle in (first, later))
    before, after = before[:, moved:], after[:, : after.shape[1] - moved]
    return float((before & after).sum() / (before | after).sum())

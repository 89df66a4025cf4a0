"""Fingers and pens, as the browser's own input pipeline delivers them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import CDPSession, expect
from pycocotools import mask as coco_mask

from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO = "chelsea-cat.png"
HERE, THERE = (230, 160), (60, 250)

Place = tuple[float, float]


class Hand:
    """Fingers and a pen over the photo, in image pixels."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.input: CDPSession = editor.page.context.new_cdp_session(editor.page)
        self.input.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})

    def fingers(self, kind: str, *places: Place) -> None:
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(self.editor.at(*place) for place in places)]
        self.input.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    def pen(self, kind: str, place: Place, force: float) -> None:
        x, y = self.editor.at(*place)
        self.input.send("Input.dispatchMouseEvent", {
            "type": f"mouse{kind}", "x": x, "y": y, "button": "left", "buttons": 0 if kind == "Released" else 1,
            "clickCount": 1, "pointerType": "pen", "force": force,
        })  # fmt: skip

    def stroke(self, row: int, force: float) -> None:
        """Draw from left to right with one pressure."""
        self.pen("Pressed", (100, row), force)
        for x in range(110, 360, 10):
            self.pen("Moved", (x, row), force)
        self.pen("Released", (350, row), 0)


@pytest.fixture
def hand(editor: Editor) -> Hand:
    return Hand(editor)


def points_of(row: dict[str, Any]) -> str:
    return str(row["prompts"]).replace(" ", "")


def test_a_tap_adds_and_a_long_press_takes_away(hand: Hand, editor: Editor, own: App) -> None:
    page = editor.page
    page.clock.install()
    hand.fingers("Start", HERE)
    hand.fingers("End")
    editor.answered()
    hand.fingers("Start", THERE)
    page.clock.fast_forward(600)
    hand.fingers("End")
    editor.answered()
    editor.press("Enter")
    editor.expect_objects(1)
    editor.expect_saved()
    [stored] = own.annotations(PHOTO)
    assert points_of(stored).count('"label":1') == 1
    assert points_of(stored).count('"label":0') == 1
    mask = coco_mask.decode(stored["rle"])
    assert not mask[THERE[1], THERE[0]]


def test_two_fingers_zoom_and_move_and_click_nothing(hand: Hand, editor: Editor) -> None:
    zoom = editor.page.locator(".status-zoom")
    before = zoom.inner_text()
    places = [(200, 150), (250, 150)]
    hand.fingers("Start", places[0])
    hand.fingers("Start", *places)
    for step in range(1, 6):
        hand.fingers("Move", (200 - 20 * step, 150), (250 + 20 * step, 150))
    hand.fingers("End")
    expect(zoom).not_to_have_text(before)
    assert float(zoom.inner_text().split()[0]) > 3 * float(before.split()[0])
    expect(editor.options).to_contain_text("Click an object")
    editor.expect_objects(0)


def test_a_pen_draws_wider_the_harder_it_is_pressed(hand: Hand, editor: Editor, own: App) -> None:
    editor.press("b")
    hand.stroke(80, 0.05)
    editor.expect_objects(1)
    editor.press("n")
    hand.stroke(220, 0.9)
    editor.expect_objects(2)
    editor.expect_saved()
    light, hard = sorted(int(coco_mask.area(row["rle"])) for row in own.annotations(PHOTO))
    assert hard > 1.8 * light

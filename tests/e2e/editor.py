"""The editor as a person sees it: points in image pixels go in, what the page says comes out."""

from __future__ import annotations

import re
from contextlib import suppress

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.e2e.page_bytes import wait_for_all

MARGIN = 24
"""Space that the fitted photo leaves on each side (static/app/view/viewport.js)."""
PATIENCE_MS = 30_000
ROWS = "[...document.querySelectorAll('.object-row')]"
SHOWN = """rows => rows.map(row => [
  row.querySelector('.truncate').textContent,
  Number(row.querySelector('.object-area').title.replace(/\\D/g, '')),
])"""
"""All rows in one look; the exact number of pixels is in the title of the rounded one."""


class Editor:
    """One open image."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stage = page.get_by_role("main", name="Photo with its masks")
        self.options = page.get_by_role("toolbar", name="Tool options")
        self.candidates = page.get_by_role("radiogroup", name=re.compile("Candidate masks"))
        self.objects = page.get_by_role("listbox", name="Objects").get_by_role("option")
        self.labels = page.get_by_role("listbox", name="Labels")
        self.saved = page.locator(".saved")

    @classmethod
    def open(cls, page: Page, image: str, project: str = "Demo photos") -> Editor:
        """Go from the list of projects to an image, as a person does, and wait until clicks become masks."""
        page.get_by_role("link", name="Maskwright").first.click()
        page.get_by_role("link", name=project).first.click()
        page.get_by_role("link", name=re.compile(re.escape(image))).first.click()
        return cls(page).ready()

    def ready(self) -> Editor:
        """Wait until photo, model and embedding are there, and the parts that the first click does not need."""
        expect(self.page.locator(".status-embedding")).to_have_text("ready", timeout=PATIENCE_MS)
        wait_for_all(self.page)
        expect(self.page.locator(".status-size")).to_have_text(re.compile(r"\d+ × \d+"))
        return self

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Page position of an image point while the photo is fitted into the stage."""
        width, height = (int(part) for part in self.page.locator(".status-size").inner_text().split(" × "))
        stage = self.stage.bounding_box()
        assert stage
        scale = min((stage["width"] - 2 * MARGIN) / width, (stage["height"] - 2 * MARGIN) / height, 8)
        left = stage["x"] + (stage["width"] - width * scale) / 2
        top = stage["y"] + (stage["height"] - height * scale) / 2
        return left + x * scale, top + y * scale

    def click(self, x: float, y: float, *, negative: bool = False) -> None:
        """Click on an image point and wait for the answer."""
        if negative:
            self.page.keyboard.down("Shift")
        self.page.mouse.click(*self.at(x, y))
        if negative:
            self.page.keyboard.up("Shift")
        self.answered()

    def drag(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Drag from one image point to another."""
        self.page.mouse.move(*self.at(x0, y0))
        self.page.mouse.down()
        self.page.mouse.move(*self.at((x0 + x1) / 2, (y0 + y1) / 2), steps=4)
        self.page.mouse.move(*self.at(x1, y1), steps=4)
        self.page.mouse.up()

    def answered(self) -> None:
        """Wait until the decoder has answered the prompt."""
        expect(self.add_button).to_be_enabled()
        expect(self.options.get_by_text("Thinking…")).to_have_count(0)

    @property
    def add_button(self) -> Locator:
        """Button that turns the prompt into an object."""
        return self.options.get_by_role("button", name=re.compile("^(Add|Apply)"))

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def add(self, box: tuple[float, float, float, float], label_key: str) -> None:
        """Make an object from a box prompt, with the label of a digit key."""
        before = self.objects.count()
        self.drag(*box)
        self.answered()
        self.press(label_key)
        self.expect_objects(before + 1)

    def clear(self) -> None:
        """Remove every object, hidden and locked ones too, and wait until the server has done so."""
        hidden = self.objects.filter(has_text=", hidden")
        if hidden.count():
            if hidden.count() < self.objects.count():  # the key hides all, unless all are hidden
                self.press("Shift+h")
                expect(hidden).to_have_count(self.objects.count())
            self.press("Shift+h")
            expect(hidden).to_have_count(0)
        self.press("Control+a")
        locked = self.objects.filter(has_text=", locked")
        if locked.count():
            if locked.count() < self.objects.count():  # the key locks all that are selected, unless all are locked
                self.press("l")
                expect(locked).to_have_count(self.objects.count())
            self.press("l")
            expect(locked).to_have_count(0)
        self.press("Delete")
        self.expect_objects(0)
        self.expect_saved()

    def shown(self) -> list[tuple[str, int]]:
        """Label and pixels of every object as the list tells them now (a short list: the rows in sight)."""
        return sorted((label, area) for label, area in self.objects.evaluate_all(SHOWN))

    def expect_shown(self, kept: list[tuple[str, int]]) -> None:
        """Wait until the list tells these labels and pixels, as `App.kept` counts them; it is drawn a little later."""
        with suppress(PlaywrightTimeout):  # what differs says more than that it does
            self.page.wait_for_function(f"kept => String(({SHOWN})({ROWS}).sort()) === String(kept.sort())", arg=kept)
        assert self.shown() == kept

    def close_messages(self) -> None:
        """Close what is told at the bottom of the photo, and what goes by itself meanwhile."""
        close = self.page.get_by_role("button", name="Close message")
        close.evaluate_all("buttons => buttons.forEach(button => button.click())")
        expect(self.page.locator(".toast")).to_have_count(0)

    def expect_objects(self, count: int) -> None:
        """Wait until the list shows that many objects."""
        expect(self.objects).to_have_count(count)

    def expect_saved(self) -> None:
        """Wait until the page says that the server has everything."""
        expect(self.saved).to_have_text("saved", timeout=PATIENCE_MS)

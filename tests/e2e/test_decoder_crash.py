"""The decoder's worker dies in the real editor: the person reads a sentence, goes on, and nothing is lost."""

from __future__ import annotations

import re

from playwright.sync_api import Worker, expect

from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO = "chelsea-cat.png"
CAT, EAR = (230, 160), (150, 40)
NOTHING_LOST = re.compile("was started again. Nothing is lost")
DIE = "() => { setTimeout(() => { throw new Error('a bug in the runtime'); }); }"
DIE_INSTEAD_OF_ANSWERING = """() => {
  const post = self.postMessage;
  self.postMessage = (message, ...rest) => {
    if (message.type !== 'decode') return post.call(self, message, ...rest);
    setTimeout(() => { throw new RangeError('WebAssembly.Memory.grow(): out of memory'); });
  };
}"""

NO_MORE_WORKERS = """() => {
  window.RealWorker = Worker;
  window.Worker = class extends Worker {
    constructor(url, options) { super(String(url).replace('decoder.worker', 'no.such.worker'), options); }
  };
}"""


def decoder(editor: Editor) -> Worker:
    """The worker that answers now: the newest."""
    return [worker for worker in editor.page.workers if "decoder.worker" in worker.url][-1]


def expect_kept(editor: Editor, app: App, count: int) -> None:
    editor.expect_objects(count)
    editor.expect_saved()
    editor.expect_shown(app.kept(PHOTO))
    assert len(app.kept(PHOTO)) == count


def test_a_decoder_that_dies_in_a_pause_is_ready_again_for_the_next_click(editor: Editor, own: App) -> None:
    editor.click(*CAT)
    editor.press("Enter")
    editor.expect_objects(1)
    decoder(editor).evaluate(DIE)
    expect(editor.page.get_by_text(NOTHING_LOST)).to_be_visible()
    expect(editor.page.locator(".status-embedding")).to_have_text("ready")
    editor.click(*EAR)
    editor.press("Enter")
    expect_kept(editor, own, 2)


def test_a_decoder_out_of_memory_under_a_click_twice_answers_it_in_the_end(editor: Editor, own: App) -> None:
    page = editor.page
    editor.click(*CAT)
    for place in (EAR, (300, 200)):
        decoder(editor).evaluate(DIE_INSTEAD_OF_ANSWERING)
        with page.expect_event("worker", lambda worker: "decoder.worker" in worker.url):
            page.mouse.click(*editor.at(*place))
        expect(page.get_by_text(NOTHING_LOST)).to_be_visible()  # for a few seconds; the answer may take longer
        editor.answered()
    expect(page.locator(".status-decoder")).to_contain_text("×1")  # fewer threads need less memory
    editor.press("Enter")
    expect_kept(editor, own, 1)
    [stored] = own.annotations(PHOTO)
    assert stored["clicks"] == 3


def test_a_decoder_that_keeps_dying_leaves_the_other_tools_and_a_way_back(editor: Editor, own: App) -> None:
    page = editor.page
    page.evaluate(NO_MORE_WORKERS)
    decoder(editor).evaluate(DIE)
    banner = page.locator(".stage-banner")
    expect(banner).to_contain_text("Clicking is not available")
    expect(banner).to_contain_text("brush and polygon work meanwhile")
    editor.press("b")
    editor.drag(100, 250, 300, 250)
    expect_kept(editor, own, 1)
    page.evaluate("() => { window.Worker = window.RealWorker; }")
    editor.press("s")
    banner.get_by_role("button", name="Try again").click()
    editor.ready()
    expect(banner).to_be_hidden()
    page.keyboard.press("Escape")
    editor.click(*EAR)
    editor.press("Enter")
    expect_kept(editor, own, 2)


def test_a_decoder_that_died_without_a_network_comes_back_with_it(editor: Editor, own: App) -> None:
    page = editor.page
    editor.click(*CAT)
    page.context.set_offline(True)
    decoder(editor).evaluate(DIE)
    expect(page.locator(".stage-banner")).to_contain_text("Clicking is not available")
    page.context.set_offline(False)
    editor.ready()
    expect(page.locator(".stage-banner")).to_be_hidden()
    editor.click(*EAR)
    editor.press("Enter")
    expect_kept(editor, own, 1)
    [stored] = own.annotations(PHOTO)
    assert stored["clicks"] == 2

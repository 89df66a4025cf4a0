"""The app as `make run` starts it, with a browser that is signed in: what the editor's benchmark drives."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from annotator.launch.chromium import installed
from tests.bench.editor import scene
from tests.browser import chromium
from tests.e2e.app import App, enter

BATCH = 500
"""Operations that the server takes in one request."""
READY_MS = 180_000
OPENED = "image => performance.getEntriesByName('maskwright-open').findLast(({ detail }) => detail === image)?.duration"


class Desk:
    """A signed-in person's browser, and the demo project."""

    def __init__(self, app: App, browser: Browser) -> None:
        self.app = app
        self.browser = browser
        self.page = self.desk(1280, 800)
        [project] = self._get("projects/")["results"]
        self.project = project["id"]

    def desk(self, width: int, height: int) -> Page:
        """A page of its own profile with a window of this size."""
        page = self.browser.new_context(viewport={"width": width, "height": height}).new_page()
        page.set_default_timeout(READY_MS)
        enter(page, self.app.signin_link())
        return page

    def _get(self, path: str) -> Any:
        return self.page.request.get(f"{self.app.url}/api/v1/{path}").json()

    def _post(self, path: str, **body: Any) -> Any:
        token = next(cookie["value"] for cookie in self.page.context.cookies() if cookie["name"] == "csrftoken")
        headers = {"X-CSRFToken": token, "Origin": self.app.url}
        answer = self.page.request.post(f"{self.app.url}/api/v1/{path}", headers=headers, timeout=READY_MS, **body)
        assert answer.ok, answer.text()
        return answer.json()

    def add_photo(self, name: str, width: int, height: int) -> str:
        """Upload a photo, wait for its embedding, and return its id."""
        file = {"name": name, "mimeType": "image/jpeg", "buffer": scene.photo(width, height, seed=len(name))}
        image: str = self._post(f"projects/{self.project}/images/", multipart={"file": file})["id"]
        while self._get(f"images/{image}/")["embedding"]["state"] != "ready":
            self.page.wait_for_timeout(250)
        return image

    def add_objects(self, image: str, masks: Sequence[dict[str, Any]]) -> None:
        """Store these masks as objects of the image, as an editor would send them."""
        labels = [label["id"] for label in self._get(f"projects/{self.project}/")["labels"]]
        ids = self.page.evaluate("count => Array.from({ length: count }, () => crypto.randomUUID())", 2 * len(masks))
        operations = [
            {
                "key": ids[2 * at], "op": "create", "id": ids[2 * at + 1],
                "data": {"rle": mask, "label": labels[at % len(labels)], "z_order": at},
            }
            for at, mask in enumerate(masks)
        ]  # fmt: skip
        for start in range(0, len(operations), BATCH):
            self._post(f"images/{image}/annotations/bulk/", data={"operations": operations[start : start + BATCH]})

    def add_suggestions(self, image: str, masks: Sequence[dict[str, Any]], confident: int) -> None:
        """Store these masks as suggestions of the image, the first of them confident, as a search would."""
        file = self.app.var / "suggested.json"
        file.write_text(json.dumps(masks))
        work = "from pathlib import Path; from tests.bench.editor.suggested import store"
        self.app.manage("shell", "-c", f"{work}; store({image!r}, Path({str(file)!r}), {confident})")

    def demo_images(self) -> list[str]:
        """The project's images in order."""
        return [entry["id"] for entry in self._get(f"projects/{self.project}/images/index/")["results"]]

    def address(self, image: str) -> str:
        """The editor's page of an image."""
        return f"{self.app.url}/projects/{self.project}/images/{image}/edit/"


def opened(page: Page, image: str) -> float:
    """Milliseconds from asking for an image until photo and masks are drawn and a click can be decoded."""
    page.wait_for_function(OPENED, arg=image)
    return float(page.evaluate(OPENED, image))


@contextmanager
def desk(*flags: str) -> Iterator[Desk]:
    """Start everything on a data folder of its own; ended with it."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        app = App(Path(scratch) / "var")
        browser = playwright.chromium.launch(executable_path=installed(), args=[*chromium.FLAGS, *flags])
        try:
            app.start()
            yield Desk(app, browser)
        finally:
            browser.close()
            app.stop()

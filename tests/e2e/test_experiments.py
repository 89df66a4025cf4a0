"""A model measured at tasks of the paper on the demo photos, from the form to the numbers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.app import App
from tests.e2e.axe import violations, wear

pytestmark = pytest.mark.slow

SEED = """
import numpy as np
from annotator.accounts.models import User
from annotator.annotations import services
from annotator.projects.models import Image
from export.rle import encode
demo = User.objects.get(username="demo")
for name in ("rocket.jpg", "coffee.png"):
    image = Image.objects.get(name=name)
    mask = np.zeros((image.height, image.width), bool)
    mask[60:330, 270:370] = True
    services.create(image, demo, None, {"rle": encode(mask).to_json()})
"""
FILE = {"name": "boxes.json", "mimeType": "application/json"}


@pytest.fixture(scope="module")
def app(start_app: Callable[[], App]) -> App:
    """An app of its own, with a mask on two photos."""
    app = start_app()
    app.manage("shell", "-c", SEED)
    return app


def measured(page: Page, title: str) -> None:
    page.get_by_role("button", name="Measure", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile(f"^{title}:"))).to_be_visible(timeout=120_000)


def test_tasks_are_measured_and_broken_files_are_told(app: App, open_context: Callable[[], BrowserContext]) -> None:
    context = open_context()
    context.add_cookies(app.cookies("demo"))
    page = context.new_page()
    [project] = app.rows("select id from projects_project where name = 'Demo photos'")
    page.goto(f"{app.url}/projects/{uuid.UUID(project['id'])}/evaluations/")
    page.get_by_role("link", name="Tasks of the paper").click()
    expect(page.get_by_role("heading", name="Nothing measured yet")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("^Edges"))).to_be_disabled()
    measured(page, "Single point")
    expect(page.get_by_text("2 masks on 2 images; the accepted masks as they were.")).to_be_visible()
    expect(page.get_by_text("Kirillov et al. 2023, section 7.1, appendix D.1").first).to_be_visible()

    page.get_by_role("radio", name=re.compile("^Instances")).check()
    files = page.get_by_label(re.compile("^A detector’s boxes"))
    for broken, said in ((b"[NaN", "holds no JSON list or object"), (b'[{"bbox": [1, 2, 3, 4]}]', "has no score")):
        files.set_input_files({**FILE, "buffer": broken})
        page.get_by_role("button", name="Measure", exact=True).click()
        expect(page.get_by_text(said)).to_be_visible()
    result = b'[{"file_name": "rocket.jpg", "bbox": [270, 60, 100, 270], "score": 0.9}]'
    files.set_input_files({**FILE, "buffer": result})
    measured(page, "Instances")
    expect(page.get_by_text("1 box on 1 of 2 images.")).to_be_visible()
    for theme in ("dark", "light"):
        wear(page, theme)
        assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert "section 7.4" in download.value.path().read_text()

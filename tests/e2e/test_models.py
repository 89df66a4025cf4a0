"""A model's way through the pages: added from a file, chosen in a project, clicked with, refused removal, removed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from sam_backend import compact_package_path, load_package
from sam_backend.archive import zip_package
from sam_backend.package import write_manifest
from tests.e2e.app import App
from tests.e2e.editor import Editor

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def own(start_app: Callable[[], App]) -> App:
    """An app whose models nobody else uses."""
    return start_app()


@pytest.fixture
def page(open_context: Callable[[], BrowserContext], own: App) -> Page:
    context = open_context()
    context.add_cookies(own.cookies())
    opened = context.new_page()
    opened.goto(own.url)
    return opened


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compact model under another name, as one file: its encoder is the same, so nothing is encoded anew."""
    folder = tmp_path_factory.mktemp("second")
    package = load_package(compact_package_path())
    for name in package.manifest.files:
        shutil.copy(package.path / name, folder / name)
    write_manifest(folder, replace(package.manifest, name="Second", version="1", notice="Only to look at."))
    return zip_package(folder, folder.parent / "second.zip")


def toy_sam2() -> Any:
    """A SAM 2 of a toy's size with random weights: pictures are stretched, three tensors travel."""
    from sam_backend.build import build_random_sam2
    from tests.sam_backend.sam2.tiny import TINY

    return build_random_sam2(TINY)


def toy_hq() -> Any:
    """An HQ-SAM of a toy's size with random weights: its finer features travel beside the embedding."""
    from sam_backend.build import build_random_hq
    from tests.sam_backend.hq.tiny import HQ

    return build_random_hq(HQ)


def toy_edgetam() -> Any:
    """An EdgeTAM of a toy's size with random weights."""
    from sam_backend.build import build_random_sam2
    from tests.sam_backend.edgetam.tiny import TINY

    return build_random_sam2(TINY)


def toy_sam3() -> Any:
    """SAM 3's tracker of a toy's size with random weights: nine cells a side."""
    from sam_backend.build import build_random_sam2
    from tests.sam_backend.sam3.tiny import TINY

    return build_random_sam2(TINY)


def packed(model: Any, name: str, folder: Path) -> Path:
    """A model's package as one file."""
    from sam_backend.onnx.export import PackageInfo, export_package

    export_package(model, folder, PackageInfo(name))
    return zip_package(folder, folder.with_suffix(".zip"))


def add(page: Page, own: App, file: Path) -> None:
    page.goto(f"{own.url}/models/")
    page.locator("#model-file").set_input_files(file)
    page.get_by_label("I have read and accept").check()  # asked of SAM 3 alone
    page.get_by_role("button", name="Add model").click()


def remove(page: Page, own: App, name: str) -> None:
    page.goto(f"{own.url}/models/")
    page.locator("section", has=page.get_by_role("heading", name=name)).get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove model").click()


def until_in_use(own: App, name: str) -> None:
    """Wait until the worker has switched the demo project to this model."""
    used = "select m.name from projects_project p join inference_modelversion m on m.id = p.model_version_id"
    while {"name": name} not in own.rows(used):
        states = {row["state"] for row in own.rows("select state from runs_run where kind = 'switch_model'")}
        assert not states & {"failed", "cancelled"}, own.logs()
        assert own.process
        assert own.process.poll() is None


def test_a_file_that_is_no_model_ends_in_a_sentence(page: Page, own: App, tmp_path: Path) -> None:
    (tmp_path / "notes.zip").write_bytes(b"no archive")
    add(page, own, tmp_path / "notes.zip")
    expect(page.get_by_text("notes.zip is no model")).to_be_visible()


def test_from_a_file_to_a_click_and_away_again(page: Page, own: App, archive: Path) -> None:
    add(page, own, archive)
    expect(page.get_by_role("heading", name="Second")).to_be_visible()

    page.get_by_role("link", name="Maskwright").first.click()
    page.get_by_role("link", name="Demo photos").first.click()
    page.get_by_role("link", name="Settings").first.click()
    choice = page.locator("li", has=page.get_by_role("radio", name=re.compile("Second")))
    expect(choice.get_by_text("Only to look at.")).to_be_visible()
    choice.get_by_role("radio").check()
    expect(page.get_by_text("Second is used from now on.")).to_be_visible()
    until_in_use(own, "Second")
    page.reload()
    expect(choice.get_by_role("radio")).to_be_checked()

    editor = Editor.open(page, "coffee.png")
    expect(page.locator(".status-model")).to_have_text(re.compile("^Second "))
    editor.click(300, 140)

    remove(page, own, "Second")
    expect(page.get_by_text("it is used by the project(s) Demo photos")).to_be_visible()
    own.manage("models", "use", "Demo photos", "Maskwright compact")
    until_in_use(own, "Maskwright compact")
    remove(page, own, "Second")
    expect(page.get_by_text("Second 1 is removed")).to_be_visible()
    expect(page.get_by_role("heading", name="Second")).to_have_count(0)


@pytest.mark.parametrize(
    ("build", "name", "photo"),
    [
        (toy_sam2, "Toy SAM 2", "coffee.png"),
        (toy_hq, "Toy HQ-SAM", "chelsea-cat.png"),
        (toy_edgetam, "Toy EdgeTAM", "rocket.jpg"),
        (toy_sam3, "Toy SAM 3", "motorcycle.png"),
    ],
)
def test_a_model_of_another_family_answers_clicks(
    page: Page, own: App, tmp_path: Path, build: Callable[[], Any], name: str, photo: str
) -> None:
    pytest.importorskip("torch")
    add(page, own, packed(build(), name, tmp_path / "toy"))
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    own.manage("models", "use", "Demo photos", name)
    until_in_use(own, name)
    editor = Editor.open(page, photo)
    expect(page.locator(".status-model")).to_have_text(re.compile(f"^{name} "))
    editor.click(300, 140)
    expect(editor.candidates.get_by_role("radio")).not_to_have_count(0)  # masks without a pixel are not offered
    editor.press("Enter")
    expect(editor.objects).to_have_count(1)
    editor.expect_saved()

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotator.accounts.models import User
from annotator.inference import library
from annotator.inference.library import checkpoint_folder
from annotator.inference.models import ModelVersion
from annotator.projects.ingest import ingest_bytes
from annotator.projects.models import Image, Project

pytestmark = pytest.mark.django_db


def addresses(project: Any, image: Any) -> dict[str, str]:
    base = f"/projects/{project.pk}/"
    return {
        "projects": "/", "project": base, "settings": f"{base}settings/", "exports": f"{base}exports/",
        "imports": f"{base}imports/",
        "report": f"{base}report/", "evaluations": f"{base}evaluations/", "automatic": f"{base}automatic/",
        "reviews": f"{base}reviews/",
        "editor": f"{base}images/{image.pk}/edit/", "tokens": "/account/", "help": "/help/", "signin": "/signin/",
        "missing": "/nothing-here/",
    }  # fmt: skip


def test_no_page_holds_a_script_or_style_that_the_policy_would_block(
    project: Project, image: Image, alice: User, client: Client, sign_in: Callable[[User], Client]
) -> None:
    for name, address in addresses(project, image).items():
        html = (client if name == "signin" else sign_in(alice)).get(address).content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html), name
        for attributes in re.findall(r"<script([^>]*)>", html):
            assert "src=" in attributes or 'type="application/json"' in attributes, (name, attributes)


def test_a_stranger_learns_nothing_and_a_member_sees_the_pages(
    project: Project, image: Image, charlie: User, victor: User, sign_in: Callable[[User], Client]
) -> None:
    for name, address in addresses(project, image).items():
        if address.startswith("/projects/"):
            answer = sign_in(charlie).get(address)
            assert answer.status_code == 404, name
            assert "Street" not in answer.content.decode()
            # What waits for a review is for those who review, what comes in for those who manage.
            closed = name in {"reviews", "imports"}
            assert sign_in(victor).get(address).status_code == (403 if closed else 200), name


def test_a_viewer_is_not_offered_what_a_viewer_may_not_do(
    project: Project, image: Image, victor: User, sign_in: Callable[[User], Client]
) -> None:
    pages = addresses(project, image)
    html = "".join(sign_in(victor).get(pages[name]).content.decode() for name in ("project", "settings", "exports"))
    for control in ("data-pick-files", "data-add-label", "data-add-member", "data-export>", "data-delete-project"):
        assert control not in html


def test_the_project_list_shows_progress_and_thumbnails(
    project: Project, image: Image, alice: User, sign_in: Callable[[User], Client], png: Callable[..., bytes]
) -> None:
    image.state = "done"
    image.save()
    ingest_bytes(project, alice, "day.png", png((200, 200, 200)))
    html = sign_in(alice).get("/").content.decode()
    assert "Street &amp; scenes" in html
    assert "1 of 2 images done" in html
    assert html.count("/thumb") == 2


def test_the_project_list_takes_the_same_queries_however_many_projects(
    alice: User, project: Project, at_most: Any, sign_in: Callable[[User], Client], png: Callable[..., bytes]
) -> None:
    from annotator.projects.services import create_project

    for number in range(5):
        ingest_bytes(create_project(alice, name=f"P{number}"), alice, "a.png", png())
    client = sign_in(alice)
    with at_most(6):
        client.get("/")


def test_the_grid_takes_the_same_queries_however_many_images(
    alice: User, project: Project, at_most: Any, sign_in: Callable[[User], Client], png: Callable[..., bytes]
) -> None:
    for number in range(8):
        ingest_bytes(project, alice, f"{number}.png", png((number, 0, 0)))
    client = sign_in(alice)
    with at_most(21):
        client.get(f"/projects/{project.pk}/")


def test_search_and_state_in_the_address_narrow_the_first_paint(
    alice: User, project: Project, image: Image, sign_in: Callable[[User], Client], png: Callable[..., bytes]
) -> None:
    ingest_bytes(project, alice, "day.png", png((200, 200, 200)))
    client = sign_in(alice)
    html = client.get(f"/projects/{project.pk}/?search=NIGHT").content.decode()
    assert "night.png" in html
    assert "day.png" not in html
    assert 'data-image="' + str(image.pk) not in client.get(f"/projects/{project.pk}/?state=done").content.decode()


def test_file_names_cannot_break_out_of_the_page(
    alice: User, project: Project, sign_in: Callable[[User], Client], png: Callable[..., bytes]
) -> None:
    ingest_bytes(project, alice, '"><img src=x onerror=alert(1)>.png', png())
    html = sign_in(alice).get(f"/projects/{project.pk}/").content.decode()
    assert "<img src=x" not in html


def test_the_chosen_colours_are_there_from_the_first_paint(alice: User, sign_in: Callable[[User], Client]) -> None:
    dark, light = ' data-theme="dark"', ' data-theme="light"'
    for chosen, shown in (("", dark), ("light", light), ("system", ""), ("pink", dark)):
        alice.preferences = {"theme": chosen}
        alice.save()
        for address in ("/", "/nothing-here/"):
            assert f'<html lang="en"{shown}>' in sign_in(alice).get(address).content.decode()


def test_models_are_for_administrators_and_show_licence_and_notice(
    alice: User, sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sign_in(alice).get("/models/").status_code == 403
    alice.is_staff = True
    alice.save()
    ModelVersion.objects.create(
        name="compact", version="1", family="compact", sha256="a" * 64, encoder_sha256="b" * 64, licence="CC BY-NC 4.0",
        notice="For research and evaluation use.", files={"encoder.onnx": {"sha256": "c" * 64, "bytes": 3_500_000}},
        manifest={"input": {"size": 512}},
    )  # fmt: skip
    ModelVersion.objects.create(
        name="EdgeTAM", version="1", family="edgetam", sha256="d" * 64, encoder_sha256="e" * 64,
        manifest={"input": {"size": 1024, "fit": "stretch"}},
    )  # fmt: skip
    html = sign_in(alice).get("/models/").content.decode()
    sizes = ("512 px on the longest side", "1024 px on each side")
    for fact in ("CC BY-NC 4.0", "For research and evaluation use.", "3.50 MB", *sizes, str(checkpoint_folder())):
        assert fact in html
    monkeypatch.setattr(library, "find_spec", lambda name: None)
    assert "pip install 'maskwright[torch]'" in sign_in(alice).get("/models/").content.decode()


def test_an_image_of_another_project_is_not_found_under_this_one(
    alice: User, project: Project, image: Image, sign_in: Callable[[User], Client]
) -> None:
    from annotator.projects.services import create_project

    other = create_project(alice, name="Other")
    assert sign_in(alice).get(f"/projects/{other.pk}/images/{image.pk}/edit/").status_code == 404

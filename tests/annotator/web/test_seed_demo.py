from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client

from annotator.projects.models import Image, Project
from annotator.web import demo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    photos = [photo for photo in demo.PHOTOS if photo.file in ("chelsea.png", "coins.png")]
    monkeypatch.setattr(demo, "PHOTOS", (*photos, demo.Photo("not-carried-any-more.png", "x.png")))


def test_it_makes_a_project_with_real_photos_and_labels() -> None:
    call_command("seed_demo", verbosity=0)
    project = Project.objects.get(name=demo.PROJECT)
    assert list(project.images.values_list("name", flat=True)) == ["chelsea-cat.png", "coins.png"]
    assert {"cat", "coin"} <= set(project.labels.values_list("name", flat=True))
    assert len(set(project.labels.values_list("color", flat=True))) == project.labels.count()


def test_a_second_start_adds_nothing_and_brings_nothing_back() -> None:
    call_command("seed_demo", verbosity=0)
    Image.objects.get(name="coins.png").delete()
    call_command("seed_demo", verbosity=0)
    assert Project.objects.filter(name=demo.PROJECT).count() == 1
    assert list(Image.objects.values_list("name", flat=True)) == ["chelsea-cat.png"]


def test_a_start_that_was_interrupted_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "set_preferences", lambda *_: None)
    call_command("seed_demo", verbosity=0)
    Image.objects.get(name="coins.png").delete()
    call_command("seed_demo", verbosity=0)
    assert set(Image.objects.values_list("name", flat=True)) == {"chelsea-cat.png", "coins.png"}


def test_the_demo_person_gets_in_by_link_only(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_demo", "--link", "http://127.0.0.1:8000")
    link = capsys.readouterr().out.strip().splitlines()[-1]
    assert link.startswith("http://127.0.0.1:8000/signin/link/")
    assert Client().post(link.removeprefix("http://127.0.0.1:8000"))["Location"] == "/"
    assert not demo.demo_user().has_usable_password()


def test_without_scikit_image_the_project_is_there_and_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "photo_folder", lambda: None)
    call_command("seed_demo", verbosity=0)
    assert Project.objects.get(name=demo.PROJECT).images.count() == 0
    assert "scikit-image is not installed" in capsys.readouterr().err

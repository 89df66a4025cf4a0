"""The editor's page names all its modules at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from annotator.accounts.models import User
from annotator.projects.models import Image, Project
from annotator.web.modules import modules

pytestmark = pytest.mark.django_db


def test_every_static_import_is_there_and_nothing_of_what_comes_later() -> None:
    found = modules("app/main.js")
    assert len(found) == len(set(found))
    for part in ("app/main", "app/core/events", "app/tools/pointer", "app/view/layers/masks"):
        assert any(part in address for address in found), part
    for part in ("app/tools/polygon.", "app/sam/decoder.worker", "app/sam/engine"):
        assert not any(part in address for address in found), part


def test_a_file_that_is_not_there_has_no_imports() -> None:
    assert len(modules("app/no_such_module.js")) == 1


def test_the_page_asks_for_them_before_its_script(
    alice: User, project: Project, image: Image, sign_in: Callable[[User], Client]
) -> None:
    html = sign_in(alice).get(f"/projects/{project.pk}/images/{image.pk}/edit/").content.decode()
    asked = re.findall(r'<link rel="modulepreload" href="([^"]+)">', html)
    assert asked == modules("app/main.js")
    assert html.index(asked[-1]) < html.index("<script")

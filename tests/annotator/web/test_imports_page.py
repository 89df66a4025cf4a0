"""The import page: for who manages the project, with what the server's administrator allows."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.projects.models import Membership, Project

pytestmark = pytest.mark.django_db


def test_the_tab_is_there_for_who_may_use_it(
    project: Project, alice: User, victor: User, charlie: User, sign_in: Callable[[User], Client]
) -> None:
    home = f"/projects/{project.pk}/"
    assert f"{home}imports/" in sign_in(alice).get(home).content.decode()
    assert f"{home}imports/" not in sign_in(victor).get(home).content.decode()
    assert sign_in(victor).get(f"{home}imports/").status_code == 403
    Membership.objects.create(project=project, user=charlie, role=Role.MANAGER)
    assert sign_in(charlie).get(f"{home}imports/").status_code == 200


def test_folders_of_the_server_are_offered_only_where_some_are_open(
    project: Project, alice: User, sign_in: Callable[[User], Client], settings: Settings
) -> None:
    page = f"/projects/{project.pk}/imports/"
    assert "folder on the server" not in sign_in(alice).get(page).content.decode()
    settings.IMPORT_FOLDERS = ["/data/incoming"]
    html = sign_in(alice).get(page).content.decode()
    assert "folder on the server" in html
    assert "/data/incoming/" in html


def test_sources_are_those_that_the_administrator_opened(
    project: Project, alice: User, sign_in: Callable[[User], Client], settings: Settings
) -> None:
    page, settings.IMPORT_URLS, settings.IMPORT_S3 = f"/projects/{project.pk}/imports/", False, []
    html = sign_in(alice).get(page).content.decode()
    assert not re.findall(r'data-source="(\w+)"', html), "one way needs no choice"
    settings.IMPORT_URLS, settings.IMPORT_S3, settings.IMPORT_FOLDERS = True, ["s3://open/sets"], ["/data/in"]
    html = sign_in(alice).get(page).content.decode()
    assert re.findall(r'data-source="(\w+)"', html) == re.findall(r'data-panel="(\w+)"', html)
    assert re.findall(r'data-send="(\w+)"', html) == ["urls", "folder", "s3"]
    assert "s3://open/sets/" in html

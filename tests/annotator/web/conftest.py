"""People and a project for the pages: Alice owns, Victor may look, Charlie is a stranger."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from PIL import Image as Picture
from pytest_django import DjangoAssertNumQueries, Settings

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.projects.ingest import ingest_bytes
from annotator.projects.models import Image, Membership, Project
from annotator.projects.services import create_project


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _own_storage(settings: Settings, tmp_path: Path) -> None:
    blobs = settings.STORAGES["blobs"] | {"OPTIONS": {"location": str(tmp_path / "blobs")}}
    settings.STORAGES = settings.STORAGES | {"blobs": blobs}


@pytest.fixture
def at_most(django_assert_max_num_queries: DjangoAssertNumQueries) -> Any:
    """Return the context that fails when it takes more SQL queries than said."""
    return django_assert_max_num_queries


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", password="correct horse")


@pytest.fixture
def victor(db: None) -> User:
    return User.objects.create_user("victor")


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_user("charlie")


@pytest.fixture
def project(alice: User, victor: User) -> Project:
    made = create_project(alice, name="Street & scenes", labels=[{"name": "car"}])
    Membership.objects.create(project=made, user=victor, role=Role.VIEWER)
    return made


@pytest.fixture
def image(project: Project, alice: User, png: Callable[..., bytes]) -> Image:
    return ingest_bytes(project, alice, "night.png", png())


@pytest.fixture
def png() -> Callable[..., bytes]:
    """Return the bytes of a small picture of one colour."""

    def make(color: tuple[int, int, int] = (10, 20, 30), size: tuple[int, int] = (40, 30)) -> bytes:
        file = io.BytesIO()
        Picture.new("RGB", size, color).save(file, "PNG")
        return file.getvalue()

    return make


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """Return a client of that person."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make

"""Four people and a project: Alice owns it, Bob annotates, Dana reviews, Charlie is a stranger."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image as PillowImage
from rest_framework.test import APIClient

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.inference.models import Embedding, ModelVersion
from annotator.lib import storage
from annotator.projects.models import Image, Label, Membership, Project
from tests.annotator.contract import CheckedClient

_numbers = itertools.count(1)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back in the database at the end, so that one world serves several requests."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def make_user(name: str, **values: object) -> User:
    """Make a person whose password is not usable."""
    return User.objects.create(username=name.lower(), first_name=name, email=f"{name.lower()}@example.org", **values)


def make_project(owner: User, name: str = "Cats", **values: object) -> Project:
    """Make a project with its owner."""
    project = Project.objects.create(name=name, **values)
    make_member(project, owner, Role.OWNER)
    return project


def make_member(project: Project, user: User, role: Role) -> Membership:
    """Give a person a role."""
    return Membership.objects.create(project=project, user=user, role=role)


def make_label(project: Project, name: str = "cat", **values: object) -> Label:
    """Make a label."""
    return Label.objects.create(project=project, name=name, **{"color": "#0072b2", **values})


def picture(
    size: tuple[int, int] = (64, 48), mode: str = "RGB", kind: str = "PNG", seed: int | None = None, **save: object
) -> bytes:
    """Return the bytes of a picture file with a gradient that tells every corner from every other."""
    offset = next(_numbers) if seed is None else seed
    width, height = size
    plain = PillowImage.new("RGB", size)
    plain.putdata(
        [(x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), offset % 256)
         for y in range(height) for x in range(width)]
    )  # fmt: skip
    if seed is None:
        # No picture asked for without a seed is like one with it, whatever was made before.
        plain.putpixel((width // 2, height // 2), (offset % 256, offset // 256 % 256, 1))
    out = io.BytesIO()
    plain.convert(mode).save(out, kind, **save)
    return out.getvalue()


def upload(data: bytes, name: str = "cat.png") -> SimpleUploadedFile:
    """Return a file as a form would send it."""
    return SimpleUploadedFile(name, data)


def make_image(project: Project, name: str = "cat.png", size: tuple[int, int] = (64, 48)) -> Image:
    """Make a stored image, without a run."""
    data = picture(size)
    sha256 = storage.put_bytes(data)
    thumb = storage.put_bytes(picture((8, 6), kind="JPEG", seed=0))
    return Image.objects.create(
        project=project, name=name, sha256=sha256, source_sha256=sha256, thumb_sha256=thumb, media_type="image/png",
        width=size[0], height=size[1], bytes=len(data), source_format="PNG",
    )  # fmt: skip


def make_words_model() -> ModelVersion:
    """Make a model version that is asked in words; its files are no package that could run."""
    return make_model_version("Known words", prompts="words")


def make_model_version(name: str = "tiny", version: str = "1", **values: object) -> ModelVersion:
    """Make a model version row with one stored file; it is not a package that could run."""
    data = f"{name} {version}".encode()
    sha256 = storage.put_bytes(data)
    files = {"decode.onnx": {"sha256": sha256, "bytes": len(data)}}
    manifest = {"format": 1, "name": name, "version": version, "embedding": [{"name": "embedding", "encoding": "int8"}]}
    return ModelVersion.objects.create(
        name=name, version=version, family="compact", sha256=sha256, encoder_sha256=sha256, files=files,
        manifest=manifest, **values,
    )  # fmt: skip


def make_embedding(image: Image, version: ModelVersion) -> Embedding:
    """Make an embedding row with a stored blob."""
    data = f"embedding of {image.pk} by {version.pk}".encode()
    return Embedding.objects.create(
        image=image, model_version=version, sha256=storage.put_bytes(data), bytes=len(data), encoding="int8"
    )


def client_of(user: User | None) -> APIClient:
    """Return an API client that is signed in as this person."""
    client = CheckedClient()
    if user is not None:
        client.force_authenticate(user)
    return client


@dataclass
class World:
    """The people and their things. `as_alice` and so on are API clients."""

    alice: User
    bob: User
    charlie: User
    dana: User
    project: Project
    label: Label
    image: Image
    model: ModelVersion
    clients: dict[str, APIClient] = field(default_factory=dict)

    def refresh(self) -> None:
        """Read everything anew, after something was taken back in the database."""
        for thing in (self.alice, self.bob, self.charlie, self.dana, self.project, self.label, self.image, self.model):
            thing.refresh_from_db()

    @property
    def as_alice(self) -> APIClient:
        """Alice's client: the owner."""
        return client_of(self.alice)

    @property
    def as_bob(self) -> APIClient:
        """Bob's client: an annotator."""
        return client_of(self.bob)

    @property
    def as_charlie(self) -> APIClient:
        """Charlie's client: a stranger."""
        return client_of(self.charlie)

    @property
    def as_dana(self) -> APIClient:
        """Dana's client: a reviewer."""
        return client_of(self.dana)


def make_world() -> World:
    """Make the four people, a project with a label, an image and a model."""
    alice, bob, charlie, dana = (make_user(name) for name in ("Alice", "Bob", "Charlie", "Dana"))
    model = make_model_version()
    project = make_project(alice, model_version=model)
    make_member(project, bob, Role.ANNOTATOR)
    make_member(project, dana, Role.REVIEWER)
    return World(alice, bob, charlie, dana, project, make_label(project), make_image(project), model)

"""The demo project: photos that scikit-image carries, through the same door as every upload."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.accounts.services import set_preferences
from annotator.inference.services import ensure_builtin_model
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.ingest import ingest_bytes
from annotator.projects.models import Membership, Project
from annotator.projects.services import create_project

USERNAME = "demo"
# Set in the demo person's preferences when the photos are in: what they delete later must not come back.
DONE = "demo_is_made"
PROJECT = "Demo photos"
DESCRIPTION = "Photos that come with scikit-image, to try things out. Click on something."
GUIDELINES = (
    "Outline every clear thing once. A part that is hidden behind something else is left out. "
    "Follow the edge you see; hair and whiskers may be cut short."
)
LABELS = ("cat", "person", "cup", "coin", "motorcycle", "rocket", "camera", "spoon")


@dataclass(frozen=True)
class Photo:
    """An image that scikit-image may carry, and the name it gets."""

    file: str
    name: str


PHOTOS = (
    Photo("chelsea.png", "chelsea-cat.png"),
    Photo("coffee.png", "coffee.png"),
    Photo("astronaut.png", "astronaut.png"),
    Photo("coins.png", "coins.png"),
    Photo("motorcycle_left.png", "motorcycle.png"),
    Photo("rocket.jpg", "rocket.jpg"),
    Photo("camera.png", "camera.png"),
    Photo("retina.jpg", "retina.jpg"),
)


def seed(user: User) -> tuple[int, list[str]]:
    """Make the demo once; a start that was interrupted is gone on with. Returns as `add_photos` does."""
    if DONE in user.preferences:
        return 0, []
    project = demo_project(user)
    ensure_builtin_model()
    project.refresh_from_db()
    added, problems = add_photos(project, user)
    if not problems:
        set_preferences(user, {DONE: True})
    return added, problems


def photo_folder() -> Path | None:
    """Return where scikit-image keeps its images, or None when it is not installed."""
    try:
        import skimage
    except ImportError:
        return None
    return Path(skimage.__file__).parent / "data"


def demo_user() -> User:
    """Return the demo person, made without a password: only a link signs them in."""
    user, made = User.objects.get_or_create(username=USERNAME, defaults={"first_name": "Demo", "is_staff": True})
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def demo_project(user: User) -> Project:
    """Return the demo project, made if it is not there."""
    with transaction.atomic():
        mine = Membership.objects.filter(user=user, role=Role.OWNER, project__name=PROJECT).select_related("project")
        if (membership := mine.order_by("created").first()) is not None:
            return membership.project
        labels = [{"name": name} for name in LABELS]
        return create_project(user, labels=labels, name=PROJECT, description=DESCRIPTION, guidelines=GUIDELINES)


def add_photos(project: Project, user: User) -> tuple[int, list[str]]:
    """Add the photos there are; returns how many were added, and a sentence per one that could not be."""
    folder = photo_folder()
    if folder is None:
        return 0, ["scikit-image is not installed, so the demo project has no photos. Drop your own on its page."]
    added, problems = 0, []
    for photo in PHOTOS:
        source = folder / photo.file
        if not source.is_file():
            continue
        try:
            ingest_bytes(project, user, photo.name, source.read_bytes())
            added += 1
        except Conflict:
            continue  # it is there from an earlier start
        except (ApiError, OSError) as error:
            problems.append(f"The demo photo {photo.name} could not be added: {error}")
    return added, problems

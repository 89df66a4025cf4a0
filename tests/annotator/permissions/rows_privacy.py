"""Rows of privacy."""

from __future__ import annotations

from annotator.privacy.models import Covered, Rule
from tests.annotator.permissions.row import Row
from tests.annotator.world import World, make_image

API = "/api/v1"
PROJECT = API + "/projects/{project}/privacy"


def _on(world: World) -> dict[str, str]:
    Rule.objects.create(project=world.project, active=True)
    return {}


def _another(world: World) -> dict[str, str]:
    """A picture of one's own each time: covering deletes the file, which no rollback brings back."""
    return {"image": str(make_image(world.project, "another.png").pk)}


def _region(world: World) -> dict[str, str]:
    """One that can be taken back: the picture as it is stands for the original."""
    from annotator.privacy.models import Look

    image = make_image(world.project, "another.png")
    Look.objects.create(image=image, original_sha256=image.sha256, original_type="image/png")
    row = Covered.objects.create(image=image, x=1, y=1, width=9, height=9, style="blur", outline="box")
    return {"region": str(row.pk), "image": str(image.pk)}


ROWS = [
    Row("get", f"{PROJECT}/", "viewer"),
    Row("patch", f"{PROJECT}/", "manager", 200, {"threshold": 0.5}),
    Row("get", f"{PROJECT}/images/", "manager"),
    Row("post", f"{PROJECT}/search/", "manager", 202, {}, prepare=_on),
    Row("delete", f"{PROJECT}/originals/", "owner", 204),
    Row(
        "post",
        API + "/images/{image}/covered/",
        "manager",
        201,
        {"x": 1, "y": 1, "width": 9, "height": 9},
        prepare=_another,
    ),
    Row("post", API + "/covered/{region}/take-back/", "manager", 204, prepare=_region),
    Row("get", "/projects/{project}/privacy/", "manager", nobody=302),
    Row("get", "/projects/{project}/privacy/{image}/", "manager", nobody=302),
]

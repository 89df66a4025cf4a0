"""Rows of audits."""

from __future__ import annotations

from functools import partial

from annotator.annotations import services
from annotator.audits.models import Audit
from annotator.audits.services import draw
from annotator.projects.services import set_state
from tests.annotator.agreement.conftest import square
from tests.annotator.permissions.row import Row
from tests.annotator.world import World, make_image


def _drawable(world: World) -> dict[str, str]:
    """Alice finished an image of which Dana knows nothing, so she may correct it."""
    if not world.project.images.filter(name="audited.png").exists():
        image = make_image(world.project, "audited.png")
        services.create(image, world.alice, None, {"rle": square(image, (4, 4, 20, 20))})
        set_state(image, "done", world.alice)
    return {"dana": str(world.dana.pk)}


def _drawn(world: World) -> dict[str, str]:
    _drawable(world)
    audit = Audit.objects.first() or draw(world.project, world.alice, [world.dana.pk], 1)
    return {"audit": str(audit.pk)}


Page = partial(Row, "get", nobody=302)
PROJECT = "/api/v1/projects/{project}/audits/"
AUDIT = "/api/v1/audits/{audit}/"

ROWS = [
    Row("get", PROJECT, "reviewer"),
    Row("post", PROJECT, "manager", 201, {"size": 1, "people": ["{dana}"]}, prepare=_drawable),
    Row("get", AUDIT, "reviewer", prepare=_drawn),
    Row("get", f"{AUDIT}csv/", "reviewer", prepare=_drawn),
    Row("post", f"{AUDIT}take/", "manager", prepare=_drawn),
    Row("post", f"{AUDIT}close/", "manager", prepare=_drawn),
    Row("delete", AUDIT, "manager", 204, prepare=_drawn),
    Page("/projects/{project}/audits/", "reviewer", prepare=_drawn),
]

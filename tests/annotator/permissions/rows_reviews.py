"""Rows of reviews and comments."""

from __future__ import annotations

from annotator.annotations.services import create
from annotator.projects.choices import ImageState, ReviewState
from annotator.projects.services import set_state
from annotator.reviews import discussion, services
from tests.annotator.permissions.row import Row
from tests.annotator.permissions.rows_annotations import mask_of
from tests.annotator.world import World

API = "/api/v1"
REVIEWS = API + "/projects/{project}/reviews"
REVIEW = API + "/images/{image}/review"
THREADS = API + "/images/{image}/threads/"


def _waits(world: World) -> dict[str, str]:
    services.set_rule(world.project, {"mode": "all"})
    create(world.image, world.bob, None, {"rle": mask_of(world)})
    set_state(world.image, ImageState.DONE, world.bob)
    return {}


def _accepted(world: World) -> dict[str, str]:
    _waits(world)
    world.image.refresh_from_db()
    if world.image.review == ReviewState.WAITING:
        services.accept(world.image, world.dana, world.image.annotation_seq)
    return {}


def _thread(world: World) -> dict[str, str]:
    thread = discussion.open_thread(world.image, world.bob, "Look.")
    return {"thread": str(thread.pk), "comment": str(thread.comments.get().pk)}


ROWS = [
    Row("get", f"{REVIEWS}/", "reviewer"),
    Row("get", f"{REVIEWS}/rule/", "viewer"),
    Row("patch", f"{REVIEWS}/rule/", "manager", body={"mode": "all"}),
    Row("post", f"{REVIEWS}/next/", "reviewer", body={}, prepare=_waits),
    Row("get", f"{REVIEWS}/returned/", "annotator"),
    Row("get", f"{REVIEW}/", "viewer"),
    Row("post", f"{REVIEW}/claim/", "reviewer", body={}, prepare=_waits),
    Row("delete", f"{REVIEW}/claim/", "reviewer", 204, prepare=_waits),
    Row("post", f"{REVIEW}/accept/", "reviewer", body={"seq": 1}, prepare=_waits),
    Row("post", f"{REVIEW}/return/", "reviewer", body={"seq": 1, "text": "No."}, prepare=_waits),
    Row("post", f"{REVIEW}/reopen/", "reviewer", body={}, prepare=_accepted),
    Row("get", f"{REVIEW}/difference/", "viewer"),
    Row("get", THREADS, "viewer"),
    Row("post", THREADS, "annotator", 201, {"text": "Look."}),
    Row("patch", f"{API}/threads/{{thread}}/", "annotator", body={"resolved": True}, prepare=_thread),
    Row("post", f"{API}/threads/{{thread}}/comments/", "annotator", 201, {"text": "Yes."}, prepare=_thread),
    # One's own; of others' only managers.
    Row("delete", f"{API}/comments/{{comment}}/", "manager", 204, prepare=_thread),
]

"""Rows of webhooks."""

from __future__ import annotations

from annotator.webhooks.models import Webhook
from tests.annotator.permissions.row import Row
from tests.annotator.world import World

API = "/api/v1"
HOOKS = API + "/projects/{project}/webhooks/"
HOOK = API + "/webhooks/{hook}/"
BODY = {"url": "https://example.org/hook", "events": ["image.accepted"]}


def _hook(world: World) -> dict[str, str]:
    return {"hook": str(Webhook.objects.create(project=world.project, **BODY).pk)}


ROWS = [
    Row("get", HOOKS, "manager"),
    Row("post", HOOKS, "manager", 201, BODY),
    Row("patch", HOOK, "manager", body={"active": False}, prepare=_hook),
    Row("delete", HOOK, "manager", 204, prepare=_hook),
    Row("post", f"{HOOK}secret/", "manager", body={}, prepare=_hook),
    Row("post", f"{HOOK}test/", "manager", 202, body={}, prepare=_hook),
    Row("get", f"{HOOK}deliveries/", "manager", prepare=_hook),
]

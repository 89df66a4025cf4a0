"""Every route × a key that opens one project: nothing of another project, nothing outside of projects."""

from __future__ import annotations

import pytest

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.accounts.services import issue_token
from annotator.projects.models import Project
from tests.annotator.contract import CheckedClient
from tests.annotator.permissions.row import Row
from tests.annotator.permissions.test_table import ROWS, filled, things
from tests.annotator.world import World, make_project, make_user, undone

# The same routes run on PostgreSQL in test_table.py.
pytestmark = pytest.mark.any_database

# What shows nothing of any project, or of the key's own only: the API's description, oneself, lists that are narrowed.
BESIDE = {
    "/api/v1/schema/", "/api/v1/docs/", "/api/v1/me/", "/api/v1/projects/", "/api/v1/runs/", "/api/v1/models/",
    "/api/v1/models/{model}/", "/files/models/{model}/{sha}/decode.onnx",
}  # fmt: skip
KEYED = [row for row in ROWS if row.nobody == 401]


def send(world: World, row: Row, person: User, key: str) -> int:
    make_user("Zoe")
    names = things(world) | (row.prepare(world) if row.prepare else {})
    body = row.body(world) if callable(row.body) else row.body
    kwargs = {"format": "multipart" if row.form else "json"} if body is not None else {}
    client = CheckedClient(headers={"Authorization": f"Token {key}"})
    response = getattr(client, row.method)(row.url.format(**names), filled(body, names), **kwargs)
    for close in getattr(response, "_resource_closers", []):
        close()
    return int(response.status_code)


def key_of(person: User, project: Project) -> str:
    return issue_token(person, "one project", project=project.pk)[1]


@pytest.mark.parametrize("row", KEYED, ids=lambda row: f"{row.method} {row.url}")
def test_a_key_of_one_project(world: World, row: Row) -> None:
    """An owner of both projects, who is an administrator besides: only the key stands in the way."""
    both = make_user("Both", is_staff=True)
    here, there = key_of_both(world, both)
    beside = row.method == "get" and row.url in BESIDE
    with undone():
        elsewhere = send(world, row, both, there)
    world.refresh()
    assert elsewhere == row.status if beside else elsewhere in (403, 404)
    with undone():
        at_home = send(world, row, both, here)
    inside = beside or row.least not in ("anyone", "admin")
    # What others are told is not there, an administrator may find.
    assert at_home != 403 if inside and row.status == 404 else at_home == (row.status if inside else 403)


def key_of_both(world: World, both: User) -> tuple[str, str]:
    world.project.memberships.create(user=both, role=Role.OWNER)
    return key_of(both, world.project), key_of(both, make_project(both, "Dogs"))


def test_lists_are_narrowed_to_the_keys_project(world: World) -> None:
    here, there = key_of_both(world, make_user("Both"))
    for key, names in ((here, ["Cats"]), (there, ["Dogs"])):
        client = CheckedClient(headers={"Authorization": f"Token {key}"})
        assert [row["name"] for row in client.get("/api/v1/projects/").json()["results"]] == names


def test_a_key_for_a_project_of_others_is_not_made(world: World) -> None:
    refused = world.as_charlie.post("/api/v1/tokens/", {"name": "x", "project": str(world.project.pk)})
    assert refused.status_code == 404


def test_the_key_goes_with_its_project_and_with_the_membership(world: World) -> None:
    made = world.as_bob.post("/api/v1/tokens/", {"name": "x", "project": str(world.project.pk)}).json()
    assert made["project"] == {"id": str(world.project.pk), "name": "Cats"}
    client = CheckedClient(headers={"Authorization": f"Token {made['key']}"})
    address = f"/api/v1/projects/{world.project.pk}/"
    assert client.get(address).status_code == 200
    refused = client.post("/api/v1/projects/", {"name": "mine"}, "json")
    assert "only" in refused.json()["message"]
    world.project.memberships.filter(user=world.bob).delete()
    assert client.get(address).status_code == 404
    world.project.delete()
    assert client.get(address).status_code == 401

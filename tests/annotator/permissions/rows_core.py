"""Rows of accounts, projects, runs and inference."""

from __future__ import annotations

from annotator.accounts.services import issue_token
from annotator.projects import bins, teams
from annotator.projects.invitations import invite
from annotator.projects.models import Membership
from annotator.runs.models import Run
from tests.annotator.permissions.row import Row
from tests.annotator.world import World, make_embedding, make_model_version, make_user, picture, upload


def _member(world: World) -> dict[str, str]:
    return {"member": str(Membership.objects.get(project=world.project, user=world.bob).pk)}


def _team(world: World) -> dict[str, str]:
    """A team of people whom nobody here knows, with a role in the project."""
    lead = make_user("Tess")
    team = teams.make_team("Night shift", lead)
    role = teams.give_role(world.project, team, "annotator", world.alice)
    return {"team": str(team.pk), "person": str(lead.pk), "team_role": str(role.pk)}


def _invitation(world: World) -> dict[str, str]:
    return {"invitation": str(invite(world.project, world.alice, role="viewer")[0].pk)}


def _failed_run(world: World) -> dict[str, str]:
    return {"run": str(Run.objects.create(kind="embed", project=world.project, state="failed").pk)}


def _embedding(world: World) -> dict[str, str]:
    row = make_embedding(world.image, world.model)
    return {"embedding": str(row.pk), "sha": row.sha256}


def _image_sha(world: World) -> dict[str, str]:
    return {"sha": world.image.sha256}


def _binned_image(world: World) -> dict[str, str]:
    bins.put(world.image)
    return {}


def _model_file(world: World) -> dict[str, str]:
    return {"sha": world.model.files["decode.onnx"]["sha256"]}


def _unused_model(world: World) -> dict[str, str]:
    return {"unused": str(make_model_version("unused").pk)}


def _foreign_token(world: World) -> dict[str, str]:
    return {"token": str(issue_token(world.alice, "Alice's")[0].pk)}


def _file(world: World) -> dict[str, object]:
    return {"file": upload(picture())}


def _model_upload(world: World) -> dict[str, object]:
    return {"file": upload(b"weights", "mine.pth")}


API = "/api/v1"
PROJECT = API + "/projects/{project}"
IMAGE = API + "/images/{image}"

ROWS = [
    Row("get", f"{API}/schema/", "anyone"),
    Row("get", f"{API}/docs/", "anyone"),
    Row("get", f"{API}/me/", "anyone"),
    Row("patch", f"{API}/me/", "anyone", body={"preferences": {}}),
    Row("get", f"{API}/me/sessions/", "anyone"),
    Row("delete", f"{API}/me/sessions/", "anyone", 204),
    Row("delete", f"{API}/me/sessions/{{token}}/", "anyone", 404, prepare=_foreign_token),
    Row("get", f"{API}/me/trail/", "anyone"),
    Row("get", f"{API}/people/trail/", "admin"),
    Row("get", f"{API}/people/", "admin"),
    Row("patch", f"{API}/people/{{person}}/", "admin", body={"is_active": False}, prepare=_team),
    Row("get", f"{API}/tokens/", "anyone"),
    Row("post", f"{API}/tokens/", "anyone", 201, {"name": "x"}),
    Row("delete", f"{API}/tokens/{{token}}/", "anyone", 404, prepare=_foreign_token),
    Row("get", f"{API}/projects/", "anyone"),
    Row("post", f"{API}/projects/", "anyone", 201, {"name": "x"}),
    Row("get", f"{PROJECT}/", "viewer"),
    Row("patch", f"{PROJECT}/", "manager", body={"name": "x"}),
    Row("delete", f"{PROJECT}/", "owner", 204),
    Row("get", f"{PROJECT}/guidelines/", "viewer"),
    Row("get", f"{PROJECT}/labels/", "viewer"),
    Row("post", f"{PROJECT}/labels/", "manager", 201, {"name": "x"}),
    Row("patch", f"{API}/labels/{{label}}/", "manager", body={"name": "x"}),
    Row("delete", f"{API}/labels/{{label}}/", "manager", 204),
    Row("get", f"{PROJECT}/members/", "viewer"),
    Row("post", f"{PROJECT}/members/", "manager", 201, {"user": "zoe", "role": "viewer"}),
    Row("patch", f"{API}/members/{{member}}/", "manager", body={"role": "viewer"}, prepare=_member),
    Row("delete", f"{API}/members/{{member}}/", "manager", 204, prepare=_member),
    Row("get", f"{API}/teams/", "anyone"),
    Row("post", f"{API}/teams/", "anyone", 201, {"name": "x"}),
    Row("get", f"{API}/teams/{{team}}/", "anyone", 404, prepare=_team),
    Row("patch", f"{API}/teams/{{team}}/", "anyone", 404, {"name": "x"}, prepare=_team),
    Row("delete", f"{API}/teams/{{team}}/", "anyone", 404, prepare=_team),
    Row("post", f"{API}/teams/{{team}}/people/", "anyone", 404, {"user": "zoe"}, prepare=_team),
    Row("delete", f"{API}/teams/{{team}}/people/{{person}}/", "anyone", 404, prepare=_team),
    Row("get", f"{PROJECT}/teams/", "viewer"),
    Row("post", f"{PROJECT}/teams/", "manager", 404, {"team": "{team}", "role": "viewer"}, prepare=_team),
    Row("patch", f"{API}/team-roles/{{team_role}}/", "manager", body={"role": "viewer"}, prepare=_team),
    Row("delete", f"{API}/team-roles/{{team_role}}/", "manager", 204, prepare=_team),
    Row("get", f"{PROJECT}/invitations/", "manager"),
    Row("post", f"{PROJECT}/invitations/", "manager", 201, {"role": "viewer"}),
    Row("delete", f"{API}/invitations/{{invitation}}/", "manager", 204, prepare=_invitation),
    Row("get", f"{PROJECT}/images/", "viewer"),
    Row("post", f"{PROJECT}/images/", "manager", 201, _file, form=True),
    Row("get", f"{PROJECT}/images/index/", "viewer"),
    Row("get", f"{IMAGE}/", "viewer"),
    Row("patch", f"{IMAGE}/", "annotator", body={"state": "done"}),
    Row("delete", f"{IMAGE}/", "manager", 204),
    Row("get", f"{IMAGE}/unfinished/", "viewer"),
    Row("post", f"{IMAGE}/restore/", "manager", prepare=_binned_image),
    Row("get", f"{PROJECT}/bin/", "manager"),
    Row("delete", f"{PROJECT}/bin/", "owner", 204),
    Row("post", f"{IMAGE}/embed/", "viewer", 202, {}),
    Row("get", f"{API}/runs/", "anyone"),
    Row("get", f"{API}/runs/{{run}}/", "viewer", prepare=_failed_run),
    Row("post", f"{API}/runs/{{run}}/cancel/", "manager", prepare=_failed_run),
    Row("post", f"{API}/runs/{{run}}/retry/", "manager", prepare=_failed_run),
    Row("get", f"{PROJECT}/runs/events/", "viewer"),
    Row("get", f"{API}/models/", "anyone"),
    Row("get", f"{API}/models/{{model}}/", "anyone"),
    Row("delete", f"{API}/models/{{unused}}/", "admin", prepare=_unused_model),
    Row("get", f"{API}/models/library/", "anyone"),
    Row("get", f"{API}/server/", "admin"),
    Row("post", f"{API}/models/pull/", "admin", body={"name": "mobile_sam"}),
    Row("post", f"{API}/models/upload/", "admin", body=_model_upload, form=True),
    Row("put", f"{PROJECT}/model/", "manager", body={"model_version": "{model}"}),
    Row("get", "/files/images/{image}/{sha}/full", "viewer", prepare=_image_sha),
    Row("get", "/files/embeddings/{embedding}/{sha}", "viewer", prepare=_embedding),
    Row("get", "/files/models/{model}/{sha}/decode.onnx", "anyone", prepare=_model_file),
]

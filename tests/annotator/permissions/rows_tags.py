"""Rows of tags, saved filters and what is done to many images."""

from __future__ import annotations

from annotator.projects import bins
from annotator.projects.models import SavedFilter, Tag
from tests.annotator.permissions.row import Row
from tests.annotator.world import World


def _tag(world: World) -> dict[str, str]:
    return {"tag": str(Tag.objects.create(project=world.project, name="blurred").pk)}


def _filter(world: World) -> dict[str, str]:
    row = SavedFilter.objects.create(project=world.project, name="to do", query={"state": "new"})
    return {"filter": str(row.pk)}


def _binned_again(world: World) -> dict[str, str]:
    bins.put(world.image)
    return {}


API = "/api/v1"
IMAGES = API + "/projects/{project}/images/"
THESE = {"images": ["{image}"]}

ROWS = [
    Row("get", f"{IMAGES}ids/", "viewer"),
    Row("post", f"{IMAGES}mark/", "annotator", body={**THESE, "state": "done"}),
    Row("post", f"{IMAGES}tag/", "annotator", body={**THESE, "add": ["blurred"]}),
    Row("post", f"{IMAGES}delete/", "manager", body=THESE),
    Row("post", f"{IMAGES}restore/", "manager", body=THESE, prepare=_binned_again),
    Row("get", API + "/projects/{project}/tags/", "viewer", prepare=_tag),
    Row("patch", API + "/tags/{tag}/", "manager", 204, {"name": "dark"}, prepare=_tag),
    Row("delete", API + "/tags/{tag}/", "manager", 204, prepare=_tag),
    Row("get", API + "/projects/{project}/filters/", "viewer", prepare=_filter),
    Row("post", API + "/projects/{project}/filters/", "manager", 201, {"name": "new", "query": {"state": "new"}}),
    Row("delete", API + "/filters/{filter}/", "manager", 204, prepare=_filter),
]

"""Fill an installation with an older version's code, and keep it: run where that version is checked out,

    cd OLD && PYTHONPATH=. python TODAY/tests/upgrade/fill.py TODAY/tests/fixtures/upgrade/VERSION

(`git worktree add OLD COMMIT`; first kept: 0.1.0 as it began, d90f5cc). Writes `rows.sql.gz`, the blobs, and
`told.json`: what that version's own API said of it. It only asks what every version since has had.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

PEOPLE = {"ann": "owner", "ben": "annotator", "cat": "reviewer", "dan": "viewer"}
PASSWORD = "kept through upgrades"
SIZE = (48, 64)
"""Height and width of the images."""


def picture(seed: int) -> bytes:
    """Return a PNG, no two alike."""
    import numpy as np
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (*SIZE, 3), np.uint8)).save(out, "PNG")
    return out.getvalue()


def mask(left: int, width: int) -> dict[str, Any]:
    """Return the COCO run lengths of some whole columns."""
    height = SIZE[0]
    return {"size": list(SIZE), "counts": [left * height, width * height, (SIZE[1] - left - width) * height]}


def fill() -> dict[str, Any]:
    """Make everything there was; returns what the API tells of it."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from rest_framework.test import APIClient

    from annotator.accounts.models import User
    from annotator.accounts.services import issue_token
    from annotator.inference.models import Embedding, ModelVersion
    from annotator.lib import storage
    from annotator.projects.models import Image
    from annotator.suggestions.models import Suggestion, Sweep  # type: ignore[attr-defined]  # its name then
    from export import rle

    people = {name: User.objects.create_user(name, f"{name}@example.org", PASSWORD) for name in PEOPLE}
    clients = {name: APIClient() for name in PEOPLE}
    for name, client in clients.items():
        client.force_authenticate(people[name])
    owner = clients["ann"]
    packed = b"the files of a model"
    sha256 = storage.put_bytes(packed)
    model = ModelVersion.objects.create(
        name="Old", version="1", family="compact", sha256=sha256, encoder_sha256=sha256,
        files={"decode.onnx": {"sha256": sha256, "bytes": len(packed)}},
        manifest={"format": 1, "name": "Old", "version": "1", "embedding": [{"name": "embedding", "encoding": "int8"}]},
    )  # fmt: skip

    def post(who: str, path: str, body: Any, form: str = "json") -> Any:
        answer = clients[who].post(f"/api/v1/{path}", body, format=form)
        assert answer.status_code < 300, (path, answer.content)
        return answer.json()

    project = post(
        "ann", "projects/", {"name": "Kept", "labels": [{"name": "cat"}, {"name": "dog", "color": "#112233"}]}
    )
    one, proposed = f"projects/{project['id']}/", rle.validate(mask(50, 4), *SIZE).to_json()
    for name, role in list(PEOPLE.items())[1:]:
        post("ann", f"{one}members/", {"user": name, "role": role})
    labels = [label["id"] for label in owner.get(f"/api/v1/{one}").json()["labels"]]
    images = []
    for seed in range(3):
        file = SimpleUploadedFile(f"photo{seed}.png", picture(seed))
        images.append(post("ann", f"{one}images/", {"file": file}, "multipart")["id"])
    for at, image in enumerate(images):
        for left in range(0, 24, 8):
            data = {"rle": mask(left, 3 + at), "label": labels[left % 2], "attributes": {"n": left}, "clicks": 2}
            made = post("ben", f"images/{image}/annotations/", data)
            if left == 8:
                changed = {"revision": made["revision"], "label": labels[1]}
                clients["ben"].patch(f"/api/v1/annotations/{made['id']}/", changed, format="json")
            if left == 16:
                clients["ben"].delete(f"/api/v1/annotations/{made['id']}/?revision={made['revision']}")
        row = Image.objects.get(pk=image)
        blob = storage.put_bytes(b"embedding of " + image.encode())
        Embedding.objects.create(image=row, model_version=model, sha256=blob, bytes=49, encoding="int8")
        search = Sweep.objects.create(image=row, model_version=model, found=2, kept=1, seconds=1.5)
        Suggestion.objects.create(  # type: ignore[misc]  # its search was called so
            image=row, sweep=search, model_version=model, rank=0, rle=proposed, bbox=[50, 0, 4, 48], area=192,
            predicted_iou=0.9, stability_score=0.95, point=[52.0, 3.0], crop_box=[0, 0, 64, 48],
        )  # fmt: skip
    clients["ben"].patch(f"/api/v1/images/{images[0]}/", {"state": "done"}, format="json")
    owner.put(f"/api/v1/{one}model/", {"model_version": str(model.pk)}, format="json")
    work_off()
    post("ann", f"{one}exports/", {"format": "coco"})
    work_off()
    return told(owner, project["id"], images) | {"key": issue_token(people["ben"], "script")[1]}


def work_off() -> None:
    """Do what is queued and can be done without a model."""
    from annotator.runs import lease, worker
    from annotator.runs.models import Run

    for run in Run.objects.filter(kind="export", state="queued"):
        claimed = lease.claim(run.pk)
        if claimed is not None:
            worker.work(claimed)


def told(client: Any, project: str, images: list[str]) -> dict[str, Any]:
    """Return what the API says of a project, as far as all versions say it."""

    def get(path: str) -> Any:
        return client.get(f"/api/v1/{path}").json()

    def some(row: dict[str, Any], *names: str) -> dict[str, Any]:
        return {name: row[name] for name in names}

    def rows(path: str, *names: str) -> list[dict[str, Any]]:
        return [some(row, *names) for row in get(path)["results"]]

    whole = get(f"projects/{project}/")
    of_object = ("id", "rle", "label", "area", "bbox", "attributes", "clicks", "revision", "z_order", "stage")
    of_suggestion = ("id", "area", "bbox", "predicted_iou")
    return {
        "project": some(whole, "id", "name"),
        "labels": [some(row, "id", "name", "color", "order") for row in whole["labels"]],
        "members": sorted([row["username"], row["role"]] for row in get(f"projects/{project}/members/")["results"]),
        "images": {image: some(get(f"images/{image}/"), "name", "width", "height", "state") for image in images},
        "objects": {image: rows(f"images/{image}/annotations/", *of_object) for image in images},
        "suggestions": {image: rows(f"images/{image}/suggestions/", *of_suggestion) for image in images},
        "exports": rows(f"projects/{project}/exports/", "id", "name", "format"),
    }


def main(target: Path) -> None:
    """Fill an installation in a folder that is thrown away, and keep what is in it."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "annotator.settings", "MASKWRIGHT_VAR": folder}
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.ALLOWED_HOSTS = ["*"]
        call_command("migrate", verbosity=0)
        said = fill()
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(Path(folder) / "blobs", target / "blobs")
        rows = sqlite3.connect(Path(folder) / "maskwright.sqlite3")
        (target / "rows.sql.gz").write_bytes(gzip.compress("\n".join(rows.iterdump()).encode(), mtime=0))
        (target / "told.json").write_text(json.dumps(said, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

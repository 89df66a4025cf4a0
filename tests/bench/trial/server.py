"""The server of a trial, in this process: its API, and a worker that does what is queued."""

from __future__ import annotations

import time
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management import call_command
from rest_framework.test import APIClient

from annotator.accounts.models import User
from annotator.inference.services import ensure_builtin_model
from annotator.projects.models import Image, Project
from annotator.runs import lease, worker
from annotator.runs.choices import State
from annotator.runs.models import Run
from annotator.suggestions.models import Search, Suggestion
from annotator.web.demo import PHOTOS, photo_folder
from export import rle
from tests.bench.trial.photos import Photo, photos


class Server:
    """One person's project, used through the API."""

    def __init__(self, project: str, person: User) -> None:
        self.project = project
        self._client = APIClient()
        self._client.force_authenticate(person)

    @classmethod
    def open(cls, name: str) -> Server:
        """Make the database and the project, or find those of an earlier start."""
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["*"]
        call_command("migrate", verbosity=0)
        ensure_builtin_model()
        person, _ = User.objects.get_or_create(username="trial")
        client = APIClient()
        client.force_authenticate(person)
        found = Project.objects.filter(name=name).first()
        made = str(found.pk) if found else client.post("/api/v1/projects/", {"name": name}, format="json").json()["id"]
        return cls(made, person)

    def api(self, method: str, path: str, body: object = None) -> Any:
        """Ask; raises RuntimeError for a refusal."""
        answer = getattr(self._client, method)(f"/api/v1/{path}", body, format="json")
        if answer.status_code >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.content[:300]!r}")
        return answer.json()

    def upload(self, data: Path, count: int) -> dict[str, Photo | None]:
        """Upload the demo's photos and `count` with people's masks. Returns each image's id and its photo, if it has
        masks; what was uploaded before is not uploaded again."""
        known = {image.name: str(image.pk) for image in Image.objects.filter(project_id=self.project)}
        folder = photo_folder()
        wanted: list[tuple[str, Path, Photo | None]] = [(one.name, one.path, one) for one in photos(data, count)]
        if folder is not None:
            wanted += [(demo.name, folder / demo.file, None) for demo in PHOTOS if (folder / demo.file).is_file()]
        return {known.get(name) or self.send(name, path): photo for name, path, photo in wanted}

    def send(self, name: str, path: Path) -> str:
        """Upload a photo; returns its id."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        body = {"file": SimpleUploadedFile(name, path.read_bytes())}
        answer = self._client.post(f"/api/v1/projects/{self.project}/images/", body, format="multipart")
        if answer.status_code >= 400:
            raise RuntimeError(f"{name}: {answer.content[:300]!r}")
        return str(answer.json()["id"])

    def work_until(self, end: float, images: dict[str, Any], preset: str, chunk: int) -> bool:
        """Embed and search until all is done (True) or the time is over (False); `end` by `time.monotonic`."""
        Run.objects.filter(state=State.RUNNING).update(state=State.QUEUED, claim=None)  # of a start that was killed
        for waiting in Run.objects.filter(kind="automask", state=State.QUEUED):
            self.api("post", f"runs/{waiting.pk}/cancel/")
        done = set(self.searched_images())
        # In an order that mixes the sets, so that a trial that is not finished is still a sample of all.
        left = sorted(set(images) - done, key=lambda image: sha256(image.encode()).digest())
        for start in range(0, len(left), chunk):
            body = {"images": left[start : start + chunk], "params": {"preset": preset}}
            self.api("post", f"projects/{self.project}/automask/", body)
        return self.work_off(end)

    def work_off(self, end: float = float("inf")) -> bool:
        """Do what is queued; False when the time was over before."""
        while time.monotonic() < end:
            waiting = Run.objects.filter(state=State.QUEUED).order_by("-priority", "created").first()
            if waiting is None:
                return True
            run = lease.claim(waiting.pk)
            if run is not None:
                worker.work(run)
                run.refresh_from_db()
                print(f"{run.kind} {run.state} {run.message or run.error}", flush=True)
        return False

    def suggest(self, image: str, masks: list[tuple[str, rle.Rle]]) -> dict[str, str]:
        """Suggest masks as if a search had found them; returns each one's name by its suggestion's id."""
        version = Project.objects.get(pk=self.project).model_version
        assert version is not None
        search = Search.objects.create(image_id=image, model_version=version, found=len(masks), kept=len(masks))
        names = {}
        for rank, (name, mask) in enumerate(masks):
            made = Suggestion.objects.create(
                image_id=image, search=search, model_version=version, rank=rank, rle=mask.to_json(),
                area=rle.area(mask), bbox=list(rle.bbox(mask)), predicted_iou=1.0, stability_score=1.0,
                point=[0.0, 0.0],
                crop_box=[0, 0, mask.size[1], mask.size[0]],
            )  # fmt: skip
            names[str(made.pk)] = name
        return names

    def searched_images(self) -> list[str]:
        """Return the ids of the images that were searched to the end."""
        return [str(pk) for pk in Search.objects.filter(complete=True).values_list("image", flat=True)]

    def searched(self) -> Counter[str]:
        """Count images, suggestions and seconds of all searches."""
        rows = Search.objects.filter(complete=True, problem="").values_list("kept", "seconds")
        kept, seconds = sum(count for count, _ in rows), round(sum(second for _, second in rows))
        return Counter({"images": len(rows), "suggestions": kept, "seconds": seconds})

"""The JSON handed to the editor: `EditorConfig` of static/app/types.d.ts, key by key."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse

from annotator.accounts import access
from annotator.accounts.models import User
from annotator.inference.api.present import model_json
from annotator.jobs.models import Job
from annotator.projects.models import Image, Project
from annotator.web.project_context import editor_pattern, job_pattern, labels_json


def editor_config(user: User, image: Image, job: Job | None = None) -> dict[str, Any]:
    """Return the configuration of the editor for one image, or one of a job, as JSON-ready data."""
    project = image.project
    return {
        "api": "/api/v1/",
        "urls": _urls(project, job),
        "user": {"id": str(user.pk), "name": user.name},
        "login": user.get_username(),
        "password": user.has_usable_password(),
        "role": str(access.role_in(user, project)),
        "project": {
            "id": str(project.pk),
            "name": project.name,
            "guidelines": project.guidelines,
            "labels": labels_json(project),
        },
        "job": {"id": str(job.pk), "title": job.title} if job else None,
        "model": model_json(project.model_version) if project.model_version else None,
        "image": str(image.pk),
        "preferences": user.preferences,
    }


def _urls(project: Project, job: Job | None) -> dict[str, str]:
    return {
        "worker": static("app/sam/decoder.worker.js"),
        "ort": static("vendor/ort/ort.wasm.min.mjs"),
        "ortWasm": static("vendor/ort/"),
        "icons": static("vendor/icons/sprite.svg"),
        "project": reverse("web:project", args=[project.pk]),
        "work": reverse("web:work"),
        "signin": reverse("web:signin"),
        "editor": job_pattern(job) if job else editor_pattern(project),
    }

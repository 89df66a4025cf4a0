"""The JSON handed to the editor: `EditorConfig` of static/app/types.d.ts, key by key."""
from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse

from annotator.accounts import access
from annotator.accounts.models import User
from annotator.inference.addresses import file_urls
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image, Project
from annotator.web.project_context import editor_pattern, labels_json


def editor_config(user: User, image: Image) -> dict[str, Any]:
    """Return the configuration of the editor for one image, as JSON-ready data."""
    project = image.project
    return {
        "api": "/api/v1/",
        "urls": _urls(project),
        "user": {"id": str(user.pk), "name": user.name},
        "login": user.get_username(),
        "role": str(access.role_in(user, project)),
        "project": {
            "id": str(project.pk),
            "name": project.name,
            "guidelines": project.guidelines,
            "labels": labels_json(project),
        },
        "model": model_info(project.model_version) if project.model_version else None,
        "image": str(image.pk),
        "preferences": user.preferences,
    }


def _urls(project: Project) -> dict[str, str]:
    return {
        "worker": static("app/sam/decoder.worker.js"),
        "ort": static("vendor/ort/ort.wasm.min.mjs"),
        "ortWasm": static("vendor/ort/"),
        "icons": static("vendor/icons/sprite.svg"),
        "project": reverse("web:project", args=[project.pk]),
        "signin": reverse("web:signin"),
        "editor": editor_pattern(project),
    }


def model_info(version: ModelVersion) -> dict[str, Any]:
    """Return `ModelInfo`: the manifest and an immutable address per file."""
    fields = ("name", "version", "encoder_sha256", "licence", "notice", "manifest")
    return {
        "id": str(version.pk),
        **{field: getattr(version, field) for field in fields},
        "files": file_urls(version),
    }

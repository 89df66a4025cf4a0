"""The editor's shell; the scripts build the rest from its configuration."""

from __future__ import annotations

import uuid

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.jobs.queries import job_with
from annotator.lib.errors import NotFound
from annotator.projects.queries import get_image_for
from annotator.web.editor_config import editor_config
from annotator.web.modules import modules
from annotator.web.page import PageRequest, page, show


@page
def editor(request: PageRequest, project_id: uuid.UUID, image_id: uuid.UUID) -> HttpResponse:
    """Open an image; with ?job= the walk goes through that job's images, if this is one of them."""
    image = get_image_for(request.user, image_id, Right.VIEW)
    if image.project_id != project_id:
        raise NotFound("image")
    job = job_with(request.user, image, request.GET.get("job", ""))
    context = {
        "project": image.project, "image": image, "config": editor_config(request.user, image, job),
        "modules": modules("app/main.js"),
    }  # fmt: skip
    return show(request, "editor.html", context)

"""The life of an image, and one person's work undone."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from annotator.accounts.access import Right
from annotator.history.queries import workers_in
from annotator.lib.errors import NotFound
from annotator.projects.api.present import image_urls
from annotator.projects.queries import get_image_for, get_project_for
from annotator.web.overlay import past_png
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import editor_pattern, project_context
from annotator.web.views.overlay import as_png


@page
def history(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show what was put back, and the form that undoes one person's work."""
    found = get_project_for(request.user, project_id, Right.MANAGE)
    context = project_context(request, found)
    pattern = reverse("web:image-history", args=[found.pk, uuid.UUID(int=0)])
    context["config"]["urls"]["history"] = pattern.replace(str(uuid.UUID(int=0)), "{image}")
    return show(request, "web/history.html", context | {"people": workers_in(found)})


@page
def image_history(request: PageRequest, project_id: uuid.UUID, image_id: uuid.UUID) -> HttpResponse:
    """Show who worked on an image when, and what putting it back would change."""
    image = get_image_for(request.user, image_id, Right.VIEW)
    if image.project_id != project_id:
        raise NotFound("image")
    context = project_context(request, image.project)
    context["config"] |= {"image": str(image.pk), "seq": image.annotation_seq}
    thumb = image_urls(image.pk, image.sha256)["thumb"]
    edit = editor_pattern(image.project).replace("{image}", str(image.pk))
    return show(request, "web/image_history.html", context | {"image": image, "thumb": thumb, "edit": edit})


@require_GET
@login_required
def past(request: PageRequest, image_id: uuid.UUID, seq: int) -> HttpResponse:
    """Answer with a PNG of the masks that stood on an image at a count of changes, at the size of the thumbnail."""
    try:
        image = get_image_for(request.user, image_id, Right.VIEW)
    except NotFound:
        return HttpResponse(status=404)
    return as_png(past_png(image, seq))

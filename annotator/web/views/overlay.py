"""The masks over a thumbnail."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from annotator.accounts.access import Right
from annotator.agreement.queries import at_work
from annotator.datasets.queries import get_difference_for
from annotator.lib.errors import Forbidden, NotFound
from annotator.projects.queries import get_image_for
from annotator.web.overlay import agreement_png, difference_png, overlay_png
from annotator.web.page import PageRequest

# The address changes with every change of a mask; a label's new colour shows after this many seconds.
FRESH_SECONDS = 300


@require_GET
@login_required
def overlay(request: PageRequest, image_id: uuid.UUID, seq: int) -> HttpResponse:
    """Answer with a PNG of the thumbnail's size. `seq` is the image's annotation_seq, for the cache only."""
    try:
        image = get_image_for(request.user, image_id, Right.VIEW)
    except NotFound:
        return HttpResponse(status=404)
    return as_png(overlay_png(image))


@require_GET
@login_required
def difference(request: PageRequest, difference_id: uuid.UUID) -> HttpResponse:
    """Answer with a PNG of what two snapshots of an image differ in, at the size of the thumbnail."""
    try:
        found = get_difference_for(request.user, difference_id)
    except NotFound:
        return HttpResponse(status=404)
    return as_png(difference_png(found))


@require_GET
@login_required
def agreement(request: PageRequest, image_id: uuid.UUID) -> HttpResponse:
    """Answer with a PNG of what several people made of an image: what all say alike, and what they do not."""
    try:
        image = get_image_for(request.user, image_id, Right.REVIEW)
    except Forbidden:
        return HttpResponse(status=403)
    except NotFound:
        return HttpResponse(status=404)
    if at_work(request.user, image):
        return HttpResponse(status=404)
    return as_png(agreement_png(image))


def as_png(png: bytes) -> HttpResponse:
    """Answer with a picture that the browser keeps for a while."""
    answer = HttpResponse(png, content_type="image/png")
    answer["Cache-Control"] = f"private, max-age={FRESH_SECONDS}"
    return answer

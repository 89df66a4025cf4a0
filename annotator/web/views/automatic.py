"""The page for automatic masks: how strict, the search of everything, a sample to judge, and the way out."""

from __future__ import annotations

import uuid

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.inference.queries import asked_in_words
from annotator.projects.api.present import image_urls
from annotator.projects.models import Image, Project
from annotator.projects.models.image import IN_ORDER
from annotator.projects.queries import get_project_for, images_for
from annotator.suggestions.search.queries import progress_of
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context

CHOICES = 200
"""Photos one may try thresholds on; a longer list helps nobody."""


@page
def automatic(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the steps of a fully automatic project."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    context = project_context(request, found)
    searched, waiting = progress_of(found)
    context["config"]["ready"] = found.model_version_id is not None and context["counts"].all > 0
    rest = context["counts"].all - searched if searched else 0
    choices = list(images_for(request.user, found).order_by(*IN_ORDER)[:CHOICES])
    examples = (
        choices if (asked := _asked(request, found)) is None else [asked, *(one for one in choices if one != asked)]
    )
    for image in examples:
        image.__dict__["photo"] = image_urls(image.pk, image.sha256)["full"]
    numbers = {"searched": searched, "waiting": waiting, "rest": rest}
    labels = list(found.labels.order_by("order", "name"))
    about = {
        "choices": choices,
        "example_choices": examples,
        "labels": labels,
        "word_models": list(asked_in_words()),
    }
    return show(request, "web/automatic.html", context | about | numbers)


def _asked(request: PageRequest, project: Project) -> Image | None:
    """The image that ?example= names, among those that the person sees."""
    try:
        wanted = uuid.UUID(request.GET.get("example", ""))
    except ValueError:
        return None
    return images_for(request.user, project).filter(pk=wanted).first()

"""What concerns the person who looks."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

from annotator.notices.mail import wants_mail
from annotator.notices.present import notices_json
from annotator.notices.queries import visible
from annotator.web.page import PageRequest, page, show

SHOWN = 100


@page
def notices(request: PageRequest) -> HttpResponse:
    """Show the newest notices; those that were not read stand out."""
    context = {
        "notices": notices_json(list(visible(request.user).order_by("-created", "id")[:SHOWN])),
        "by_mail": bool(settings.EMAIL_HOST),
        "wants_mail": wants_mail(request.user),
    }
    return show(request, "web/notices.html", context)

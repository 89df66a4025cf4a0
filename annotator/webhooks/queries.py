"""Reading webhooks, and who may."""

from __future__ import annotations

import uuid

from annotator.accounts.access import Person, Right, get_for
from annotator.webhooks.models import Webhook


def get_webhook_for(user: Person, pk: uuid.UUID, right: Right) -> Webhook:
    """Return a webhook with its project. Raises NotFound and Forbidden."""
    return get_for(user, Webhook.objects.select_related("project"), pk, right, lambda row: row.project, "webhook")

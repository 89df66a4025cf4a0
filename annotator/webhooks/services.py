"""Verbs about webhooks. Who may is decided before (accounts.access)."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from annotator.accounts.models import User
from annotator.lib.addresses import parsed
from annotator.lib.errors import Conflict
from annotator.lib.happenings import Kind
from annotator.lib.turns import write_in_turn
from annotator.projects.models import Project
from annotator.projects.telling import tell_changes, tell_of
from annotator.webhooks.choices import Event
from annotator.webhooks.models import Delivery, Webhook
from annotator.webhooks.outgoing import write

MOST = 20


def add(project: Project, by: User, values: dict[str, Any]) -> Webhook:
    """Add an address. Raises ApiError for what is none, and Conflict when there are too many."""
    parsed(values["url"])
    with write_in_turn():
        if project.webhooks.count() >= MOST:
            raise Conflict("too_many", f"A project has {MOST} webhooks at most. Delete one first.")
        hook = Webhook.objects.create(project=project, created_by=by, **values)
        tell_of(project, Kind.WEBHOOK_ADDED, by, url=hook.url)
        return hook


def change(hook: Webhook, by: User, values: dict[str, Any]) -> None:
    """Change address, events or whether it is told anything. Raises ApiError for what is no address."""
    if "url" in values:
        parsed(values["url"])
    before, url = {name: getattr(hook, name) for name in values}, hook.url
    for name, value in values.items():
        setattr(hook, name, value)
    with write_in_turn():
        hook.save(update_fields=list(values))
        tell_changes(hook.project, Kind.WEBHOOK_CHANGED, by, before, values, url=url)


def delete(hook: Webhook, by: User) -> None:
    """Delete it with its log."""
    with write_in_turn():
        hook.delete()
        tell_of(hook.project, Kind.WEBHOOK_DELETED, by, url=hook.url)


def new_secret(hook: Webhook, by: User) -> None:
    """Give it another secret; what is sent from now on is signed with that."""
    Webhook.objects.filter(pk=hook.pk).update(secret_turn=F("secret_turn") + 1)
    hook.refresh_from_db(fields=["secret_turn"])
    tell_of(hook.project, Kind.WEBHOOK_CHANGED, by, url=hook.url, changed={"secret": None})


def test(hook: Webhook, by: User) -> Delivery:
    """Send something harmless, once."""
    return write(hook, Event.TEST, by, {"message": "This is a test of your webhook."})

"""From what happened to deliveries, and those to the addresses: with pauses that grow, until they arrive or it is
given up."""

from __future__ import annotations

import json
import time
import uuid
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annotator.accounts.models import User
from annotator.annotations.present import person_json
from annotator.lib.addresses import NotReachable, parsed
from annotator.lib.errors import ApiError
from annotator.lib.happenings import Happening, Kind
from annotator.runs.messages import post as post_task
from annotator.webhooks.choices import Event, State
from annotator.webhooks.models import Delivery, Webhook
from annotator.webhooks.posting import post
from annotator.webhooks.signing import secret_of, signature

DELIVER = "annotator.deliver_webhook"
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))
"""Before each further try; after the last of them it is given up, about 20 hours after it happened."""
AT_WORK = timedelta(minutes=2)
"""Nobody else tries meanwhile; longer than a try may take."""
BATCH = 50
KEPT = 200
"""Deliveries in the log of a webhook."""


def heard(happening: Happening) -> None:
    """Write a delivery for every webhook of the project that asked for this."""
    event = _event(happening)
    if event is None or happening.project is None:
        return
    hooks = [hook for hook in Webhook.objects.filter(project=happening.project, active=True) if event in hook.events]
    if hooks:
        actor = User.objects.filter(pk=happening.actor).first() if happening.actor else None
        for hook in hooks:
            write(hook, event, actor, happening.about)


def write(hook: Webhook, event: Event, actor: User | None, data: dict[str, Any]) -> Delivery:
    """Write a delivery down, and have a worker send it after the commit."""
    delivery = Delivery(webhook=hook, event=event)
    delivery.body = {
        "id": str(delivery.pk),
        "event": event.value,
        "created": delivery.created.isoformat(),
        "project": {"id": str(hook.project_id), "name": hook.project.name},
        "actor": person_json(actor),
        "data": data,
    }
    delivery.save()
    for moment in hook.deliveries.values_list("created", flat=True)[KEPT : KEPT + 1]:
        hook.deliveries.filter(created__lte=moment).exclude(state=State.WAITING).delete()
    transaction.on_commit(partial(_send, delivery.pk))
    return delivery


def send_due() -> None:
    """Have workers send what is due and was not sent at once."""
    due = Delivery.objects.filter(next_try__lt=timezone.now() - timedelta(seconds=5)).order_by("next_try")
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        _send(pk)


def deliver(pk: uuid.UUID) -> None:
    """Send one delivery, if it is due; twice at once it is sent once."""
    now = timezone.now()
    due = Delivery.objects.filter(pk=pk, state=State.WAITING, next_try__lte=now)
    if not due.update(next_try=now + AT_WORK, tries=F("tries") + 1):
        return
    delivery = Delivery.objects.select_related("webhook").get(pk=pk)
    hook = delivery.webhook
    if not hook.active and delivery.event != Event.TEST:
        _end(delivery, State.FAILED, error="The webhook was switched off meanwhile.")
        return
    try:
        status = _posted(hook, delivery)
    except (NotReachable, ApiError) as problem:
        _again(delivery, error=str(problem))
        return
    if 200 <= status < 300:
        _end(delivery, State.DELIVERED, status=status)
    else:
        moved = " Webhooks follow no redirects: give the address it leads to." if 300 <= status < 400 else ""
        _again(delivery, status=status, error=f"The address answered {status}.{moved}")


def _posted(hook: Webhook, delivery: Delivery) -> int:
    body = json.dumps(delivery.body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Maskwright",
        "X-Maskwright-Event": delivery.event,
        "X-Maskwright-Delivery": str(delivery.pk),
        "X-Maskwright-Signature": signature(secret_of(hook), int(time.time()), body),
    }
    return post(parsed(hook.url), body, headers)


def _again(delivery: Delivery, *, error: str, status: int | None = None) -> None:
    # The person waits before the page for what the test says; nobody needs it hours later.
    if delivery.tries > len(PAUSES) or delivery.event == Event.TEST:
        _end(delivery, State.FAILED, error=error, status=status)
        return
    moment = timezone.now() + PAUSES[delivery.tries - 1]
    Delivery.objects.filter(pk=delivery.pk).update(next_try=moment, status=status, error=error[:300])


def _end(delivery: Delivery, state: State, *, error: str = "", status: int | None = None) -> None:
    values = {"state": state, "next_try": None, "ended": timezone.now(), "status": status, "error": error[:300]}
    Delivery.objects.filter(pk=delivery.pk).update(**values)


def _send(pk: uuid.UUID) -> None:
    post_task(DELIVER, f"delivery {pk}", str(pk))


def _event(happening: Happening) -> Event | None:
    if happening.kind == Kind.RUN_SUCCEEDED:
        return Event.EXPORT_READY if happening.about.get("kind") == "export" else None
    return Event(happening.kind) if happening.kind in Event.values else None

"""Rows → JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from annotator.accounts.access import Right, may
from annotator.accounts.models import User
from annotator.annotations.present import person_json
from annotator.projects.api.present import image_urls
from annotator.projects.models import Image, Project
from annotator.reviews.claims import may_decide
from annotator.reviews.difference import Difference
from annotator.reviews.discussion import MENTION, mentioned
from annotator.reviews.models import Event, Review, Thread, Worker
from annotator.reviews.queries import holder, holding, rule_of


def review_json(image: Image, user: User) -> dict[str, Any]:
    """Return how an image's review stands for this person."""
    known = Review.objects.filter(image=image).select_related("submitted_by", "decided_by").first()
    row = known or Review(image=image)
    reviews = may(user, image.project, Right.REVIEW)
    why_not = may_decide(image, user) if reviews else "Reviewers, managers and owners of the project decide on images."
    events = Event.objects.filter(image=image).select_related("actor")
    return {
        "image": str(image.pk),
        "review": image.review,
        "seq": image.annotation_seq,
        "submitted_by": person_json(row.submitted_by),
        "submitted_at": row.submitted_at if known else None,
        "submitted_seq": row.submitted_seq,
        "changed_after": row.changed_after,
        "decided_by": person_json(row.decided_by),
        "decided_at": row.decided_at,
        "risk": row.risk,
        "reasons": row.reasons,
        "held_by": person_json(holder(image)),
        "may_decide": not why_not,
        "why_not": why_not,
        "events": [
            {"kind": one.kind, "actor": person_json(one.actor), "fixed": one.fixed, "created": one.created}
            for one in events
        ],
    }


def queue_json(project: Project, user: User, rows: list[Review]) -> list[dict[str, Any]]:
    """Return what waits for a review. The rows come from `queries.waiting_in`."""
    keys = [row.pk for row in rows]
    held = set(Review.objects.filter(holding(), pk__in=keys).values_list("pk", flat=True))
    workers = Worker.objects.filter(user=user, image__in=keys)
    own = set() if rule_of(project).own_work else set(workers.values_list("image", flat=True))
    return [
        {
            "image": {
                "id": str(row.image.pk),
                "name": row.image.name,
                "folder": row.image.folder,
                "thumb": image_urls(row.image.pk, row.image.sha256)["thumb"],
            },
            "submitted_by": person_json(row.submitted_by),
            "submitted_at": row.submitted_at,
            "changed_after": row.changed_after,
            "again": row.decided_at is not None,
            "risk": row.risk,
            "reasons": row.reasons,
            "held_by": person_json(row.claimed_by) if row.pk in held else None,
            "own": row.pk in own,
        }
        for row in rows
    ]


def difference_json(one: Difference) -> dict[str, Any]:
    """Return an object that is not as it was."""
    names = ("id", "change", "before", "after", "iou", "fields", "people")
    return {name: getattr(one, name) for name in names} | {"id": str(one.id)}


def threads_json(project: Project, threads: Sequence[Thread]) -> list[dict[str, Any]]:
    """Return threads with their comments. `threads` come with `annotation`, `resolved_by` and `comments__author`."""
    people = mentioned(project, (comment.text for thread in threads for comment in thread.comments.all()))
    return [_thread_json(thread, people) for thread in threads]


def _thread_json(thread: Thread, people: dict[str, User]) -> dict[str, Any]:
    about = thread.annotation
    return {
        "id": str(thread.pk),
        "image": str(thread.image_id),
        "annotation": str(about.pk) if about else None,
        "annotation_deleted": about is not None and about.deleted_at is not None,
        "x": thread.x,
        "y": thread.y,
        "created": thread.created,
        "resolved_by": person_json(thread.resolved_by),
        "resolved_at": thread.resolved_at,
        "comments": [
            {
                "id": str(comment.pk),
                "author": person_json(comment.author),
                "text": comment.text,
                "created": comment.created,
                "mentions": _mentions(comment.text, people),
            }
            for comment in thread.comments.all()
        ],
    }


def _mentions(text: str, people: dict[str, User]) -> list[dict[str, Any]]:
    named = dict.fromkeys(name.lower() for name in MENTION.findall(text))
    found = [people[name] for name in named if name in people]
    return [{"id": str(user.pk), "name": user.name, "username": user.username} for user in found]

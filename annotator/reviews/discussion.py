"""What people say about an image: threads pinned to the image, a place or an object; answers; settled or not."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from django.utils import timezone

from annotator.accounts.access import Right, may
from annotator.accounts.models import User
from annotator.annotations.models import Annotation
from annotator.lib.errors import ApiError, Conflict, Forbidden
from annotator.lib.happenings import Kind
from annotator.lib.turns import write_in_turn
from annotator.projects.models import Image, Membership, Project
from annotator.reviews.models import Comment, Thread
from annotator.reviews.telling import tell_of

MOST = 500
"""Threads on an image."""
MENTION = re.compile(r"(?<![\w@.])@([\w.+-]*\w)")


def open_thread(
    image: Image,
    author: User,
    text: str,
    *,
    at: tuple[float, float] | None = None,
    annotation: uuid.UUID | None = None,
) -> Thread:
    """Begin a talk about the image, about a place in it (x, y in image pixels), or about an object. Raises ApiError
    when the place or the object is not on the image."""
    if at is not None and not (0 <= at[0] <= image.width and 0 <= at[1] <= image.height):
        sentence = f"The place lies outside of the image, which is {image.width} × {image.height} pixels."
        raise ApiError("outside", sentence, fields={"x": [sentence]})
    if annotation is not None and not Annotation.objects.filter(pk=annotation, image=image).exists():
        sentence = "This object is not on the image; it may have been deleted for good."
        raise ApiError("unknown_object", sentence, fields={"annotation": [sentence]})
    with write_in_turn():
        if Thread.objects.filter(image=image).count() >= MOST:
            raise Conflict("too_many", f"An image holds {MOST} comments at most. Answer an older one instead.")
        x, y = at or (None, None)
        thread = Thread.objects.create(image=image, annotation_id=annotation, x=x, y=y)
        Comment.objects.create(thread=thread, author=author, text=text)
        _tell_mentioned(image, author, text)
    return thread


def answer(thread: Thread, author: User, text: str) -> None:
    """Say something in a thread; one that was settled is open again."""
    with write_in_turn():
        Comment.objects.create(thread=thread, author=author, text=text)
        settle(thread, author, settled=False)
        _tell_mentioned(thread.image, author, text)


def settle(thread: Thread, actor: User, *, settled: bool) -> None:
    """Mark a thread as settled, or as open again."""
    thread.resolved_by = actor if settled else None
    thread.resolved_at = timezone.now() if settled else None
    thread.save(update_fields=["resolved_by", "resolved_at"])


def take_back(comment: Comment, actor: User) -> None:
    """Delete one's own comment, or as a manager anybody's; a thread without comments goes with the last of them."""
    if comment.author_id != actor.pk and not may(actor, comment.thread.image.project, Right.MANAGE):
        raise Forbidden("Only who wrote a comment, or a manager of the project, may delete it.")
    with write_in_turn():
        thread = comment.thread
        comment.delete()
        if not thread.comments.exists():
            thread.delete()


def mentioned(project: Project, texts: Iterable[str]) -> dict[str, User]:
    """Return the members whom some of the texts mention as `@name`, by that name in small letters."""
    names = {name.lower() for text in texts for name in MENTION.findall(text)}
    if not names:
        return {}
    members = Membership.objects.filter(project=project, user__is_active=True).select_related("user")
    return {row.user.username.lower(): row.user for row in members if row.user.username.lower() in names}


def _tell_mentioned(image: Image, author: User, text: str) -> None:
    people = [user.pk for user in mentioned(image.project, [text]).values()]
    if people:
        tell_of(Kind.MENTIONED, image, author, people, text=text)

"""What apps above this one add to it: who hears of changes, in the transaction that makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from annotator.accounts.models import User
from annotator.annotations.models import Revision
from annotator.projects.models import Image

Follower = Callable[[Image, User, Sequence[Revision]], None]

_FOLLOWERS: list[Follower] = []


def follow_changes(follower: Follower) -> None:
    """Add a function that gets an image whose row is held, who changed its objects, and the changes. What it sets on
    the image's `state` and `review` is written with them. A merge of labels is no change of one image: not told."""
    if follower not in _FOLLOWERS:
        _FOLLOWERS.append(follower)


def tell_followers(image: Image, actor: User, revisions: Sequence[Revision]) -> None:
    """Tell them."""
    for follower in _FOLLOWERS:
        follower(image, actor, revisions)

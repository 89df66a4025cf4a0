"""Ratings and pairs as a person may see them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from annotator.accounts.access import Person, Right, get_for
from annotator.projects.api.present import image_urls
from annotator.projects.queries import get_on_image_for, seen
from annotator.ratings.models import PairScore, RatedPair, Rating


def get_rating_for(user: Person, pk: uuid.UUID, right: Right) -> Rating:
    """Return a comparison. Raises NotFound and Forbidden."""
    rows = Rating.objects.select_related("project", "created_by")
    return get_for(user, rows, pk, right, lambda row: row.project, "rating")


def get_pair_for(user: Person, pk: uuid.UUID, right: Right) -> RatedPair:
    """Return a pair of answers. Raises NotFound and Forbidden."""
    rows = RatedPair.objects.filter(image__deleted_at=None).select_related("image__project", "rating")
    return get_on_image_for(user, rows, pk, right, lambda row: row.image, "pair")


def ratable(user: Person, rating: Rating) -> QuerySet[RatedPair]:
    """Return the pairs that a person may rate: on images they see, and not of their own masks."""
    rows = seen(user, rating.pairs.filter(image__deleted_at=None), "image")
    return rows.exclude(author=user.pk)


def next_pair(user: Person, rating: Rating) -> dict[str, Any]:
    """Return {"pair": the next one without a name or its mask's author (null: none is left), "done", "total"}.

    The order is that of random ids: the same for all, and none of the images'."""
    rows = ratable(user, rating)
    mine = PairScore.objects.filter(pair=OuterRef("pk"), person=user.pk)
    left = rows.exclude(Exists(mine))
    total, open_ = rows.count(), left.count()
    pair = left.select_related("image").order_by("pk").first()
    return {"pair": shown(pair) if pair else None, "done": total - open_, "total": total}


def shown(pair: RatedPair) -> dict[str, Any]:
    """Return a pair as who rates sees it."""
    left, right = (pair.second, pair.first) if pair.swapped else (pair.first, pair.second)
    picture = image_urls(pair.image_id, pair.image.sha256)["full"]
    return {"id": pair.pk, "picture": picture, "x": pair.x, "y": pair.y, "left": left, "right": right}

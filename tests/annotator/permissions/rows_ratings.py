"""Rows of ratings."""

from __future__ import annotations

from functools import partial

from annotator.annotations import services
from annotator.ratings.models import RatedPair, Rating
from tests.annotator.agreement.conftest import square
from tests.annotator.permissions.row import Row
from tests.annotator.world import World, make_model_version


def _models(world: World) -> dict[str, str]:
    """Two models, and a mask to click on."""
    other = make_model_version("other")
    if not world.image.annotations.exists():
        services.create(world.image, world.alice, None, {"rle": square(world.image, (4, 4, 20, 20))})
    return {"first": str(world.model.pk), "second": str(other.pk)}


def _rated(world: World) -> dict[str, str]:
    rating = Rating.objects.first() or Rating.objects.create(
        project=world.project, first_name="one", second_name="two", seed=1
    )
    mask = square(world.image, (4, 4, 20, 20))
    pair = rating.pairs.first() or RatedPair.objects.create(
        rating=rating, image=world.image, x=0.2, y=0.3, first=mask, second=mask, swapped=False
    )
    return {"rating": str(rating.pk), "pair": str(pair.pk)}


Page = partial(Row, "get", nobody=302)
PROJECT = "/api/v1/projects/{project}/ratings/"
RATING = "/api/v1/ratings/{rating}/"

ROWS = [
    Row("get", PROJECT, "reviewer"),
    Row("post", PROJECT, "manager", 202, {"first": "{first}", "second": "{second}", "size": 5}, prepare=_models),
    Row("get", RATING, "reviewer", prepare=_rated),
    Row("get", f"{RATING}csv/", "reviewer", prepare=_rated),
    Row("delete", RATING, "manager", 204, prepare=_rated),
    Row("get", f"{RATING}next/", "annotator", prepare=_rated),
    Row("post", "/api/v1/rated-pairs/{pair}/", "annotator", 200, {"left": 7, "right": 5}, prepare=_rated),
    Page("/projects/{project}/ratings/", "annotator", prepare=_rated),
]

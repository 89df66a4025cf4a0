"""What is kept from whom: copies of images, and gold.

A copy is seen by who was given it, and by those who review or lead. Who still works on one sees no other copy of the
same image, whatever their role. Annotators find their copy in place of its original, and gold images as copies only
(but for those of their own jobs, which they made), so that nothing in a list tells a copy from any other image.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q, QuerySet

from annotator.accounts.access import Person, Right, roles_with
from annotator.accounts.choices import Role
from annotator.accounts.extensions import given_to
from annotator.projects.choices import ImageState
from annotator.projects.models import Image, Membership
from annotator.projects.models.image import IS_COPY


def withheld_from(person: uuid.UUID | None) -> QuerySet[Any]:
    """Return the ids of the images that lists keep from a person in all their projects, as a subquery that cannot be
    narrowed further."""
    mine = Image.with_bin.filter(IS_COPY, pk__in=given_to(person))
    at_work = mine.exclude(state=ImageState.DONE).values("copy_of")
    members = Membership.objects.filter(user=person)
    led = members.filter(role__in=roles_with(Right.REVIEW)).values("project")
    others = Image.with_bin.filter(IS_COPY).exclude(pk__in=given_to(person))
    copies = others.filter(~Q(project__in=led) | Q(copy_of__in=at_work))
    annotated = Image.with_bin.filter(project__in=annotated_by(person))
    gold = annotated.filter(gold=True).exclude(pk__in=given_to(person))
    originals = annotated.filter(pk__in=mine.values("copy_of"))
    # Each part has an index; as one condition with "or" the database would look at every image there is.
    parts: list[QuerySet[Any]] = [part.order_by().values("pk") for part in (copies, gold, originals)]
    return parts[0].union(*parts[1:], all=True)


def annotated_by(person: uuid.UUID | None) -> QuerySet[Any]:
    """Return the ids of the projects in which a person is an annotator, as a subquery."""
    return Membership.objects.filter(user=person, role=Role.ANNOTATOR).order_by().values("project")


def is_kept_from(user: Person, image: Image) -> bool:
    """Tell whether a member may not open this image though they may see the others of the project. The original of
    one's own copy is left out of lists only: before all copies are merged there is nothing of them on it."""
    if image.copy_of_id is None and not image.gold:
        return False
    return Image.with_bin.filter(pk=image.pk).filter(pk__in=withheld_from(user.pk)).exists()


def listed(user: Person, image: str = "") -> Q:
    """Return what says of an image, or of a row with the way `image` to it, that it counts among a project's as this
    person finds them: originals, and an annotator's own copies in place of theirs."""
    way = f"{image}__" if image else ""
    own = Q(**{f"{way}pk__in": given_to(user.pk), f"{way}project__in": annotated_by(user.pk)})
    return Q(**{f"{way}copy_of": None}) | own

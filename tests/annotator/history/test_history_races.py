"""Putting back while others work: real transactions on the database at hand."""

from __future__ import annotations

from functools import partial

import pytest

from annotator.accounts.choices import Role
from annotator.annotations.models import Annotation, Revision
from annotator.annotations.services import create, update
from annotator.history.acting import undo_on
from annotator.history.models import Act
from annotator.history.plans import Wanted
from annotator.history.services import put_back, take_back
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.models import Image
from tests.annotator.annotations.conftest import make_image, make_mask
from tests.annotator.together import at_once
from tests.annotator.world import make_member, make_project, make_user

pytestmark = pytest.mark.django_db(transaction=True)
race = partial(at_once, refused=(ApiError,))


@pytest.fixture
def image() -> Image:
    project = make_project(make_user("Alice"), "Race")
    make_member(project, make_user("Bob"), Role.ANNOTATOR)
    return make_image(project)


def in_order(image: Image) -> bool:
    """Whether the image's changes are counted without a gap, none twice."""
    seqs = sorted(Revision.objects.filter(image=image).values_list("seq", flat=True))
    return seqs == list(range(1, Image.objects.get(pk=image.pk).annotation_seq + 1))


def test_of_two_who_put_back_one_does_and_a_second_undo_is_refused(image: Image) -> None:
    alice, bob = (membership.user for membership in image.project.memberships.order_by("user__username"))
    for _ in range(3):
        create(image, bob, None, {"rle": make_mask()})
    answers = race(*(partial(put_back, image, who, 1, 3) for who in (alice, bob, alice)))
    (act,) = [answer for answer in answers if isinstance(answer, Act)]
    assert all(isinstance(answer, Conflict) for answer in answers if answer is not act)
    assert Annotation.objects.filter(deleted_at=None).count() == 1
    answers = race(*(partial(take_back, act, who) for who in (alice, bob)))
    assert sum(isinstance(answer, Act) for answer in answers) == 1
    assert Annotation.objects.filter(deleted_at=None).count() == 3
    assert in_order(image)


def test_who_draws_at_the_same_moment_loses_nothing(image: Image) -> None:
    alice, bob = (membership.user for membership in image.project.memberships.order_by("user__username"))
    old = create(image, bob, None, {"rle": make_mask()}).row
    act = Act.objects.create(project=image.project, what="person", person=bob, actor=alice)
    wanted = Wanted(bob.pk, old.created, old.created.replace(year=old.created.year + 1))
    carol = make_user("Carol")
    answers = race(
        partial(undo_on, act, image, alice, wanted),
        partial(update, image, carol, old.pk, 1, {"rle": make_mask(20, 20)}),
        partial(create, image, carol, None, {"rle": make_mask(1, 1)}),
    )
    outcome, changed, made = answers
    row = Annotation.objects.get(pk=old.pk)
    # Whoever came first: either Bob's object is gone and Carol was told, or hers is kept.
    if isinstance(changed, ApiError):
        assert (row.deleted_at is not None, outcome.removed, outcome.kept) == (True, 1, 0)
    else:
        assert (row.deleted_at, row.rle, outcome.removed, outcome.kept) == (None, make_mask(20, 20), 0, 1)
    assert Annotation.objects.get(pk=made.row.pk).deleted_at is None
    assert in_order(image)

"""People who clear up the same images at once: real transactions on the database at hand."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from annotator.accounts.models import User
from annotator.journal.models import Entry
from annotator.projects import many
from annotator.projects.models import Image, ImageTag, Project, Tag
from tests.annotator.together import at_once
from tests.annotator.world import make_image, make_project, make_user

IMAGES, PEOPLE = 6, 4

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead() -> User:
    return make_user("Lead")


@pytest.fixture
def project(lead: User) -> Project:
    project = make_project(lead, "Race")
    for number in range(IMAGES):
        make_image(project, f"{number}.png")
    return project


def turned(project: Project, at: int) -> list[Any]:
    """The project's images in another order for each person: whoever locks as asked would wait for each other."""
    pks = list(project.images.values_list("pk", flat=True))
    return pks[at:] + pks[:at] if at % 2 else pks[::-1]


def test_a_new_word_used_by_several_at_once_becomes_one_tag(project: Project) -> None:
    words = ["Dark", "dark", "DARK", "dArk"]
    tag = partial(many.tag, project, project.images.all())
    answers = at_once(*(partial(tag, turned(project, at), [word], []) for at, word in enumerate(words)))
    assert Tag.objects.count() == 1
    assert ImageTag.objects.count() == IMAGES
    assert sum(len(answer["added"]) for answer in answers) == IMAGES


def test_marks_and_deletions_in_any_order_come_to_an_end(project: Project, lead: User) -> None:
    images = project.images.all()
    works = [partial(many.mark, images, turned(project, at), "done", lead) for at in range(PEOPLE)]
    answers = at_once(*works)
    assert set(Image.objects.values_list("state", flat=True)) == {"done"}
    assert {pk for answer in answers for pk in answer} == set(images.values_list("pk", flat=True))
    gone = at_once(*(partial(many.delete, project, images, turned(project, at), lead) for at in range(PEOPLE)))
    assert sum(len(answer) for answer in gone) == IMAGES
    assert sum(entry.about["count"] for entry in Entry.objects.filter(kind="images.deleted")) == IMAGES

"""Three images that two people, Bob and Erin, each annotate for themselves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import numpy as np
import pytest

from annotator.accounts.models import User
from annotator.annotations import services
from annotator.annotations.models import Annotation
from annotator.jobs.models import Job
from annotator.jobs.split import Wanted, split
from annotator.projects.models import Image, Label
from annotator.projects.services import set_state
from export.rle import encode
from tests.annotator.world import World, make_image, make_label, make_member, make_user

Box = tuple[int, int, int, int]


def square(image: Image, box: Box) -> dict[str, object]:
    """Return the mask of a box [x, y, width, height] on an image."""
    x, y, width, height = box
    mask = np.zeros((image.height, image.width), bool)
    mask[y : y + height, x : x + width] = True
    return encode(mask).to_json()


@dataclass
class Two:
    """Bob's and Erin's work on the same images."""

    world: World
    erin: User
    dog: Label
    images: list[Image]
    jobs: list[Job]

    def copy(self, image: Image, person: User) -> Image:
        """Return a person's copy of an image."""
        return Image.workable.get(copy_of=image, in_job__job__assignee=person)

    def draw(self, image: Image, person: User, *boxes: tuple[Box, Label | None]) -> list[Annotation]:
        """The person draws boxes on their copy of an image."""
        copy = self.copy(image, person)
        made = []
        for box, label in boxes:
            data = {"rle": square(copy, box), "label": label.pk if label else None, "seconds": 4.0, "clicks": 2}
            made.append(services.create(copy, person, uuid.uuid4(), data).row)
        return made

    def done(self, image: Image, *people: User) -> None:
        """These people are done with the image."""
        for person in people or (self.world.bob, self.erin):
            set_state(self.copy(image, person), "done", person)


@pytest.fixture
def two(world: World) -> Two:
    erin = make_user("Erin")
    make_member(world.project, erin, "annotator")
    images = [world.image, *(make_image(world.project, f"cat{number}.png") for number in (2, 3))]
    people = [world.bob.pk, erin.pk]
    jobs = split(world.project, world.alice, Wanted(jobs=1, overlap=2, assignees=people)).jobs
    return Two(world, erin, make_label(world.project, "dog"), images, jobs)

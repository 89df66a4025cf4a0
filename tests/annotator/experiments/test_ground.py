"""Boxes and masks at the size at which they are compared."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from annotator.annotations import services as annotating
from annotator.experiments.boxes import placed
from annotator.experiments.ground import measurable, records_of
from annotator.experiments.truth import of_project
from annotator.suggestions.boxes.reading import Box
from sam_backend.evaluation.paper.boxes import boxes_of_people
from tests.annotator.evaluations.conftest import box
from tests.annotator.world import World, make_image


def wide(world: World) -> SimpleNamespace:
    """A picture that is measured at a third of its size: 1024 of 3072 px."""
    image = make_image(world.project, "wide.png", (3072, 384))
    mask = box(300, 30, 600, 90, (384, 3072))
    row = annotating.create(image, world.bob, None, {"rle": mask.to_json(), "label": world.label.pk}).row
    return SimpleNamespace(image=image, row=row)


def test_a_detectors_box_shrinks_with_its_picture(world: World) -> None:
    made = wide(world)
    on = measurable(of_project(world.project, 10), "instances", world.model.pk)
    (photo,) = on.ground.photos.values()
    assert (photo.height, photo.width) == (128, 1024)
    stored = Box(0, (300.0, 30.0, 600.0, 90.0), 0.5, "cat", None, None).to_json()
    ((given,),) = placed({str(made.image.pk): [stored]}, on).boxes.values()
    np.testing.assert_allclose(given.box, [100, 10, 300, 40])
    ((own,),) = boxes_of_people(on.ground).values()
    np.testing.assert_allclose(own.box, given.box)


def test_only_masks_that_can_be_clicked_on_are_clicked_on(world: World) -> None:
    wide(world)
    image = make_image(world.project, "small.png")
    annotating.create(image, world.bob, None, {"rle": box(5, 5, 1, 1).to_json()})  # 0.03 % of the picture
    on = measurable(of_project(world.project, 10), "point", world.model.pk)
    assert len(on.ground.photos) == 2
    assert [(record.width, len(record.counts)) for record in records_of(on.ground)] == [(1024, 1)]


def test_labels_are_counted_by_the_images_they_are_on(world: World) -> None:
    for name in ("a.png", "b.png"):
        image = make_image(world.project, name)
        for x in (0, 20):
            mask = box(x, 0, 9, 9).to_json()
            annotating.create(image, world.bob, None, {"rle": mask, "label": world.label.pk})
    annotating.create(image, world.bob, None, {"rle": box(40, 0, 9, 9).to_json()})
    on = measurable(of_project(world.project, 1), "proposals", world.model.pk)
    counted = {row["name"]: row.get("image_count") for row in on.ground.categories}
    assert counted["cat"] == 2  # of the whole data, though one image was drawn

"""Taking an import back as a whole."""

from __future__ import annotations

from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.projects.models import Image, Label
from annotator.projects.services import set_state
from tests.annotator.imports.conftest import Importing, archive, dataset, pictures
from tests.annotator.world import make_label

NAMES = ("a.png", "b.png")
FILE = archive(dataset(NAMES), pictures(NAMES))


def test_everything_it_made_goes_and_nothing_else(importing: Importing) -> None:
    mine = make_label(importing.world.project, "mine")
    done = importing.bring(FILE)
    undone = importing.do(done["id"], "undo")
    assert undone["state"] == "undone"
    assert undone["undone"]["removed"] == {"label": 1, "image": 2, "annotation": 6, "suggestion": 0}
    assert undone["undone"]["kept"] == []
    assert not undone["can_undo"]
    assert not Annotation.objects.filter(deleted_at=None).exists()
    assert not importing.world.project.images.exists()
    assert set(Label.objects.values_list("name", flat=True)) == {"cat", mine.name}


def test_what_somebody_worked_on_stays_and_is_named_with_the_reason(importing: Importing) -> None:
    done = importing.bring(FILE)
    first, second = importing.world.project.images.all()
    changed = Annotation.objects.filter(image=first, label__name="dog").get()
    annotating.update(first, importing.world.bob, changed.pk, 1, {"attributes": {"seen": True}})
    set_state(second, "done", importing.world.bob)
    undone = importing.do(done["id"], "undo")["undone"]
    assert undone["removed"] == {"label": 0, "image": 0, "annotation": 5, "suggestion": 0}
    assert [(kept["kind"], kept["count"]) for kept in undone["kept"]] == [
        ("annotation", 1), ("image", 1), ("image", 1), ("label", 1)
    ]  # fmt: skip
    assert undone["listed"][0] == {
        "kind": "annotation", "reason": "Somebody changed it since.", "name": "dog", "image": str(first.pk)
    }  # fmt: skip
    assert Annotation.objects.filter(deleted_at=None).get() == changed


def test_what_was_undone_comes_back_when_it_is_imported_again(importing: Importing) -> None:
    done = importing.bring(FILE)
    rows = set(Annotation.objects.values_list("pk", "label__name"))
    importing.do(done["id"], "undo")
    again = importing.do(done["id"], "start")
    assert again["state"] == "imported"
    assert again["result"]["made"] == {"label": 1, "image": 2, "annotation": 6, "suggestion": 0}
    assert set(Annotation.objects.filter(deleted_at=None).values_list("pk", "label__name")) == rows
    importing.do(done["id"], "undo")
    assert not Image.objects.exists()


def test_an_object_that_somebody_deleted_stays_deleted(importing: Importing) -> None:
    importing.bring(FILE)
    image = importing.world.project.images.first()
    assert image is not None
    gone = Annotation.objects.filter(image=image).first()
    assert gone is not None
    annotating.delete(image, importing.world.bob, gone.pk, 1)
    again = importing.bring(FILE)
    assert (again["result"]["deleted"], again["result"]["there"]) == (1, 5)
    assert Annotation.objects.filter(deleted_at=None).count() == 5


def test_editors_hear_of_an_undo_like_of_any_change(importing: Importing) -> None:
    done = importing.bring(archive(dataset(("a.png",)), pictures(("a.png",))))
    image = Image.objects.get()
    annotating.create(image, importing.world.bob, None, {"rle": dataset(objects=4).instances[3].rle.to_json()})
    seq = Image.objects.get().annotation_seq
    importing.do(done["id"], "undo")
    changes = importing.client.get(f"/api/v1/images/{image.pk}/annotations/?since={seq}").json()
    assert [row.get("deleted") for row in changes["results"]] == [True] * 3


def test_nothing_made_is_nothing_to_undo(importing: Importing) -> None:
    found = importing.check(FILE)
    assert importing.verb(found["id"], "undo", 409)["code"] == "nothing_to_undo"

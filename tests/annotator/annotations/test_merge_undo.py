"""A merge of labels taken back: the label as it was, its objects, and nothing that somebody did since."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.accounts.choices import Role
from annotator.annotations import merging
from annotator.annotations.models import Annotation, Merge, Revision
from annotator.projects import bins
from annotator.projects.models import Label
from annotator.projects.services import add_label
from tests.annotator.annotations.conftest import make_image, make_mask, make_person

pytestmark = pytest.mark.django_db
FUR = [{"name": "fur", "kind": "text"}]


@pytest.fixture
def dog(place: SimpleNamespace) -> Label:
    return Label.objects.create(project=place.project, name="dog", color="#0000ff", order=2)


@pytest.fixture
def mia(place: SimpleNamespace) -> SimpleNamespace:
    return make_person("mia", place.project, Role.MANAGER)


@pytest.fixture
def merge(place: SimpleNamespace, api: Callable[..., Any], mia: SimpleNamespace) -> Callable[..., str]:
    """Mia merges one label into another one; returns the path that undoes it."""

    def run(label: Label, into: Label) -> str:
        status, body = api("post", f"labels/{label.pk}/merge/", {"into": str(into.pk)}, mia)
        assert status == 200, body
        return f"label-merges/{body['id']}/undo/"

    return run


@pytest.fixture
def undo(api: Callable[..., Any], mia: SimpleNamespace) -> Callable[[str], tuple[int, dict[str, Any]]]:
    return lambda path: api("post", path, None, mia)


def labels_of(place: SimpleNamespace) -> list[tuple[Any, ...]]:
    return list(place.project.labels.values_list("pk", "name", "color", "order", "number", "attributes"))


def test_the_label_is_back_in_its_place_with_its_objects_attributes_and_number(
    place: SimpleNamespace,
    api: Callable[..., Any],
    create: Callable[..., Any],
    merge: Callable[..., str],
    undo: Callable[..., Any],
    dog: Label,
    mia: SimpleNamespace,
) -> None:
    Label.objects.filter(pk=place.cat.pk).update(order=1, attributes=FUR)
    Label.objects.create(project=place.project, name="ant", color="#00ff00", order=0)
    cats = [create(label=str(place.cat.pk), attributes={"fur": "long"}) for _ in range(3)]
    other, bare = create(label=str(dog.pk)), create()
    before = labels_of(place)
    status, body = undo(merge(place.cat, dog))
    assert status == 200, body
    assert (body["objects"], body["kept"], body["restored"]["id"]) == (3, 0, str(place.cat.pk))
    assert labels_of(place) == before
    assert [label["name"] for label in api("get", f"projects/{place.project.pk}/labels/")[1]["results"]] == [
        "ant",
        "cat",
        "dog",
    ]
    assert api("get", f"labels/{place.cat.pk}/merge/", None, mia) == (200, {"objects": 3})
    rows = {row["id"]: row for row in api("get", f"images/{place.image.pk}/annotations/")[1]["results"]}
    for cat in cats:
        now = rows[cat["id"]]
        assert (now["label"], now["revision"], now["attributes"]) == (str(place.cat.pk), 3, {"fur": "long"})
        assert now["rle"] == cat["rle"]
    assert (rows[other["id"]]["label"], rows[other["id"]]["revision"]) == (str(dog.pk), 1)
    assert (rows[bare["id"]]["label"], rows[bare["id"]]["revision"]) == (None, 1)


def test_open_editors_hear_of_each_object_once_and_their_next_change_counts_on(
    place: SimpleNamespace,
    api: Callable[..., Any],
    create: Callable[..., Any],
    merge: Callable[..., str],
    undo: Callable[..., Any],
    dog: Label,
) -> None:
    second = make_image(place.project, "b.jpg")
    made = [create(image, label=str(place.cat.pk)) for image in (place.image, second, place.image)]
    path = merge(place.cat, dog)
    seen = {image.pk: api("get", f"images/{image.pk}/annotations/")[1]["seq"] for image in (place.image, second)}
    undo(path)
    for image, ids in ((place.image, [made[0]["id"], made[2]["id"]]), (second, [made[1]["id"]])):
        news = api("get", f"images/{image.pk}/annotations/?since={seen[image.pk]}")[1]
        assert [row["id"] for row in news["results"]] == ids
        assert [row["seq"] for row in news["results"]] == list(range(seen[image.pk] + 1, news["seq"] + 1))
        assert create(image)["seq"] == news["seq"] + 1
    last = Revision.objects.get(annotation=made[0]["id"], revision=3)
    assert (last.action, last.changes) == ("update", {"label": str(place.cat.pk)})
    assert last.actor is not None
    assert last.actor.username == "mia"


def test_what_lies_in_a_bin_gets_its_label_back_too(
    place: SimpleNamespace,
    api: Callable[..., Any],
    create: Callable[..., Any],
    merge: Callable[..., str],
    undo: Callable[..., Any],
    dog: Label,
) -> None:
    deleted = create(label=str(place.cat.pk))
    api("delete", f"annotations/{deleted['id']}/?revision=1")
    binned = make_image(place.project, "b.jpg")
    inside = create(binned, label=str(place.cat.pk))
    bins.put(binned)
    assert undo(merge(place.cat, dog))[1]["objects"] == 1, "the one that was not deleted itself"
    assert api("post", f"annotations/{deleted['id']}/restore/", {"revision": 4})[1]["label"] == str(place.cat.pk)
    assert Annotation.objects.get(pk=inside["id"]).label == place.cat


def test_what_was_named_anew_keeps_its_name_and_other_changes_stay(
    place: SimpleNamespace,
    api: Callable[..., Any],
    create: Callable[..., Any],
    merge: Callable[..., str],
    undo: Callable[..., Any],
    dog: Label,
) -> None:
    ant = Label.objects.create(project=place.project, name="ant", color="#00ff00")
    named, back, drawn, gone = (create(label=str(place.cat.pk)) for _ in range(4))
    path = merge(place.cat, dog)

    def change(row: dict[str, Any], revision: int, **data: Any) -> None:
        status, body = api("patch", f"annotations/{row['id']}/", {"revision": revision} | data)
        assert status == 200, body

    change(named, 2, label=str(ant.pk))
    change(back, 2, label=str(ant.pk))
    change(back, 3, label=str(dog.pk))  # a person says that it is a dog
    change(drawn, 2, rle=make_mask(20, 20))
    assert api("delete", f"annotations/{gone['id']}/?revision=2")[0] == 204
    after = create(label=str(dog.pk))
    status, body = undo(path)
    assert (status, body["objects"], body["kept"]) == (200, 1, 2)
    now = {str(row.pk): (row.label, row.revision) for row in Annotation.objects.select_related("label")}
    assert now == {
        named["id"]: (ant, 3),
        back["id"]: (dog, 4),
        drawn["id"]: (place.cat, 4),
        gone["id"]: (place.cat, 4),
        after["id"]: (dog, 1),
    }
    assert Annotation.objects.get(pk=drawn["id"]).rle == make_mask(20, 20)


def test_two_merges_are_undone_from_the_last_to_the_first(
    place: SimpleNamespace, create: Callable[..., Any], merge: Callable[..., str], undo: Callable[..., Any], dog: Label
) -> None:
    ant = Label.objects.create(project=place.project, name="ant", color="#00ff00")
    cat, other = create(label=str(place.cat.pk)), create(label=str(dog.pk))
    first = merge(place.cat, dog)
    second = merge(dog, ant)
    status, body = undo(first)
    assert (status, body["code"]) == (409, "label_gone")
    assert "“dog”, which “cat” was merged into, is gone itself" in body["message"]
    assert Annotation.objects.filter(label=ant).count() == 2
    assert undo(second)[1]["objects"] == 2
    assert undo(first)[1] | {"restored": ""} == {"restored": "", "objects": 1, "kept": 0}
    assert Annotation.objects.get(pk=cat["id"]).label == place.cat
    assert Annotation.objects.get(pk=other["id"]).label == dog


def test_a_second_undo_and_a_name_that_is_taken_are_refused_and_change_nothing(
    place: SimpleNamespace, create: Callable[..., Any], merge: Callable[..., str], undo: Callable[..., Any], dog: Label
) -> None:
    cat = create(label=str(place.cat.pk))
    path = merge(place.cat, dog)
    taken = add_label(place.project, name="CAT")
    status, body = undo(path)
    assert (status, body["code"]) == (409, "label_exists")
    assert "There is a new label called “cat”" in body["message"]
    row = Annotation.objects.get(pk=cat["id"])
    assert (row.label, row.revision) == (dog, 2)
    taken.delete()
    assert undo(path)[0] == 200
    status, body = undo(path)
    assert (status, body["code"], body["message"]) == (409, "already_undone", "“cat” was brought back already.")
    assert Annotation.objects.get(pk=cat["id"]).revision == 3


def test_ten_times_the_objects_do_not_need_ten_times_the_statements(
    place: SimpleNamespace, dog: Label, mia: SimpleNamespace
) -> None:
    def statements(count: int) -> int:
        label = Label.objects.create(project=place.project, name=f"cat {count}", color="#ff0000")
        images = [make_image(place.project, f"{count} {n}.jpg", annotation_seq=count) for n in range(10)]
        rows = [
            Annotation(
                image=images[n % 10], label=label, rle=make_mask(), bbox=[5, 5, 10, 10], area=100, seq=1 + n // 10
            )
            for n in range(count)
        ]
        Annotation.objects.bulk_create(rows)
        merge = merging.merge_label(label, dog.pk, mia.user)[0]
        with CaptureQueriesContext(connection) as queries:
            assert merging.undo_merge(merge, mia.user)[1:] == (count, 0)
        return len(queries)

    few, many = statements(60), statements(600)
    # SQLite takes so many values in one statement.
    assert many == few if connection.vendor == "postgresql" else many < 2 * few
    assert Annotation.objects.filter(label=dog).count() == 0
    assert Merge.objects.exclude(undone=None).count() == 2

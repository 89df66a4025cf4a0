"""One label merged into another: nothing is lost, everything is on record, open editors hear of it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.accounts.choices import Role
from annotator.annotations import merging
from annotator.annotations.models import Annotation, Revision
from annotator.projects import bins
from annotator.projects.models import Label
from tests.annotator.annotations.conftest import make_image, make_mask, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def dog(place: SimpleNamespace) -> Label:
    return Label.objects.create(project=place.project, name="dog", color="#0000ff")


@pytest.fixture
def mia(place: SimpleNamespace) -> SimpleNamespace:
    return make_person("mia", place.project, Role.MANAGER)


@pytest.fixture
def merge(place: SimpleNamespace, api: Callable[..., Any], mia: SimpleNamespace) -> Callable[..., Any]:
    """Mia merges the label cat into another one."""
    return lambda into: api("post", f"labels/{place.cat.pk}/merge/", {"into": str(into)}, mia)


def test_all_objects_get_the_other_label_and_the_merged_one_is_gone(
    place: SimpleNamespace,
    api: Callable[..., Any],
    create: Callable[..., Any],
    merge: Callable[..., Any],
    dog: Label,
    mia: SimpleNamespace,
) -> None:
    cats = [create(label=str(place.cat.pk), attributes={"fur": "long"}) for _ in range(3)]
    bare, other = create(), create(label=str(dog.pk))
    assert api("get", f"labels/{place.cat.pk}/merge/", None, mia) == (200, {"objects": 3})
    status, body = merge(dog.pk)
    assert status == 200
    assert body["objects"] == 3
    assert body["into"]["name"] == "dog"
    assert not Label.objects.filter(pk=place.cat.pk).exists()
    rows = {row["id"]: row for row in api("get", f"images/{place.image.pk}/annotations/")[1]["results"]}
    for cat in cats:
        now = rows[cat["id"]]
        assert (now["label"], now["revision"], now["attributes"]) == (str(dog.pk), 2, {"fur": "long"})
        assert (now["rle"], now["author"]) == (cat["rle"], cat["author"])
    assert (rows[bare["id"]]["label"], rows[bare["id"]]["revision"]) == (None, 1)
    assert rows[other["id"]]["revision"] == 1


def test_open_editors_hear_of_each_object_once_and_their_next_change_counts_on(
    place: SimpleNamespace, api: Callable[..., Any], create: Callable[..., Any], merge: Callable[..., Any], dog: Label
) -> None:
    second = make_image(place.project, "b.jpg")
    made = [create(image, label=str(place.cat.pk)) for image in (place.image, second, place.image)]
    seen = {image.pk: api("get", f"images/{image.pk}/annotations/")[1]["seq"] for image in (place.image, second)}
    merge(dog.pk)
    for image, ids in ((place.image, [made[0]["id"], made[2]["id"]]), (second, [made[1]["id"]])):
        news = api("get", f"images/{image.pk}/annotations/?since={seen[image.pk]}")[1]
        assert [row["id"] for row in news["results"]] == ids
        assert [row["seq"] for row in news["results"]] == list(range(seen[image.pk] + 1, news["seq"] + 1))
        assert create(image)["seq"] == news["seq"] + 1
    for one in made:
        revisions = Revision.objects.filter(annotation=one["id"])
        assert [(row.revision, row.action) for row in revisions] == [(1, "create"), (2, "update")]
        last = revisions[1]
        assert last.changes == {"label": str(dog.pk)}
        assert last.actor is not None
        assert last.actor.username == "mia"
        assert last.seq == Annotation.objects.get(pk=one["id"]).seq


def test_what_lies_in_a_bin_comes_back_with_the_other_label(
    place: SimpleNamespace, api: Callable[..., Any], create: Callable[..., Any], merge: Callable[..., Any], dog: Label
) -> None:
    deleted = create(label=str(place.cat.pk))
    api("delete", f"annotations/{deleted['id']}/?revision=1")
    binned = make_image(place.project, "b.jpg")
    inside = create(binned, label=str(place.cat.pk))
    bins.put(binned)
    assert merge(dog.pk)[1]["objects"] == 1, "the one that was not deleted itself"
    assert api("post", f"annotations/{deleted['id']}/restore/", {"revision": 3})[1]["label"] == str(dog.pk)
    assert Annotation.objects.get(pk=inside["id"]).label == dog


def test_a_label_of_another_project_itself_or_none_is_refused_and_nothing_changes(
    place: SimpleNamespace, create: Callable[..., Any], merge: Callable[..., Any]
) -> None:
    cat = create(label=str(place.cat.pk))
    for into in (place.foreign.pk, place.cat.pk, place.image.pk):
        status, body = merge(into)
        assert (status, body["code"]) == (400, "unknown_label")
        assert "into" in body["fields"]
    assert Annotation.objects.get(pk=cat["id"]).label == place.cat


def test_it_is_all_or_nothing(
    place: SimpleNamespace,
    create: Callable[..., Any],
    dog: Label,
    mia: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cat = create(label=str(place.cat.pk))

    def fail(self: Label) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(Label, "delete", fail)
    with pytest.raises(RuntimeError):
        merging.merge_label(place.cat, dog.pk, mia.user)
    row = Annotation.objects.get(pk=cat["id"])
    assert (row.label, row.revision) == (place.cat, 1)
    assert Revision.objects.filter(annotation=row).count() == 1


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
        with CaptureQueriesContext(connection) as queries:
            assert merging.merge_label(label, dog.pk, mia.user)[2] == count
        return len(queries)

    few, many = statements(60), statements(600)
    # SQLite takes so many values in one statement.
    assert many == few if connection.vendor == "postgresql" else many < 2 * few
    assert Annotation.objects.filter(label=dog, revision=2).count() == 660

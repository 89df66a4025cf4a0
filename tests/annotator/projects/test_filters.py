"""What a lead narrows and sorts the images of a project by, and filters that are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.jobs.models import Job, JobImage
from annotator.projects.models import Image, ImageTag, Tag
from tests.annotator.world import World, client_of, make_image, make_label

MASK = {"rle": {"size": [48, 64], "counts": [0, 10, 48 * 64 - 10]}}


def place(world: World, image: Image, *labels: object) -> None:
    for label in labels:
        sent = {**MASK, "label": str(label) if label else None}
        answer = world.as_bob.post(f"/api/v1/images/{image.pk}/annotations/", sent)
        assert answer.status_code == 201, answer.json()


@pytest.fixture
def many(world: World) -> dict[str, Image]:
    """Five images, each with something of its own; `cat.png` is the world's."""
    images = {"cat": world.image}
    for at, name in enumerate(("a", "b", "c", "d")):
        images[name] = make_image(world.project, f"{name}.png")
        day = datetime(2026, 3, 1 + at, 12, tzinfo=UTC)
        Image.objects.filter(pk=images[name].pk).update(created=day)
    place(world, images["a"], world.label.pk)
    place(world, images["b"], None, None, None)
    job = Job.objects.create(project=world.project, number=1, assignee=world.bob)
    pool = Job.objects.create(project=world.project, number=2)
    JobImage.objects.create(job=job, image=images["a"])
    JobImage.objects.create(job=job, image=images["c"])
    JobImage.objects.create(job=pool, image=images["d"])
    dark = Tag.objects.create(project=world.project, name="dark")
    for name in ("a", "d"):
        ImageTag.objects.create(tag=dark, image=images[name])
    Image.objects.filter(pk=images["c"].pk).update(state="done")
    return images


def found(world: World, **wish: Any) -> set[str]:
    answer = world.as_alice.get(f"/api/v1/projects/{world.project.pk}/images/", wish)
    assert answer.status_code == 200, answer.json()
    return {row["name"].removesuffix(".png") for row in answer.json()["results"]}


def parts(world: World) -> list[tuple[dict[str, Any], set[str]]]:
    return [
        ({"state": "done"}, {"c"}),
        ({"state": "in_progress"}, {"a", "b"}),
        ({"assignee": str(world.bob.pk)}, {"a", "c"}),
        ({"assignee": "pool"}, {"d"}),
        ({"assignee": "nobody"}, {"b", "cat"}),
        ({"with_label": str(world.label.pk)}, {"a"}),
        ({"with_label": "none"}, {"b"}),
        ({"tag": str(Tag.objects.get().pk)}, {"a", "d"}),
        ({"tag": "none"}, {"b", "c", "cat"}),
        ({"added_from": "2026-03-02", "added_to": "2026-03-03"}, {"b", "c"}),
        ({"min_objects": 1}, {"a", "b"}),
        ({"max_objects": 1}, {"a", "c", "d", "cat"}),
        ({"min_objects": 2, "max_objects": 3}, {"b"}),
        ({"search": "ca"}, {"cat"}),
    ]


def test_each_part_and_each_mix_of_two(world: World, many: dict[str, Image]) -> None:
    known = parts(world)
    for wish, names in known:
        assert found(world, **wish) == names, wish
    for (one, its), (other, theirs) in combinations(known, 2):
        if not set(one) & set(other):
            assert found(world, **one, **other) == its & theirs, (one, other)


def test_the_ids_of_all_that_match_are_those_of_the_list(world: World, many: dict[str, Image]) -> None:
    url = f"/api/v1/projects/{world.project.pk}/images/ids/"
    for wish, names in parts(world):
        answer = world.as_alice.get(url, {**wish, "sort": "most"}).json()
        assert answer["count"] == len(names)
        assert set(answer["ids"]) == {str(many[name].pk) for name in names}


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", "a b c cat d"),
        ("newest", "cat d c b a"),
        ("oldest", "a b c d cat"),
        ("most", "b a c cat d"),
        ("fewest", "c cat d a b"),
    ],
)
def test_sorted_and_walked_page_by_page(world: World, many: dict[str, Image], sort: str, names: str) -> None:
    address = f"/api/v1/projects/{world.project.pk}/images/?limit=2&sort={sort}"
    walked: list[str] = []
    while address:
        page = world.as_alice.get(address).json()
        walked += [row["name"].removesuffix(".png") for row in page["results"]]
        address = page["next"]
    assert walked == names.split()


def test_a_filter_that_is_none_is_refused_with_its_field(world: World) -> None:
    for wrong in ({"assignee": "me"}, {"tag": "dark"}, {"added_from": "yesterday"}, {"sort": "size"}):
        answer = world.as_alice.get(f"/api/v1/projects/{world.project.pk}/images/", wrong)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, list(wrong))


def test_objects_are_counted_as_they_come_go_and_return(world: World) -> None:
    place(world, world.image, world.label.pk, None)
    row = world.as_bob.get(f"/api/v1/images/{world.image.pk}/annotations/").json()["results"][0]
    url = f"/api/v1/annotations/{row['id']}/"
    assert found(world, min_objects=2) == {"cat"}
    gone = world.as_bob.delete(f"{url}?revision={row['revision']}")
    assert gone.status_code in (200, 204), gone.json()
    assert found(world, min_objects=2) == set()
    assert found(world, min_objects=1) == {"cat"}
    answer = world.as_bob.post(f"{url}restore/", {"revision": row["revision"] + 1})
    assert answer.status_code == 200, answer.json()
    assert found(world, min_objects=2) == {"cat"}
    Image.objects.get(pk=world.image.pk, object_count=2)


def test_a_page_costs_the_same_however_many_images(world: World, many: dict[str, Image]) -> None:
    url = f"/api/v1/projects/{world.project.pk}/images/?sort=most&min_objects=0"
    with CaptureQueriesContext(
        connection,
    ) as few:
        world.as_alice.get(url)
    for at in range(5):
        ImageTag.objects.create(tag=Tag.objects.get(), image=make_image(world.project, f"x{at}.png"))
    with CaptureQueriesContext(connection) as more:
        world.as_alice.get(url)
    assert len(more) == len(few)


def test_a_filter_is_kept_under_a_name_and_read_back(world: World, many: dict[str, Image]) -> None:
    url = f"/api/v1/projects/{world.project.pk}/filters/"
    query = {"tag": str(Tag.objects.get().pk), "assignee": "nobody", "added_from": "2026-03-01", "sort": "most"}
    made = world.as_alice.post(url, {"name": "To do", "query": query})
    assert (made.status_code, made.json()["query"]) == (201, query)
    assert world.as_bob.get(url).json()["results"] == [made.json()]
    again = world.as_alice.post(url, {"name": "to DO", "query": {}})
    assert (again.status_code, again.json()["code"]) == (409, "filter_exists")
    assert world.as_alice.post(url, {"name": "odd", "query": {"size": 3}}).status_code == 400
    assert world.as_alice.delete(f"/api/v1/filters/{made.json()['id']}/").status_code == 204
    assert world.as_alice.get(url).json()["results"] == []


def test_jobs_are_made_of_what_matches_and_may_take_from_others(world: World, many: dict[str, Image]) -> None:
    url = f"/api/v1/projects/{world.project.pk}/jobs/"
    tag = str(Tag.objects.get().pk)
    refused = world.as_alice.post(url, {"matching": {"tag": tag}, "jobs": 1})
    assert refused.status_code == 400
    made = world.as_alice.post(
        url, {"matching": {"tag": tag}, "jobs": 1, "take": True, "assignees": [str(world.dana.pk)]}
    )
    assert (made.status_code, made.json()["images"]) == (201, 2)
    assert found(world, assignee=str(world.dana.pk)) == {"a", "d"}
    assert found(world, assignee=str(world.bob.pk)) == {"c"}
    # The pool's job held one image only; an empty job would be nobody's work.
    assert not Job.objects.filter(assignee=None).exists()


def test_annotators_with_their_own_images_only_learn_nothing_by_filtering(world: World, many: dict[str, Image]) -> None:
    world.project.annotators_see = "own"
    world.project.save()
    make_label(world.project, "dog")
    url = f"/api/v1/projects/{world.project.pk}/"
    mine = {str(many["a"].pk), str(many["c"].pk)}
    client = client_of(world.bob)
    assert set(client.get(f"{url}images/ids/").json()["ids"]) == mine
    assert client.get(f"{url}images/ids/?assignee=nobody").json() == {"count": 0, "ids": []}
    assert [row["images"] for row in client.get(f"{url}tags/").json()["results"]] == [1]

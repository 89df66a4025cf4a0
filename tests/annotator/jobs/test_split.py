"""A lead splits images into jobs: by count, at random, by filter, by selection; and what cannot be is a sentence."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.annotations import services
from annotator.jobs.models import Job, JobImage
from annotator.projects import bins
from annotator.projects.models import Image
from tests.annotator.permissions.rows_annotations import mask_of
from tests.annotator.world import World, make_label, make_member, make_project, make_user


def split(world: World, **body: Any) -> dict[str, Any]:
    response = world.as_alice.post(f"/api/v1/projects/{world.project.pk}/jobs/", body, format="json")
    return {"status": response.status_code, **response.json()}


def sizes(answer: dict[str, Any]) -> list[int]:
    return [job["images"] for job in answer["results"]]


def images_in(job: dict[str, Any]) -> list[Image]:
    return list(Image.objects.filter(in_job__job=job["id"]).order_by("place", "id"))


def test_so_many_jobs_differ_by_one_image_at_most_and_follow_the_order(world: World, images: list[Image]) -> None:
    answer = split(world, jobs=4, name="Cats")
    assert sizes(answer) == [2, 2, 1, 1]
    assert [image for job in answer["results"] for image in images_in(job)] == images
    assert [job["title"] for job in answer["results"]] == [f"Job {number} · Cats" for number in range(1, 5)]
    assert {job["state"] for job in answer["results"]} == {"pool"}


def test_so_many_images_in_each_job(world: World, images: list[Image]) -> None:
    assert sizes(split(world, size=4)) == [3, 3]


def test_a_random_sample_is_of_that_size_and_leaves_the_rest_free(world: World, images: list[Image]) -> None:
    answer = split(world, jobs=1, sample=3)
    assert sizes(answer) == [3]
    assert Image.objects.filter(in_job=None).count() == 3


def test_people_get_jobs_in_turn(world: World, images: list[Image]) -> None:
    answer = split(world, jobs=3, assignees=[str(world.bob.pk), str(world.dana.pk)])
    assert [job["assignee"]["name"] for job in answer["results"]] == ["Bob", "Dana", "Bob"]
    assert {(job["state"], job["lease_until"]) for job in answer["results"]} == {("taken", None)}


def test_selected_images_are_those_of_the_job(world: World, images: list[Image]) -> None:
    answer = split(world, jobs=1, images=[str(images[4].pk), str(images[1].pk)], priority="high")
    assert images_in(answer["results"][0]) == [images[1], images[4]]
    assert answer["results"][0]["priority"] == "high"


def test_images_are_filtered_by_state_name_label_and_objects(world: World, images: list[Image]) -> None:
    services.create(images[0], world.bob, None, {"rle": mask_of(world), "label": str(world.label.pk)})
    services.create(images[1], world.bob, None, {"rle": mask_of(world)})
    wanted = {
        0: {"with_label": str(world.label.pk)},
        1: {"min_objects": 1},  # the first is in a job by now
        2: {"search": "cat3"},
        3: {"max_objects": 0, "search": "4", "state": "new"},
    }
    for at, matching in wanted.items():
        answer = split(world, jobs=1, matching=matching)
        assert images_in(answer["results"][0]) == [images[at]], matching


def test_images_in_jobs_and_done_ones_are_left_out_and_counted(world: World, images: list[Image]) -> None:
    split(world, jobs=1, images=[str(images[0].pk)])
    Image.objects.filter(pk=images[1].pk).update(state="done")
    bins.put(images[2])
    answer = split(world, jobs=1)
    assert (answer["images"], answer["in_jobs"], answer["done"]) == (3, 1, 1)
    assert images_in(answer["results"][0]) == images[3:]


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "jobs", "Say how many jobs"),
        ({"jobs": 1, "size": 1}, "jobs", "one of them"),
        ({"jobs": 7}, "jobs", "6 images cannot fill 7 jobs"),
        ({"jobs": 1, "sample": 7}, "sample", "only 6 images"),
        ({"jobs": 0}, "jobs", "greater than or equal to 1"),
        ({"jobs": 1, "matching": {"search": "dog"}}, "images", "No image matches"),
        ({"jobs": 1, "matching": {"with_label": str(uuid.UUID(int=7))}}, "images", "No image matches"),
        ({"jobs": 1, "images": [str(uuid.UUID(int=7))]}, "images", "1 image of these are not in this project"),
        ({"jobs": 1, "images": [str(uuid.UUID(int=7))], "matching": {}}, "images", "not both"),
        ({"jobs": 1, "assignees": [str(uuid.UUID(int=7))]}, "assignees", "no member of the project"),
        ({"jobs": 1, "due": "2020-02-29"}, "due", "2020-02-29 has gone by"),
        ({"jobs": 1, "priority": "now"}, "priority", "not a valid choice"),
        ({"jobs": 1, "overlap": 11}, "overlap", "10"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_makes_nothing(
    world: World, images: list[Image], body: dict[str, Any], field: str, words: str
) -> None:
    answer = split(world, **body)
    assert answer["status"] == 400
    assert words in " ".join(answer["fields"][field])
    assert not Job.objects.exists()


def test_a_project_without_images_or_without_free_ones_says_so(world: World, images: list[Image]) -> None:
    empty = make_project(world.alice, "Empty")
    answer = world.as_alice.post(f"/api/v1/projects/{empty.pk}/jobs/", {"jobs": 1}, format="json").json()
    assert "no images yet" in answer["message"]
    split(world, jobs=1, images=[str(image.pk) for image in images[:5]])
    Image.objects.filter(pk=images[5].pk).update(state="done")
    assert "done already" in split(world, jobs=1)["message"]
    Image.objects.filter(pk=images[5].pk).delete()
    assert "all are in jobs already" in split(world, jobs=1)["message"]


def test_who_may_not_annotate_gets_no_job(world: World, images: list[Image]) -> None:
    vic = make_user("Vic")
    make_member(world.project, vic, "viewer")
    assert "Vic is viewer" in split(world, jobs=1, assignees=[str(vic.pk)])["message"]
    world.bob.is_active = False
    world.bob.save()
    assert "switched off" in split(world, jobs=1, assignees=[str(world.bob.pk)])["message"]


def test_today_is_a_due_date(world: World, images: list[Image]) -> None:
    today = timezone.localdate()
    assert split(world, jobs=1, due=str(today))["results"][0]["due"] == str(today)
    job = Job.objects.get()
    late = world.as_alice.patch(f"/api/v1/jobs/{job.pk}/", {"due": str(today - timedelta(days=1))}, format="json")
    assert late.status_code == 400


def test_a_label_of_another_project_matches_nothing(world: World, images: list[Image]) -> None:
    foreign = make_label(make_project(world.charlie), "dog")
    assert split(world, jobs=1, matching={"with_label": str(foreign.pk)})["status"] == 400


def test_an_image_is_in_one_job_at_most(world: World, images: list[Image]) -> None:
    split(world, jobs=2)
    assert JobImage.objects.count() == 6
    assert split(world, jobs=1, images=[str(images[0].pk)])["status"] == 400


def test_splitting_many_takes_no_more_queries(
    world: World, images: list[Image], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(25):
        split(world, size=1)

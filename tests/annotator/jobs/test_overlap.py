"""The same images for several people: copies in jobs of their own, kept apart."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotator.accounts.models import User
from annotator.annotations import services
from annotator.annotations.models import Annotation
from annotator.datasets.selection import Selection
from annotator.inference.models import Embedding
from annotator.jobs.handout import give_back, next_job
from annotator.jobs.models import CopyGiven, Job
from annotator.projects.models import Image
from annotator.projects.services import remove_member
from annotator.runs.models import Run
from tests.annotator.permissions.rows_annotations import mask_of
from tests.annotator.world import World, client_of, make_embedding, make_member, make_user


@pytest.fixture
def erin(world: World) -> User:
    erin = make_user("Erin")
    make_member(world.project, erin, "annotator")
    return erin


def split(world: World, **body: Any) -> dict[str, Any]:
    answer = world.as_alice.post(f"/api/v1/projects/{world.project.pk}/jobs/", body, format="json")
    return {"status": answer.status_code, **answer.json()}


def change(world: World, job: Job, person: User | None) -> Any:
    body = {"assignee": person and str(person.pk)}
    return world.as_alice.patch(f"/api/v1/jobs/{job.pk}/", body, format="json")


def originals(job: Job) -> list[Any]:
    return list(Image.workable.filter(in_job__job=job).order_by("place", "id").values_list("copy_of", flat=True))


def listed(client: APIClient, world: World) -> list[str]:
    rows = client.get(f"/api/v1/projects/{world.project.pk}/images/").json()["results"]
    return [row["id"] for row in rows]


def draw(image: Image, person: User, world: World) -> Annotation:
    return services.create(image, person, None, {"rle": mask_of(world), "label": world.label.pk}).row


def test_each_image_becomes_a_copy_for_each_of_them(world: World, images: list[Image], erin: User) -> None:
    answer = split(world, size=3, overlap=2, assignees=[str(world.bob.pk), str(erin.pk), str(world.dana.pk)])
    assert (answer["status"], answer["images"], len(answer["results"])) == (201, 6, 4)
    jobs = [Job.objects.get(pk=row["id"]) for row in answer["results"]]
    assert [originals(job) for job in jobs] == [[image.pk for image in images[at : at + 3]] for at in (0, 0, 3, 3)]
    assert [job.assignee for job in jobs] == [world.bob, erin, world.dana, world.bob]
    assert split(world, jobs=1)["message"].endswith("Delete those jobs first."), "they are given by now"
    whole = world.as_alice.get(f"/api/v1/projects/{world.project.pk}/jobs/progress/").json()
    assert (whole["images"], whole["in_jobs"], whole["done"]) == (6, 6, 0)


def test_a_copy_looks_like_any_image_and_needs_no_files_of_its_own(world: World, images: list[Image]) -> None:
    make_embedding(world.image, world.model)
    split(world, jobs=1, overlap=2, images=[str(world.image.pk)])
    one, other = Image.workable.filter(copy_of=world.image)
    shown, original = (world.as_alice.get(f"/api/v1/images/{pk}/").json() for pk in (one.pk, world.image.pk))
    differing = {name for name, value in shown.items() if value != original[name]}
    assert differing <= {"id", "urls", "embedding", "thread_count"}
    assert (shown["embedding"]["state"], shown["embedding"]["bytes"]) == ("ready", original["embedding"]["bytes"])
    assert Embedding.objects.filter(image=other).count() == 1
    assert world.as_alice.get(shown["urls"]["full"]).status_code == 200


@pytest.mark.parametrize("sight", ["all", "own"])
def test_who_annotates_a_copy_finds_it_in_place_of_the_image_and_sees_no_other(
    world: World, images: list[Image], erin: User, sight: str
) -> None:
    world.project.annotators_see = sight
    world.project.save()
    split(world, jobs=1, overlap=2, images=[str(world.image.pk)], assignees=[str(world.bob.pk), str(erin.pk)])
    mine = Image.workable.get(copy_of=world.image, in_job__job__assignee=world.bob)
    theirs = Image.workable.get(copy_of=world.image, in_job__job__assignee=erin)
    drawn = draw(theirs, erin, world)
    run = Run.objects.create(kind="embed", project=world.project, subject=theirs.pk)
    client = client_of(world.bob)
    expected = [str(mine.pk)] + [str(image.pk) for image in images[1:] if sight == "all"]
    assert listed(client, world) == expected
    project = client.get(f"/api/v1/projects/{world.project.pk}/").json()["counts"]
    assert (project["images"], project["annotations"]) == (len(expected), 0)
    assert client.get(f"/api/v1/images/{mine.pk}/").status_code == 200
    secrets = [
        f"images/{theirs.pk}/", f"images/{theirs.pk}/annotations/", f"annotations/{drawn.pk}/", f"runs/{run.pk}/",
        f"projects/{world.project.pk}/images/index/?around={theirs.pk}", f"images/{theirs.pk}/history/",
    ]  # fmt: skip
    assert {client.get(f"/api/v1/{secret}").status_code for secret in secrets} == {404}
    assert client.get("/api/v1/runs/").json()["results"] == []
    client.force_login(world.bob)
    for address in (f"/files/images/{theirs.pk}/{theirs.sha256}/full", f"/images/{theirs.pk}/overlay/1.png"):
        assert client.get(address).status_code == 404


def test_a_reviewer_with_a_copy_sees_the_others_once_theirs_is_done(world: World, images: list[Image]) -> None:
    people = [str(world.bob.pk), str(world.dana.pk)]
    split(world, jobs=1, overlap=2, images=[str(world.image.pk)], assignees=people)
    bobs = Image.workable.get(copy_of=world.image, in_job__job__assignee=world.bob)
    danas = Image.workable.get(copy_of=world.image, in_job__job__assignee=world.dana)
    assert world.as_dana.get(f"/api/v1/images/{bobs.pk}/").status_code == 404
    assert world.as_alice.get(f"/api/v1/images/{bobs.pk}/").status_code == 200, "who has no copy"
    world.as_dana.patch(f"/api/v1/images/{danas.pk}/", {"state": "done"}, format="json")
    assert world.as_dana.get(f"/api/v1/images/{bobs.pk}/").status_code == 200
    assert world.as_charlie.get(f"/api/v1/images/{bobs.pk}/").status_code == 404


def test_what_is_done_on_copies_is_none_of_the_data_set(world: World, images: list[Image], erin: User) -> None:
    split(world, jobs=1, overlap=2, assignees=[str(world.bob.pk), str(erin.pk)])
    copy = Image.workable.filter(copy_of=world.image).first()
    draw(copy, world.bob, world)
    chosen = Selection()
    assert set(chosen.images(world.project)) == set(images)
    assert not chosen.objects(world.project).exists()
    assert listed(world.as_alice, world) == [str(image.pk) for image in images]
    counts = world.as_alice.get(f"/api/v1/projects/{world.project.pk}/").json()["counts"]
    assert (counts["images"], counts["annotations"]) == (6, 0)
    figures = world.as_alice.get(f"/api/v1/projects/{world.project.pk}/dashboard/").json()
    assert figures["progress"][-1]["images"] == 6
    assert [row["made"] for row in figures["people"] if row["person"] and row["person"]["name"] == "Bob"] == [1]


def test_a_finished_copy_does_not_go_to_review(world: World, images: list[Image]) -> None:
    world.as_alice.patch(f"/api/v1/projects/{world.project.pk}/review-rule/", {"mode": "all"}, format="json")
    split(world, jobs=1, overlap=2)
    copy = Image.workable.filter(copy_of=world.image).first()
    shown = world.as_alice.patch(f"/api/v1/images/{copy.pk}/", {"state": "done"}, format="json").json()
    assert (shown["state"], shown["review"]) == ("done", "none")


def test_the_pool_gives_nobody_an_image_twice(world: World, images: list[Image], erin: User) -> None:
    split(world, jobs=2, overlap=3)
    seen: Counter[tuple[Any, Any]] = Counter()
    for person in (world.bob, erin, world.dana):
        while (job := next_job(world.project, person)) is not None:
            seen.update((person.pk, pk) for pk in originals(job))
            Image.workable.filter(in_job__job=job).update(state="done")
    assert set(seen.values()) == {1}
    assert len(seen) == 3 * 6
    assert not Job.objects.filter(assignee=None).exists()


def test_what_is_given_back_goes_to_others_who_had_no_copy(world: World, images: list[Image], erin: User) -> None:
    split(world, jobs=1, overlap=2, images=[str(world.image.pk)])
    first, second = next_job(world.project, world.bob), next_job(world.project, erin)
    give_back(second)
    assert next_job(world.project, world.bob) == first
    draw(Image.workable.get(in_job__job=first), world.bob, world)
    give_back(first)
    assert next_job(world.project, world.bob) == first, "the one with his own work, not the other one"
    give_back(Job.objects.get(pk=first.pk))
    assert {next_job(world.project, world.dana), next_job(world.project, erin)} == {first, second}


def test_who_did_nothing_on_a_copy_may_have_another_one(world: World, images: list[Image], erin: User) -> None:
    split(world, jobs=1, overlap=2, images=[str(world.image.pk)], assignees=[str(world.bob.pk), str(erin.pk)])
    bobs, erins = Job.objects.order_by("number")
    assert change(world, bobs, world.dana).status_code == 200
    assert change(world, erins, world.bob).status_code == 200
    assert set(CopyGiven.objects.values_list("person", flat=True)) == {world.dana.pk, world.bob.pk}


def test_a_lead_gives_nobody_an_image_twice_either(world: World, images: list[Image], erin: User) -> None:
    split(world, jobs=1, overlap=2, images=[str(world.image.pk)], assignees=[str(world.bob.pk), str(erin.pk)])
    bobs, erins = Job.objects.order_by("number")
    answer = change(world, erins, world.bob)
    assert answer.status_code == 400
    assert "Bob would get an image a second time" in answer.json()["message"]
    both = {"jobs": [str(bobs.pk), str(erins.pk)], "assignee": str(world.dana.pk)}
    answer = world.as_alice.patch(f"/api/v1/projects/{world.project.pk}/jobs/", both, format="json")
    assert "Dana would get an image a second time" in answer.json()["message"]
    assert change(world, bobs, world.bob).status_code == 200, "saying again what is so"


@pytest.mark.parametrize(
    ("people", "words"),
    [([], "3 people may annotate in this project"), (["bob", "dana"], "you ticked only 2 people")],
)
def test_more_overlap_than_people_is_a_sentence(
    world: World, images: list[Image], people: list[str], words: str
) -> None:
    answer = split(world, jobs=1, overlap=4, assignees=[str(getattr(world, name).pk) for name in people])
    assert answer["status"] == 400
    assert words in answer["fields"]["overlap"][0]
    assert not Job.objects.exists()
    assert Image.with_bin.count() == 6


def test_deleting_jobs_takes_untouched_copies_along_and_keeps_work(
    world: World, images: list[Image], erin: User
) -> None:
    split(world, jobs=1, overlap=2, assignees=[str(world.bob.pk), str(erin.pk)])
    touched = Image.workable.filter(copy_of=world.image).first()
    draw(touched, world.bob, world)
    jobs = [str(pk) for pk in Job.objects.values_list("pk", flat=True)]
    answer = world.as_alice.post(f"/api/v1/projects/{world.project.pk}/jobs/delete/", {"jobs": jobs}, format="json")
    assert answer.status_code == 204
    assert list(Image.workable.exclude(copy_of=None)) == [touched]
    assert split(world, jobs=1)["images"] == 5, "the one with work on a copy waits for its merging"


def test_copies_follow_their_image_into_the_bin_back_and_away(world: World, images: list[Image]) -> None:
    split(world, jobs=1, overlap=2, images=[str(world.image.pk)])
    copy = Image.workable.filter(copy_of=world.image).first()
    refused = world.as_alice.delete(f"/api/v1/images/{copy.pk}/")
    assert (refused.status_code, refused.json()["code"]) == (409, "is_a_copy")
    world.as_alice.delete(f"/api/v1/images/{world.image.pk}/")
    assert world.as_alice.get(f"/api/v1/images/{copy.pk}/").status_code == 404
    binned = world.as_alice.get(f"/api/v1/projects/{world.project.pk}/bin/").json()["results"]
    assert [row["id"] for row in binned] == [str(world.image.pk)]
    assert next_job(world.project, world.bob) is None, "nothing is left to do in the job"
    world.as_alice.post(f"/api/v1/images/{world.image.pk}/restore/")
    assert next_job(world.project, world.bob) is not None
    world.as_alice.delete(f"/api/v1/images/{world.image.pk}/")
    world.as_alice.delete(f"/api/v1/projects/{world.project.pk}/bin/")
    assert not Image.with_bin.filter(copy_of__isnull=False).exists()


def test_who_leaves_takes_no_copy_along(world: World, images: list[Image], erin: User) -> None:
    split(world, jobs=1, overlap=2, assignees=[str(world.bob.pk), str(erin.pk)])
    remove_member(world.project.memberships.get(user=erin))
    job = next_job(world.project, world.dana)
    assert job is not None
    assert set(originals(job)) == {image.pk for image in images}

"""What several people made becomes one: by vote, of a person, by hand; and can be taken back."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.agreement.choices import How
from annotator.agreement.disputed import disputed
from annotator.agreement.merging import merge, merge_many, unmerge, voted
from annotator.agreement.models import Merged
from annotator.annotations import services
from annotator.annotations.models import Annotation
from annotator.datasets.selection import Selection
from annotator.jobs.models import Job, JobImage
from annotator.journal.models import Entry
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.models import Image
from annotator.projects.services import change_label, set_state
from annotator.reviews.models import Worker
from annotator.reviews.services import accept, set_rule
from annotator.reviews.triage import weigh
from tests.annotator.agreement.conftest import Box, Two, square

CAT, NEAR, AWAY = (4, 4, 20, 20), (5, 4, 20, 20), (40, 20, 10, 10)


def on(image: Image) -> list[tuple[list[int], str | None]]:
    """Return boxes and labels of the image's objects."""
    rows = Annotation.objects.filter(image=image, deleted_at=None).select_related("label").order_by("z_order")
    return [(row.bbox, row.label.name if row.label else None) for row in rows]


@pytest.fixture
def both(two: Two) -> Image:
    """Both saw the cat; Erin saw something else, too. They are done."""
    image = two.images[0]
    two.draw(image, two.world.bob, (CAT, two.world.label))
    two.draw(image, two.erin, (NEAR, two.world.label), (AWAY, two.dog))
    two.done(image)
    return image


def test_by_vote_stays_what_more_than_half_made(two: Two, both: Image) -> None:
    merge(both, two.world.alice, How.VOTE)
    assert on(both) in ([([*CAT], "cat")], [([*NEAR], "cat")])
    both.refresh_from_db()
    assert (both.state, both.object_count) == ("done", 1)
    assert Selection().objects(two.world.project).count() == 1


def test_an_object_keeps_where_it_came_from(two: Two, both: Image) -> None:
    row = merge(both, two.world.alice, How.PERSON, two.erin.pk)
    made = Annotation.objects.filter(image=both, deleted_at=None)
    assert {(one.author, one.seconds, one.clicks) for one in made} == {(two.erin, 4.0, 2)}
    source = {str(pk) for pk in Annotation.objects.filter(image=two.copy(both, two.erin)).values_list("pk", flat=True)}
    assert set(row.made.values()) == source
    assert set(row.made) == {str(one.pk) for one in made}
    history = made.first().revisions.get()
    assert (history.actor, history.action) == (two.world.alice, "create")


def test_by_hand_exactly_these_are_taken(two: Two, both: Image) -> None:
    [cat] = Annotation.objects.filter(image=two.copy(both, two.world.bob))
    dog = Annotation.objects.get(image=two.copy(both, two.erin), label=two.dog)
    merge(both, two.world.alice, How.HAND, objects=[cat.pk, dog.pk])
    assert sorted(on(both)) == [([*CAT], "cat"), ([*AWAY], "dog")]


def test_taking_it_back_makes_the_image_as_it_was(two: Two) -> None:
    image, alice = two.images[0], two.world.alice
    services.create(image, alice, None, {"rle": square(image, AWAY), "label": two.dog.pk})
    two.draw(image, two.world.bob, (CAT, two.world.label))
    two.done(image)
    with pytest.raises(ApiError, match="not done"):
        merge(image, alice, How.PERSON, alice.pk)
    merge(image, alice, How.PERSON, two.world.bob.pk)
    assert on(image) == [([*CAT], "cat")]
    unmerge(image, alice)
    image.refresh_from_db()
    assert (on(image), image.state) == ([([*AWAY], "dog")], "in_progress")
    merge(image, alice, How.PERSON, two.erin.pk)
    assert on(image) == [], "Erin saw nothing, and that can be the truth, too"


def test_who_is_not_done_has_the_image_no_more_and_again_after_the_undo(two: Two) -> None:
    image = two.images[0]
    two.draw(image, two.world.bob, (CAT, two.world.label))
    two.done(image, two.world.bob)
    erins = two.copy(image, two.erin)
    with pytest.raises(ApiError, match="nobody to vote"):
        merge(image, two.world.alice, How.VOTE)
    merge(image, two.world.alice, How.PERSON, two.world.bob.pk)
    assert not JobImage.objects.filter(image=erins).exists()
    unmerge(image, two.world.alice)
    assert JobImage.objects.get(image=erins).job.assignee == two.erin
    merge(image, two.world.alice, How.PERSON, two.world.bob.pk)
    Job.objects.filter(assignee=two.erin).delete()
    unmerge(image, two.world.alice)
    assert not JobImage.objects.filter(image=erins).exists(), "the job is gone, and nothing is stuck"


def test_what_cannot_be_is_a_sentence(two: Two, both: Image) -> None:
    alice = two.world.alice
    with pytest.raises(Conflict, match="Nobody is done"):
        merge(two.images[1], alice, How.VOTE)
    with pytest.raises(Conflict, match="Nothing was merged"):
        unmerge(both, alice)
    with pytest.raises(ApiError, match="1 of these objects"):
        merge(both, alice, How.HAND, objects=[both.pk])
    assert on(both) == []
    merge(both, alice, How.VOTE)
    with pytest.raises(Conflict, match="merged already"):
        merge(both, alice, How.VOTE)
    [row] = Annotation.objects.filter(image=both, deleted_at=None)
    services.update(both, alice, row.pk, row.revision, {"label": two.dog.pk})
    with pytest.raises(Conflict, match="changed since"):
        unmerge(both, alice)


def test_many_are_merged_each_as_a_whole(two: Two, both: Image) -> None:
    done, left = merge_many(two.world.project, two.world.alice, [two.images[1].pk, both.pk], How.VOTE, None)
    assert done == [both.pk]
    assert [(row["image"], "Nobody is done" in row["message"]) for row in left] == [(two.images[1].pk, True)]


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([[(CAT, "cat")], [(NEAR, "cat")], []], [NEAR]),
        ([[(CAT, "cat")], [], []], []),
        ([[(CAT, "cat"), (AWAY, "dog")], [(AWAY, "dog")]], [AWAY]),
        ([[], [], []], []),
        ([[(CAT, "cat")], [(CAT, "cat")], [(NEAR, "cat")]], [CAT]),
        ([[(CAT, "dog")], [(NEAR, "cat")], [(CAT, "cat")]], [CAT]),
    ],
)
def test_a_vote(two: Two, votes: list[list[tuple[Box, str]]], expected: list[Box]) -> None:
    labels = {"cat": two.world.label, "dog": two.dog}
    image = two.images[0]

    def row(box: Box, label: str) -> Annotation:
        area = box[2] * box[3]
        return Annotation(image=image, rle=square(image, box), bbox=[*box], area=area, label=labels[label])

    chosen = voted([[row(*one) for one in person] for person in votes])
    assert [tuple(one.bbox) for one in chosen] == expected
    assert {one.label for one in chosen} <= {two.world.label, two.dog}


def test_merging_counts_as_nobodys_masks_and_the_work_on_copies_once(two: Two, both: Image) -> None:
    def made() -> dict[str, Any]:
        numbers = two.world.as_alice.get(f"/api/v1/projects/{two.world.project.pk}/dashboard/").json()
        return {row["person"]["name"]: (row["made"], row["deleted"], row["seconds"]) for row in numbers["people"]}

    before = made()
    assert (before["Bob"], before["Erin"]) == ((1, 0, 4.0), (2, 0, 8.0))
    merge(both, two.world.alice, How.VOTE)
    assert made() == before | {"Alice": (0, 0, 0.0)}
    unmerge(both, two.world.alice)
    assert {name: row for name, row in made().items() if name != "Alice"} == before


def test_what_was_merged_goes_to_review_as_its_makers_work(two: Two, both: Image) -> None:
    set_rule(two.world.project, {"mode": "all"})
    both.project.__dict__.pop("_review_rule", None)
    merge(both, two.world.alice, How.PERSON, two.world.bob.pk)
    both.refresh_from_db()
    assert both.review == "waiting"
    assert set(Worker.objects.filter(image=both).values_list("user", flat=True)) == {two.world.bob.pk}
    accept(both, two.world.alice, both.annotation_seq)
    with pytest.raises(Conflict, match="changed since"):
        unmerge(both, two.world.alice)


def test_the_log_says_what_was_merged_and_taken_back(two: Two, both: Image) -> None:
    merge(both, two.world.alice, How.VOTE)
    unmerge(both, two.world.alice)
    rows = two.world.as_alice.get(f"/api/v1/projects/{two.world.project.pk}/log/").json()["results"]
    assert {row["text"] for row in rows} >= {
        "What several people made of cat.png was merged, by vote.", "The merge of cat.png was taken back.",
    }  # fmt: skip
    assert Entry.objects.filter(kind__startswith="copies.").count() == 2


def test_a_label_that_is_renamed_or_merged_away_meanwhile_does_no_harm(two: Two, both: Image) -> None:
    change_label(two.world.label, {"name": "kitten"})
    answer = two.world.as_alice.post(
        f"/api/v1/labels/{two.world.label.pk}/merge/", {"into": str(two.dog.pk)}, format="json"
    )
    assert answer.status_code < 300
    merge(both, two.world.alice, How.VOTE)
    assert [label for _, label in on(both)] == ["dog"]


def test_an_image_that_is_taken_up_again_can_be_given_back_to_its_copies(two: Two, both: Image) -> None:
    """Somebody reopens a finished copy: it does not vote until it is done again."""
    set_state(two.copy(both, two.erin), "in_progress", two.erin)
    with pytest.raises(ApiError, match="nobody to vote"):
        merge(both, two.world.alice, How.VOTE)
    assert not Merged.objects.exists()


def test_triage_tells_about_what_people_do_not_agree(two: Two, both: Image) -> None:
    """One left the second object out: after a vote it is nowhere, taken by hand it is the one that is named."""
    plain, other = two.images[1:]
    for image, label in ((plain, two.world.label), (other, two.dog)):
        two.draw(image, two.world.bob, (CAT, two.world.label))
        two.draw(image, two.erin, (NEAR, label))
        two.done(image)
    told = {}
    for image in (both, plain, other):
        assert disputed(image) is None, "nothing is merged yet"
        merge(image, two.world.alice, How.PERSON, two.erin.pk)
        told[image.pk] = disputed(image)
    [away] = Annotation.objects.filter(image=both, deleted_at=None, bbox=[*AWAY])
    [named] = Annotation.objects.filter(image=other, deleted_at=None)
    assert told == {both.pk: [away.pk], plain.pk: None, other.pk: [named.pk]}
    assert "People do not agree about an object" in [reason["text"] for reason in weigh(both)[1]]
    unmerge(both, two.world.alice)
    merge(both, two.world.alice, How.VOTE)
    assert disputed(both) == []


def test_who_leads_hears_once_all_are_done(two: Two) -> None:
    def heard() -> list[str]:
        return [row["text"] for row in two.world.as_alice.get("/api/v1/me/notices/").json()["results"]]

    for image in two.images[:-1]:
        two.done(image)
    two.done(two.images[-1], two.erin)
    assert heard() == []
    merge(two.images[0], two.world.alice, How.PERSON, two.erin.pk)
    two.done(two.images[-1], two.world.bob)
    assert heard() == ["All who were given the same images in Cats are done: 2 images can be merged."]
    two.done(two.images[-1], two.world.bob)
    assert len(heard()) == 1, "saying it again is no news"

"""Putting a retrained version to use, the way back, and what both leave behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotator.annotations import services as annotating
from annotator.inference import embeddings
from annotator.inference import services as models
from annotator.inference.models import Embedding
from annotator.journal.models import Entry
from annotator.journal.present import sentence_of
from annotator.lib.errors import Conflict
from annotator.notices.models import Notice
from annotator.notices.present import sentence_of as told
from annotator.projects.choices import ImageState
from annotator.runs.models import Run
from annotator.tuning import rules, services
from annotator.tuning.models import Rule, Swap
from annotator.webhooks.models import Delivery, Webhook
from tests.annotator.tuning.material import child_of, learnable, masks_on, retraining
from tests.annotator.world import World, make_embedding, make_image, make_model_version


def test_a_better_version_is_used_at_once_with_the_embeddings_there_are(world: World, api: Callable[..., Any]) -> None:
    stored = make_embedding(world.image, world.model)
    row = retraining(world)
    status, body = api("post", f"retrainings/{row.pk}/promote/", {})
    assert (status, body["version"], body["replaced"]) == (200, str(row.version_id), str(world.model.pk))
    world.project.refresh_from_db()
    assert world.project.model_version == row.version
    assert embeddings.find(world.image, row.version) == stored
    _, image = api("get", f"images/{world.image.pk}/")
    assert image["embedding"]["state"] == "ready"
    assert str(stored.pk) in image["embedding"]["url"]
    assert not Run.objects.exists()


def test_an_image_without_an_embedding_is_asked_for(world: World) -> None:
    row = retraining(world)
    services.promote(row, world.alice, knowing=False)
    assert Run.objects.get().params["model_version"] == str(row.version_id)


def test_what_is_not_better_needs_somebody_who_knows(world: World, api: Callable[..., Any]) -> None:
    row = retraining(world, "unsure")
    status, body = api("post", f"retrainings/{row.pk}/promote/", {})
    assert (status, body["code"]) == (409, "not_better")
    assert "Nothing says that it needs fewer clicks." in body["message"]
    assert not Swap.objects.exists()
    status, body = api("post", f"retrainings/{row.pk}/promote/", {"knowing": True})
    assert (status, body["knowing"]) == (200, True)
    entry = Entry.objects.get(kind="model.promoted")
    assert sentence_of(entry).endswith("though it was not measured as better with confidence.")
    assert entry.actor == world.alice


def test_better_than_another_one_than_is_used_needs_somebody_who_knows(world: World) -> None:
    first, second = retraining(world), retraining(world, version="1-cats.2")
    services.promote(first, world.alice, knowing=False)
    with pytest.raises(Conflict, match=r"compared with tiny 1, not with tiny 1-cats\.1"):
        services.promote(second, world.alice, knowing=False)


def test_roll_back_goes_step_by_step_to_where_it_began(world: World, api: Callable[..., Any]) -> None:
    first, second = retraining(world), retraining(world, version="1-cats.2")
    services.promote(first, world.alice, knowing=False)
    services.promote(second, world.alice, knowing=True)
    address = f"projects/{world.project.pk}/retrainings/roll-back/"
    assert [api("post", address)[1]["version_name"] for _ in range(2)] == ["tiny 1-cats.1", "tiny 1"]
    status, body = api("post", address)
    assert (status, body["code"]) == (409, "nothing_to_go_back_to")
    assert sentence_of(Entry.objects.filter(kind="model.rolled_back").latest("created")) == (
        "The project went back from tiny 1-cats.1 to tiny 1."
    )


def test_masks_keep_the_version_they_came_from(world: World) -> None:
    row = retraining(world)
    masks_on(world, world.image, 1)
    made = world.image.annotations.get()
    annotating.update(world.image, world.bob, made.pk, made.revision, {"model_version": world.model.pk})
    services.promote(row, world.alice, knowing=False)
    services.roll_back(world.project, world.alice)
    made.refresh_from_db()
    assert made.model_version == world.model


def test_a_version_of_another_encoder_is_refused(world: World) -> None:
    row = retraining(world)
    world.project.model_version = make_model_version("other")
    world.project.save()
    with pytest.raises(Conflict, match="reads photos in another way"):
        services.promote(row, world.alice, knowing=True)


def test_while_another_model_is_on_its_way_nothing_is_swapped(world: World) -> None:
    row = retraining(world)
    models.use_model(world.project, make_model_version("other"), world.alice)
    with pytest.raises(Conflict, match="on its way to another model"):
        services.promote(row, world.alice, knowing=False)


def test_managers_are_told_and_so_is_a_webhook(world: World) -> None:
    hook = Webhook.objects.create(project=world.project, url="https://example.org/", events=["model.promoted"])
    row = retraining(world)
    services.promote(row, None, knowing=False)
    (notice,) = Notice.objects.all()
    assert notice.user == world.alice
    assert told(notice) == f"Maskwright put the retrained model tiny 1-cats.1 to use in {world.project.name}."
    delivery = Delivery.objects.get(webhook=hook)
    assert (delivery.event, delivery.body["data"]["before"]) == ("model.promoted", "tiny 1")


def test_the_version_one_would_go_back_to_stays(world: World) -> None:
    row = retraining(world)
    services.promote(row, world.alice, knowing=False)
    with pytest.raises(Conflict, match="would go back to it"):
        models.remove(world.model)


def test_removing_the_version_that_was_encoded_with_leaves_the_embeddings_to_its_twin(world: World) -> None:
    stored = make_embedding(world.image, world.model)
    twin = child_of(world)
    world.project.model_version = twin
    world.project.save()
    models.remove(world.model)
    assert Embedding.objects.get().pk == stored.pk
    assert embeddings.find(world.image, twin) == stored


def test_the_effect_counts_the_work_with_each_version(world: World, api: Callable[..., Any]) -> None:
    row = retraining(world)
    for version, clicks, seconds in ((world.model, 5, 9.0), (world.model, 3, 7.0), (row.version, 2, 3.0)):
        masks_on(world, world.image, 1)
        made = world.image.annotations.latest("created")
        world.image.annotations.filter(pk=made.pk).update(model_version=version, clicks=clicks, seconds=seconds)
    services.promote(row, world.alice, knowing=False)
    _, body = api("get", f"projects/{world.project.pk}/retrainings/effect/")
    assert body["retrained"] == 1
    (found,) = body["promoted"]
    assert found["before"] == {"masks": 2, "seconds_per_mask": 8.0, "clicks_per_mask": 4.0}
    assert found["after"] == {"masks": 1, "seconds_per_mask": 3.0, "clicks_per_mask": 2.0}


def test_open_editors_hear_which_model_is_used(world: World, api: Callable[..., Any]) -> None:
    row = retraining(world)
    services.promote(row, world.alice, knowing=False)
    _, body = api("get", f"images/{world.image.pk}/annotations/?since=0")
    assert body["model"] == str(row.version_id)


def test_the_rule_is_off_until_chosen_and_starts_after_so_many_new_masks(world: World, api: Callable[..., Any]) -> None:
    learnable(world)
    address = f"projects/{world.project.pk}/retrainings/rule/"
    assert api("get", address)[1]["active"] is False
    rules.sweep()
    assert not Run.objects.exists()
    assert api("patch", address, {"active": True, "after": 2, "promote": True})[0] == 200
    rules.sweep()
    assert not Run.objects.exists()  # what is there already is not new
    image = make_image(world.project, "new.png")
    masks_on(world, image, 2)
    world.project.images.filter(pk=image.pk).update(state=ImageState.DONE)
    Rule.objects.update(looked=None)
    rules.sweep()
    run = Run.objects.get(kind="tune")
    assert run.params["wanted"] == {"minutes": 20, "promote": True, "by_rule": True}
    assert run.requested_by == world.alice
    Run.objects.update(state="failed")
    Rule.objects.update(looked=None)
    rules.sweep()
    assert Run.objects.count() == 1  # not again and again on the same masks
    assert "active from no to yes" in sentence_of(Entry.objects.get(kind="retrain.rule"))


@pytest.mark.parametrize(
    ("hours", "hour", "due"),
    [((22, 6), 23, True), ((22, 6), 5, True), ((22, 6), 6, False), ((1, 4), 2, True), ((1, 4), 4, False)],
)
def test_a_night_may_go_over_midnight(hours: tuple[int, int], hour: int, due: bool) -> None:
    assert rules.is_time(Rule(at_night=True, night_from=hours[0], night_to=hours[1]), hour) is due
    assert rules.is_time(Rule(at_night=False), hour)

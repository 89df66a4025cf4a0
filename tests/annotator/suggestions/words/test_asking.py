"""A model is asked in words, and what it finds becomes suggestions with their scores and labels."""

from __future__ import annotations

from annotator.annotations import services as annotating
from annotator.inference.models import ModelVersion
from annotator.projects.models import Label
from annotator.runs.models import Run
from annotator.suggestions.models import Search, Suggestion
from tests.annotator.known_words import KnownWords
from tests.annotator.suggestions.conftest import box_mask
from tests.annotator.suggestions.words.conftest import CAT, DOG, SMALL_DOG, Api, WorkOff, rows
from tests.annotator.world import World, make_image


def test_labels_and_own_words_become_suggestions_the_surest_first(
    world: World, model: ModelVersion, dog: Label, ask: Api, words: KnownWords, work_off: WorkOff
) -> None:
    status, _ = ask({"label": str(world.label.pk)}, {"words": "  dog ", "label": str(dog.pk)}, {"words": "yak"})
    assert status == 202
    (run,) = work_off()
    assert run.state == "succeeded", run.error
    assert run.result == {"images": 1, "found": 3, "suggestions": 3, "problems": []}
    assert rows() == [(CAT, 0.9, world.label), (DOG, 0.8, dog), (SMALL_DOG, 0.4, dog)]
    assert words.asked == ["cat", "dog", "yak"]
    made = Suggestion.objects.first()
    assert made is not None
    assert (made.model_version, made.stability_score) == (model, 0.75)


def test_only_the_images_that_were_named_are_asked(world: World, ask: Api, work_off: WorkOff) -> None:
    other = make_image(world.project, "b.png")
    ask({"words": "cat"}, images=[str(other.pk)])
    work_off()
    assert [row.image for row in Suggestion.objects.all()] == [other]


def test_a_threshold_leaves_out_what_is_less_sure(ask: Api, work_off: WorkOff) -> None:
    ask({"words": "dog"}, threshold=0.5)
    work_off()
    assert rows() == [(DOG, 0.8, None)]


def test_an_annotator_asks_one_image_by_example(world: World, model: ModelVersion, api: Api, work_off: WorkOff) -> None:
    phrase = {"label": str(world.label.pk), "boxes": [[-5, 10, 25, 12]], "unlike": [[40, 40, 5, 5]]}
    status, told = api("post", f"images/{world.image.pk}/words/", {"phrases": [phrase]})
    assert (status, told["kind"], told["subject"]) == (202, "words", str(world.image.pk))
    work_off()
    assert rows() == [([0, 10, 20, 12], 0.7, world.label)]  # cut to the image; the label's name is not asked for


def test_what_is_drawn_there_is_an_example_too(
    world: World, model: ModelVersion, api: Api, words: KnownWords, work_off: WorkOff
) -> None:
    drawn, other = (
        annotating.create(world.image, world.bob, None, {"rle": box_mask(*box).to_json()}).row
        for box in ((4, 8, 12, 10), (40, 20, 9, 9))
    )
    phrase = {"objects": [str(drawn.pk)], "unlike_objects": [str(other.pk)], "boxes": [[4, 8, 12, 10], [1, 2, 3, 4]]}
    status, told = api("post", f"images/{world.image.pk}/words/", {"phrases": [phrase]})
    assert status == 202, told
    (asked,) = Run.objects.get().params["phrases"]
    assert (asked["boxes"], asked["unlike"]) == ([[4, 8, 12, 10], [1, 2, 3, 4]], [[40, 20, 9, 9]])
    work_off()
    assert [phrase.unlike for phrase in words.phrases] == [((40, 20, 49, 29),)]  # as corners


def test_asking_again_doubles_nothing_and_leaves_what_other_words_found(
    world: World, dog: Label, ask: Api, api: Api, work_off: WorkOff
) -> None:
    ask({"words": "dog", "label": str(dog.pk)})
    work_off()
    rejected, kept = Suggestion.objects.order_by("rank")
    api("post", f"suggestions/{rejected.pk}/reject/", {})
    ask({"words": "cat"})
    work_off()
    ask({"words": "dog", "label": str(dog.pk)})
    (run,) = work_off()
    assert run.result["suggestions"] == 1
    assert sorted(rows()) == sorted([(CAT, 0.9, None), (SMALL_DOG, 0.4, dog)])
    assert not Suggestion.objects.filter(pk=kept.pk).exists()  # the new one stands in its place
    ask({"words": "cat"}, {"words": "dog", "label": str(dog.pk)})
    work_off()
    assert len(rows()) == 2


def test_two_phrases_of_one_label_find_an_object_once(world: World, ask: Api, work_off: WorkOff) -> None:
    label = str(world.label.pk)
    ask({"words": "cat", "label": label}, {"words": "cat ", "label": label}, {"words": "cat"})
    work_off()
    assert rows() == [(CAT, 0.9, world.label), (CAT, 0.9, None)]


def test_a_search_for_everything_leaves_them_alone_and_accepted_ones_are_not_found_again(
    world: World, model: ModelVersion, ask: Api, api: Api, work_off: WorkOff
) -> None:
    ask({"words": "cat"}, {"words": "dog"}, threshold=0.5)
    work_off()
    assert api("post", f"suggestions/{Suggestion.objects.get(bbox=CAT).pk}/accept/", {})[0] == 201
    ask({"words": "cat"})
    (run,) = work_off()
    assert "is there already" in run.message
    assert rows() == [(DOG, 0.8, None)]
    assert Search.objects.filter(complete=True).count() == 0  # the project's search has still got to look at all

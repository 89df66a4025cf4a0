"""What is done to a project stands in its log, with who did it, and stays as it was written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.accounts.models import User
from annotator.inference.services import use_model
from annotator.journal.models import Entry
from annotator.projects.models import Label, Project
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run
from annotator.runs.runner import Context, Runner
from tests.annotator.annotations.conftest import make_image
from tests.annotator.reviews.conftest import Person, Place
from tests.annotator.world import make_model_version


def log(place: Place, query: str = "", person: Person | None = None) -> list[tuple[str, str]]:
    rows = (person or place.alice).get(f"projects/{place.project.pk}/log/{query}")["results"]
    return [(row["actor_name"], row["text"]) for row in rows]


def test_members_and_roles(place: Place) -> None:
    User.objects.create_user("zoe", first_name="Zoe")
    members = f"projects/{place.project.pk}/members/"
    zoe = place.alice.does(members, {"user": "zoe", "role": "viewer"})
    place.alice.send("patch", f"members/{zoe['id']}/", {"role": "manager"})
    place.alice.send("patch", f"members/{zoe['id']}/", {"role": "manager"})
    place.alice.send("delete", f"members/{zoe['id']}/")
    assert log(place) == [
        ("Alice", "Zoe, manager, is no member any more."),
        ("Alice", "Zoe, until then viewer, became manager."),
        ("Alice", "Zoe became a member, as viewer."),
    ]


def test_settings_and_the_rule_of_reviews(place: Place) -> None:
    url = f"projects/{place.project.pk}/"
    place.alice.send("patch", url, {"name": "Port", "guidelines": "Draw the edge.", "annotators_see": "all"})
    place.alice.send("patch", url, {"name": "Port"})
    place.alice.send("patch", f"{url}reviews/rule/", {"mode": "share", "own_work": True})
    assert log(place) == [
        ("Alice", "The rule of reviews changed: mode from “all” to “share”; own work from no to yes."),
        ("Alice", "Settings of the project changed: name from “Harbour” to “Port”; guidelines."),
    ]


def test_labels_merges_and_their_undoing(place: Place) -> None:
    dog = place.alice.does(f"projects/{place.project.pk}/labels/", {"name": "dog"})
    place.add(place.bob, label=dog["id"])
    place.alice.send("patch", f"labels/{dog['id']}/", {"name": "hound"})
    merge = place.alice.does(f"labels/{dog['id']}/merge/", {"into": str(place.cat.pk)})
    place.alice.does(f"label-merges/{merge['id']}/undo/")
    free = Label.objects.create(project=place.project, name="free", color="#00ff00")
    place.alice.send("delete", f"labels/{free.pk}/")
    place.alice.send("delete", f"labels/{place.cat.pk}/")
    assert [text for _, text in log(place, "?topic=labels")][::-1] == [
        "Label “dog” was added.",
        "Label “dog” changed: name from “dog” to “hound”.",
        "Label “hound” was merged into “cat”, with 1 object.",
        "Label “hound”, once merged into “cat”, was brought back.",
        "Label “free” was deleted.",
        "Label “cat” was deleted.",
    ]


def test_images_and_the_bin(place: Place) -> None:
    other = make_image(place.project, "b.jpg")
    for image in (place.image, other):
        place.alice.send("delete", f"images/{image.pk}/")
    place.alice.does(f"images/{other.pk}/restore/")
    place.alice.send("delete", f"projects/{place.project.pk}/bin/")
    place.alice.send("delete", f"projects/{place.project.pk}/bin/")
    assert [text for _, text in log(place)] == [
        "The bin was emptied: 1 image deleted for good.",
        "b.jpg was taken out of the bin.",
        "b.jpg was put into the bin.",
        "a.jpg was put into the bin.",
    ]


class Errand(Runner):
    """Makes an archive of nothing."""

    kind = "export"

    def run(self, context: Context) -> dict[str, Any]:
        return {"name": "harbour.zip"}


def test_exports_models_and_webhooks(
    place: Place, work_off: Callable[[], list[Run]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.runs.worker.runner_class", lambda kind: Errand)
    for kind in ("export", "automask"):
        enqueue(kind, project=place.project, requested_by=place.dana.user)
    work_off()
    place.image.delete()
    use_model(place.project, make_model_version("big", "2"), place.alice.user)
    body = {"url": "https://example.org/", "events": ["run.failed"]}
    hook = place.alice.does(f"projects/{place.project.pk}/webhooks/", body)
    place.alice.send("patch", f"webhooks/{hook['id']}/", {"active": False})
    place.alice.does(f"webhooks/{hook['id']}/secret/")
    place.alice.send("delete", f"webhooks/{hook['id']}/")
    assert log(place)[::-1] == [
        ("Dana", "An export was made: harbour.zip."),
        ("Alice", "The model is big 2 now."),
        ("Alice", "A webhook to https://example.org/ was added."),
        ("Alice", "The webhook to https://example.org/ changed: active from yes to no."),
        ("Alice", "The webhook to https://example.org/ changed: secret."),
        ("Alice", "The webhook to https://example.org/ was deleted."),
    ]


def test_what_was_refused_is_not_in_it(place: Place) -> None:
    place.add(place.bob)
    assert place.alice.send("delete", f"labels/{place.cat.pk}/")[0] == 409
    assert place.alice.post(f"projects/{place.project.pk}/labels/", {"name": "CAT"})[0] == 409
    assert place.bob.send("patch", f"projects/{place.project.pk}/", {"name": "Port"})[0] == 403
    assert log(place) == []


def test_it_is_narrowed_by_topic_person_and_day(place: Place) -> None:
    place.alice.does(f"projects/{place.project.pk}/labels/", {"name": "dog"})
    Entry.objects.update(created=timezone.now() - timedelta(days=3))
    place.alice.send("patch", f"projects/{place.project.pk}/", {"name": "Port"})
    today = timezone.now().date()
    assert len(log(place)) == 2
    assert len(log(place, "?topic=settings")) == 1
    assert len(log(place, f"?since={today}")) == len(log(place, f"?until={today - timedelta(days=3)}")) == 1
    assert len(log(place, f"?person={place.alice.user.pk}")) == 2
    assert log(place, f"?person={place.bob.user.pk}") == []
    assert log(place, "?until=9999-12-31") != []
    for query in ("?topic=weather", "?since=yesterday", "?person=alice"):
        assert place.alice.send("get", f"projects/{place.project.pk}/log/{query}")[0] == 400


def test_nobody_changes_an_entry_and_names_stay(place: Place) -> None:
    place.alice.send("patch", f"projects/{place.project.pk}/", {"name": "Port"})
    entry = Entry.objects.get()
    for change in (entry.save, entry.delete):
        with pytest.raises(TypeError):
            change()
    User.objects.filter(pk=place.alice.user.pk).update(first_name="Alicia")
    assert log(place)[0][0] == "Alice"
    for method in ("post", "put", "patch", "delete"):
        assert place.alice.send(method, f"projects/{place.project.pk}/log/")[0] == 405
    place.alice.send("delete", f"projects/{place.project.pk}/")
    assert not Project.objects.exists()
    assert not Entry.objects.exists()


def test_a_number_of_entries_costs_no_more_queries(place: Place, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        place.alice.does(f"projects/{place.project.pk}/labels/", {"name": f"label {number}"})
    with django_assert_max_num_queries(4):
        assert len(log(place)) == 50

"""Whom something concerns hears of it, once, and nobody else does."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.utils import timezone
from pytest_django import Settings

from annotator.accounts.models import User
from annotator.notices import mail
from annotator.notices.models import Notice
from annotator.notices.writing import KEPT
from annotator.projects.models import Membership, Project
from annotator.runs.choices import State
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run
from annotator.runs.runner import Context, RunFailed, Runner
from annotator.runs.sweeper import sweep
from tests.annotator.annotations.conftest import make_image
from tests.annotator.reviews.conftest import Person, Place


def texts(person: Person, query: str = "") -> list[str]:
    return [row["text"] for row in person.get(f"me/notices/{query}")["results"]]


def read(person: Person, notices: list[str] | None = None) -> tuple[int, Any]:
    return person.send("patch", "me/notices/", {} if notices is None else {"notices": notices})


def unread(person: Person) -> int:
    return int(person.get("me/notices/unread/")["unread"])


def give(place: Place, by: Person, to: Person, **values: Any) -> dict[str, Any]:
    return by.does(f"projects/{place.project.pk}/jobs/", {"size": 1, "assignees": [str(to.user.pk)]} | values)


def test_who_is_given_jobs_hears_of_it_once_for_all(place: Place) -> None:
    for name in ("b.jpg", "c.jpg"):
        make_image(place.project, name)
    give(place, place.alice, place.bob)
    assert texts(place.bob) == ["Alice gave you 3 jobs in Harbour."]
    assert texts(place.alice) == texts(place.dana) == []


def test_a_job_that_changes_hands_is_told_to_who_gets_it(place: Place) -> None:
    [job] = give(place, place.alice, place.bob, name="Quay")["results"]
    assert place.alice.send("patch", f"jobs/{job['id']}/", {"assignee": str(place.dana.user.pk)})[0] == 200
    assert texts(place.dana) == ["Alice gave you Job 1 · Quay in Harbour."]
    # Nothing new for who has it already, and none for what one takes oneself.
    place.alice.send("patch", f"jobs/{job['id']}/", {"assignee": str(place.dana.user.pk), "priority": "high"})
    place.alice.send("patch", f"jobs/{job['id']}/", {"assignee": str(place.alice.user.pk)})
    assert (len(texts(place.dana)), texts(place.alice)) == (1, [])


def test_a_returned_image_is_told_to_who_submitted_it(submitted: Place) -> None:
    submitted.send_back(submitted.dana, "The tail is missing.")
    [row] = submitted.bob.get("me/notices/")["results"]
    assert (row["text"], row["comment"]) == ("Dana returned a.jpg in Harbour to you.", "The tail is missing.")
    assert row["url"] == f"/projects/{submitted.project.pk}/images/{submitted.image.pk}/edit/#review"
    assert (row["actor"]["name"], row["read"]) == ("Dana", None)


def test_who_is_mentioned_hears_of_it_and_who_mentions_themselves_does_not(place: Place) -> None:
    path = f"images/{place.image.pk}/threads/"
    thread = place.bob.does(path, {"text": "Look, @dana and @bob, and @nobody."})
    assert texts(place.dana) == ["Bob mentioned you on a.jpg in Harbour."]
    place.dana.does(f"threads/{thread['id']}/comments/", {"text": "Why, @bob?"})
    assert texts(place.bob) == ["Dana mentioned you on a.jpg in Harbour."]


class Errand(Runner):
    """Does what its parameters say."""

    kind = "export"

    def run(self, context: Context) -> dict[str, Any]:
        if context.run.params.get("fails"):
            raise RunFailed("The disk is full.")
        return {}


@pytest.fixture
def errands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.runs.worker.runner_class", lambda kind: Errand)


def test_who_asked_for_a_run_hears_how_it_ended(place: Place, errands: None, work_off: Callable[[], list[Run]]) -> None:
    for kind, params in (("export", {}), ("export", {"fails": True}), ("embed", {})):
        enqueue(kind, project=place.project, requested_by=place.dana.user, params=params)
    work_off()
    assert texts(place.dana) == ["Your export in Harbour failed: The disk is full.", "Your export in Harbour is done."]
    assert texts(place.alice) == []


def test_a_run_whose_worker_died_for_good_is_told_once(place: Place, settings: Settings) -> None:
    run = enqueue("export", project=place.project, requested_by=place.dana.user)
    Run.objects.filter(pk=run.pk).update(
        state=State.RUNNING, lease_until=timezone.now() - timedelta(hours=1), attempts=settings.RUN_MAX_ATTEMPTS
    )
    sweep()
    sweep()
    assert len(texts(place.dana)) == 1
    assert Run.objects.get(pk=run.pk).state == State.FAILED


def test_what_was_read_does_not_count(submitted: Place) -> None:
    submitted.send_back(submitted.dana, "No, @bob.")
    assert unread(submitted.bob) == 2
    first, _ = submitted.bob.get("me/notices/")["results"]
    assert read(submitted.bob, [first["id"]]) == (200, {"unread": 1})
    assert len(texts(submitted.bob, "?unread=true")) == 1
    # Nobody reads for somebody else.
    read(submitted.dana)
    assert unread(submitted.bob) == 1
    assert read(submitted.bob) == (200, {"unread": 0})
    assert read(submitted.bob, ["x"])[0] == 400


def test_who_left_or_does_not_see_the_image_is_told_nothing_of_it(submitted: Place) -> None:
    submitted.send_back(submitted.dana)
    Project.objects.update(annotators_see="own")
    assert (texts(submitted.bob), unread(submitted.bob)) == ([], 0)
    Project.objects.update(annotators_see="all")
    assert unread(submitted.bob) == 1
    Membership.objects.filter(user=submitted.bob.user).delete()
    assert (texts(submitted.bob), unread(submitted.bob)) == ([], 0)


def test_what_did_not_happen_is_told_to_nobody(submitted: Place) -> None:
    assert submitted.decide(submitted.dana, "return")[0] == 400
    assert Notice.objects.count() == 0


def test_old_notices_that_were_read_make_room(place: Place) -> None:
    bob = place.bob.user
    Notice.objects.bulk_create(Notice(user=bob, kind="mentioned", read=timezone.now()) for _ in range(KEPT))
    keeps = Notice.objects.create(user=bob, kind="mentioned", created=timezone.now() - timedelta(days=1))
    place.dana.does(f"images/{place.image.pk}/threads/", {"text": "Look, @bob."})
    assert Notice.objects.filter(user=bob).count() <= KEPT + 1
    assert Notice.objects.filter(pk=keeps.pk).exists()


class TestMail:
    @pytest.fixture(autouse=True)
    def _mail(self, place: Place, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.EMAIL_HOST, settings.SITE_URL = "mail.example.org", "https://masks.example.org"
        monkeypatch.setattr(mail, "send_soon", mail.send_due)
        monkeypatch.setattr("annotator.notices.writing.send_soon", mail.send_due)
        User.objects.update(email="somebody@example.org")

    def test_it_says_what_happened_and_where(self, submitted: Place) -> None:
        User.objects.filter(pk=submitted.bob.user.pk).update(email="bob@example.org")
        submitted.send_back(submitted.dana, "The tail is missing.")
        [message] = outbox.outbox
        assert (message.subject, message.to) == (
            "Maskwright: Dana returned a.jpg in Harbour to you.",
            ["bob@example.org"],
        )
        assert "The tail is missing." in message.body
        assert f"https://masks.example.org/projects/{submitted.project.pk}/images/" in message.body
        mail.send_due()
        assert len(outbox.outbox) == 1

    def test_who_does_not_want_it_gets_none(self, submitted: Place) -> None:
        submitted.bob.send("patch", "me/", {"preferences": {"notice_mail": False}})
        submitted.send_back(submitted.dana)
        assert (outbox.outbox, unread(submitted.bob)) == ([], 1)

    def test_without_a_host_none_is_sent(self, submitted: Place, settings: Settings) -> None:
        settings.EMAIL_HOST = ""
        submitted.send_back(submitted.dana)
        assert (outbox.outbox, Notice.objects.get().mail_due) == ([], None)

    def test_a_server_that_refuses_is_asked_again_later(
        self, submitted: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuses(*args: Any, **kwargs: Any) -> None:
            raise smtplib.SMTPServerDisconnected

        with monkeypatch.context() as patch:
            patch.setattr(mail, "send_mail", refuses)
            submitted.send_back(submitted.dana)
        due = Notice.objects.get().mail_due
        assert due is not None
        assert due > timezone.now()
        Notice.objects.update(mail_due=timezone.now())
        mail.send_due()
        assert len(outbox.outbox) == 1

    def test_what_was_read_meanwhile_is_not_sent(self, submitted: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("annotator.notices.writing.send_soon", lambda: None)
        submitted.send_back(submitted.dana)
        read(submitted.bob)
        mail.send_due()
        assert (outbox.outbox, Notice.objects.get().mail_due) == ([], None)

"""What happens is told, signed, once; what does not arrive is tried again, and the log says so."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from annotator.lib.addresses import NotReachable, Target
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run
from annotator.runs.runner import Context, RunFailed, Runner
from annotator.webhooks import outgoing, posting
from annotator.webhooks.models import Delivery, Webhook
from annotator.webhooks.signing import secret_of
from tests.annotator.reviews.conftest import Place
from tests.annotator.webhooks.conftest import Listener

Told = Callable[[], list[str]]


def test_the_life_of_an_image_is_told_and_signed(place: Place, hook: Webhook, listener: Listener, told: Told) -> None:
    place.add(place.bob)
    place.done(place.bob)
    place.send_back(place.dana, "Too loose.")
    place.done(place.bob)
    place.accept(place.dana)
    assert told() == ["image.submitted", "image.returned", "image.submitted", "image.accepted"]
    path, headers, body = listener.heard[1]
    sent = json.loads(body)
    assert path == "/hook?x=1"
    assert (sent["event"], sent["project"]["name"], sent["actor"]["name"]) == ("image.returned", "Harbour", "Dana")
    assert sent["data"] == {"image": str(place.image.pk), "name": "a.jpg", "text": "Too loose."}
    moment, signed = (part.split("=")[1] for part in headers["X-Maskwright-Signature"].split(","))
    expected = hmac.new(secret_of(hook).encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert signed == expected
    assert headers["X-Maskwright-Delivery"] == sent["id"]


class Errand(Runner):
    """Does what its parameters say."""

    kind = "export"

    def run(self, context: Context) -> dict[str, Any]:
        if context.run.params.get("fails"):
            raise RunFailed("The disk is full.")
        return {"archive": "a", "name": "harbour.zip", "bytes": 3, "sha256": "b", "counts": {}}


def test_exports_that_are_ready_and_runs_that_failed_are_told(
    place: Place, hook: Webhook, listener: Listener, told: Told, work_off: Callable[[], list[Run]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("annotator.runs.worker.runner_class", lambda kind: Errand)
    for kind, params in (("export", {}), ("automask", {}), ("automask", {"fails": True})):
        enqueue(kind, project=place.project, requested_by=place.dana.user, params=params)
    work_off()
    assert told() == ["export.ready", "run.failed"]
    ready, failed = (json.loads(body)["data"] for _, _, body in listener.heard)
    assert (ready["name"], ready["bytes"], ready["sha256"]) == ("harbour.zip", 3, "b")
    assert failed["error"] == "The disk is full."


def test_only_what_was_asked_for_is_told_and_only_of_ones_own_project(
    submitted: Place, hook: Webhook, told: Told
) -> None:
    Webhook.objects.update(events=["image.accepted"])
    submitted.send_back(submitted.dana)
    submitted.done(submitted.bob)
    submitted.accept(submitted.dana)
    assert told() == ["image.accepted"]
    Webhook.objects.update(active=False)
    submitted.dana.does(f"images/{submitted.image.pk}/review/reopen/")
    submitted.accept(submitted.dana)
    assert told() == ["image.accepted"]


def test_what_does_not_arrive_is_tried_again_with_growing_pauses_and_given_up(
    submitted: Place, hook: Webhook, listener: Listener
) -> None:
    listener.status = 503
    submitted.accept(submitted.dana)
    pauses = []
    for _ in range(20):
        row = Delivery.objects.get()
        if row.next_try is None:
            break
        pauses.append(round((row.next_try - timezone.now()).total_seconds() / 60))
        outgoing.deliver(row.pk)  # not due yet: nothing happens
        Delivery.objects.update(next_try=timezone.now() - timedelta(minutes=1))
        outgoing.send_due()
    assert pauses == [1, 5, 30, 120, 360, 720]
    assert (row.state, row.tries, row.status, row.error) == ("failed", 7, 503, "The address answered 503.")
    assert len(listener.heard) == 7
    assert len({json.loads(body)["id"] for _, _, body in listener.heard}) == 1


def test_it_arrives_at_the_second_try(submitted: Place, hook: Webhook, listener: Listener) -> None:
    listener.status = 500
    submitted.accept(submitted.dana)
    listener.status = 200
    Delivery.objects.update(next_try=timezone.now() - timedelta(minutes=1))
    outgoing.send_due()
    row = Delivery.objects.get()
    assert (row.state, row.tries, row.status, row.error, row.next_try) == ("delivered", 2, 200, "", None)


def test_redirects_are_not_followed(submitted: Place, hook: Webhook, listener: Listener) -> None:
    listener.status, listener.headers = 302, {"Location": listener.url + "&moved"}
    submitted.accept(submitted.dana)
    assert len(listener.heard) == 1
    assert "no redirects" in Delivery.objects.get().error


def test_an_address_inside_is_told_nothing(
    submitted: Place, hook: Webhook, listener: Listener, settings: Settings
) -> None:
    settings.WEBHOOK_NETWORKS = []
    submitted.accept(submitted.dana)
    assert listener.heard == []
    assert "inside the network" in Delivery.objects.get().error


def test_it_connects_to_the_address_that_was_checked(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    # The name means nothing to the machine; only the checked address is used.
    monkeypatch.setattr(posting, "checked", lambda target, guard: "127.0.0.1")
    target = Target(False, "hook.invalid", listener.server_address[1], "/")
    assert posting.post(target, b"{}", {}) == 204
    assert listener.heard[0][1]["Host"].startswith("hook.invalid")


def test_who_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for a silent one nor for one that answers byte by byte."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        stop = threading.Event()

        def drip() -> None:
            peer, _ = silent.accept()
            with peer:
                while not stop.wait(0.05):
                    try:
                        peer.sendall(b"H")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        monkeypatch.setattr(posting, "SECONDS", 0.5)
        monkeypatch.setattr(posting, "checked", lambda target, guard: "127.0.0.1")
        with pytest.raises(NotReachable):
            posting.post(Target(False, "127.0.0.1", silent.getsockname()[1], "/"), b"{}", {})
        stop.set()


def test_the_certificate_is_the_names(monkeypatch: pytest.MonkeyPatch, listener: Listener) -> None:
    asked = []

    class Context:
        def wrap_socket(self, sock: socket.socket, server_hostname: str) -> socket.socket:
            asked.append(server_hostname)
            return sock

    monkeypatch.setattr(ssl, "create_default_context", Context)
    monkeypatch.setattr(posting, "checked", lambda target, guard: "127.0.0.1")
    posting.post(Target(True, "example.org", listener.server_address[1], "/"), b"{}", {})
    assert asked == ["example.org"]


class TestByApi:
    def test_the_secret_is_shown_once_and_may_be_replaced(self, place: Place, hook: Webhook) -> None:
        path = f"projects/{place.project.pk}/webhooks/"
        made = place.alice.does(path, {"url": "https://example.org/hook", "events": ["run.failed"]})
        assert made["secret"] == secret_of(Webhook.objects.get(pk=made["id"]))
        assert all("secret" not in row for row in place.alice.get(path)["results"])
        assert place.alice.does(f"webhooks/{made['id']}/secret/")["secret"] != made["secret"]

    def test_a_test_is_sent_once_and_stands_in_the_log(
        self, place: Place, hook: Webhook, listener: Listener, told: Told
    ) -> None:
        listener.status = 500
        Webhook.objects.update(active=False)
        assert place.alice.does(f"webhooks/{hook.pk}/test/")["event"] == "test"
        [row] = place.alice.get(f"webhooks/{hook.pk}/deliveries/")["results"]
        assert (row["state"], row["status"], row["tries"], told()) == ("failed", 500, 1, ["test"])
        assert row["body"]["data"]["message"] == "This is a test of your webhook."

    @pytest.mark.parametrize(
        "body",
        [{"url": "nowhere", "events": ["run.failed"]}, {"url": "https://example.org/", "events": []},
         {"url": "https://example.org/", "events": ["test"]}, {"events": ["run.failed"]},
         {"url": "https://example.org/", "events": ["run.failed"], "secret": "x"}],
    )  # fmt: skip
    def test_bad_ones_are_refused_with_a_sentence(self, place: Place, body: dict[str, Any]) -> None:
        status, answer = place.alice.post(f"projects/{place.project.pk}/webhooks/", body)
        assert status == 400
        assert answer["fields"]

    def test_there_are_only_so_many(self, place: Place) -> None:
        body = {"url": "https://example.org/", "events": ["run.failed"]}
        answers = [place.alice.post(f"projects/{place.project.pk}/webhooks/", body)[0] for _ in range(21)]
        assert answers == [201] * 20 + [409]

    def test_the_log_does_not_grow_without_end(
        self, place: Place, hook: Webhook, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outgoing, "KEPT", 3)
        for _ in range(6):
            place.alice.does(f"webhooks/{hook.pk}/test/")
        assert len(place.alice.get(f"webhooks/{hook.pk}/deliveries/")["results"]) <= 4

"""The queue, the filters and the words of reviews: where a project reviews they are there, and true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.projects.choices import ImageState
from annotator.projects.models import Image, Membership, Project
from annotator.projects.services import set_state
from annotator.reviews import claims, services

SignIn = Callable[[User], Client]


@pytest.fixture
def dana(project: Project) -> User:
    user = User.objects.create_user("dana", first_name="Dana")
    Membership.objects.create(project=project, user=user, role=Role.REVIEWER)
    return user


@pytest.fixture
def waiting(project: Project, image: Image, alice: User) -> Image:
    services.set_rule(project, {"mode": "all"})
    set_state(image, ImageState.DONE, alice)
    image.refresh_from_db()
    return image


def page(client: Client, project: Project, path: str = "") -> str:
    answer = client.get(f"/projects/{project.pk}/{path}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_where_nothing_is_reviewed_no_page_says_so(
    project: Project, image: Image, alice: User, sign_in: SignIn
) -> None:
    for path in ("", "exports/", "report/", "automatic/", "evaluations/"):
        html = page(sign_in(alice), project, path)
        for words in ("In review", "Accepted", "Returned", "/reviews/"):
            assert words not in html, (path, words)
    assert "Reviews are switched off" in page(sign_in(alice), project, "reviews/")


def test_the_queue_shows_what_waits_and_who_has_it(
    project: Project, waiting: Image, alice: User, dana: User, sign_in: SignIn
) -> None:
    html = page(sign_in(dana), project, "reviews/")
    for words in (waiting.name, "alice", "1 waiting", "Nobody", f"{waiting.pk}/edit/#review"):
        assert words in html, words
    assert "disabled" not in html[html.index("data-next") : html.index("Next to review")]
    claims.claim(waiting, dana)
    assert '<span class="chip chip-accent">You</span>' in page(sign_in(dana), project, "reviews/")
    html = page(sign_in(alice), project, "reviews/?order=risk")
    assert "Dana" in html
    assert "disabled" in html[html.index("data-next") : html.index("Next to review")]


def test_ones_own_work_is_marked_and_is_not_next(
    project: Project, waiting: Image, alice: User, sign_in: SignIn
) -> None:
    html = page(sign_in(alice), project, "reviews/")
    assert "Your own work" in html
    assert "Nothing here is yours to decide" in html


def test_reasons_stand_in_the_queue_and_states_on_the_cards(
    project: Project, waiting: Image, alice: User, dana: User, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        set_state(waiting, ImageState.NEW, alice)
        set_state(waiting, ImageState.DONE, alice)
    assert "Nothing is outlined" in page(sign_in(dana), project, "reviews/")
    assert "In review" in page(sign_in(alice), project, "?review=waiting")
    assert waiting.name not in page(sign_in(alice), project, "?review=accepted")
    services.accept(waiting, dana, waiting.annotation_seq)
    html = page(sign_in(alice), project, "?review=accepted")
    assert waiting.name in html
    assert '<span class="muted" data-count="accepted">1</span>' in html


def test_what_was_returned_is_told_to_whose_it_is_and_to_nobody_else(
    project: Project, waiting: Image, alice: User, dana: User, sign_in: SignIn
) -> None:
    services.send_back(waiting, dana, waiting.annotation_seq, "Look again.")
    html = page(sign_in(alice), project)
    assert "1 image was returned to you" in html
    assert f"{waiting.pk}/edit/#review" in html
    assert "returned to you" not in page(sign_in(dana), project)


def test_a_reviewer_sees_the_tab_and_an_annotator_does_not(
    project: Project, waiting: Image, dana: User, sign_in: SignIn
) -> None:
    assert "/reviews/" in page(sign_in(dana), project)
    Membership.objects.filter(user=dana).update(role=Role.ANNOTATOR)
    assert "/reviews/" not in page(sign_in(dana), project)


def test_the_settings_show_the_rule(project: Project, alice: User, victor: User, sign_in: SignIn) -> None:
    services.set_rule(project, {"mode": "share", "share": 35, "own_work": True})
    html = page(sign_in(alice), project, "settings/")
    assert 'value="share" checked' in html
    assert 'value="35"' in html
    assert "Accept or return what others made" in html
    assert "disabled" in page(sign_in(victor), project, "settings/").split("data-rule")[1][:120]

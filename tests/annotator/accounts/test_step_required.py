"""Where everybody needs a second step, who has none gets to where it is set up, and nowhere else."""

from __future__ import annotations

import pyotp
import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from annotator.accounts import second_step
from annotator.accounts.models import SecondStep, User
from annotator.accounts.services import issue_token
from tests.annotator.world import World

SETUP = "/account/second-step/"


@pytest.fixture
def bob(world: World, settings: Settings) -> User:
    settings.REQUIRE_TWO_STEP = True
    return world.bob


@pytest.fixture
def browser(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def code_of(person: User) -> str:
    return pyotp.TOTP(SecondStep.objects.get(user=person).secret).now()


def test_every_page_leads_to_the_setup_and_back(world: World, browser: Client) -> None:
    page = f"/projects/{world.project.pk}/jobs/?state=open"
    answer = browser.get(page)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, SETUP)
    asked = browser.get(answer["Location"]).content.decode()
    assert "Everybody here needs two-step sign-in" in asked
    assert "Not now" not in asked
    shown = browser.post(answer["Location"], {"code": code_of(world.bob), "do": "on"}).content.decode()
    assert f'href="{page}"' in shown
    assert browser.get(page).status_code == 200


@pytest.mark.parametrize("path", ["/", "/account/", "/help/", "/people/", "/nowhere/", "/join/abc/"])
def test_pages_of_ones_own_too(browser: Client, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, SETUP)


def test_neither_api_nor_files_nor_what_is_sent_get_through(world: World, browser: Client) -> None:
    image = world.image
    for path in ("/api/v1/me/", f"/api/v1/projects/{world.project.pk}/images/",
                 f"/files/images/{image.pk}/{image.sha256}/full"):  # fmt: skip
        answer = browser.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "two_step_required")
        # A header that no scheme of ours answers to opens nothing either.
        assert browser.get(path, HTTP_AUTHORIZATION="Basic Ym9iOmJvYg==").status_code == 403
    assert browser.post("/api/v1/me/tokens/", {}).status_code == 403
    assert browser.post("/account/", {}).status_code == 403


def test_one_can_sign_out_and_others_in(browser: Client) -> None:
    assert browser.post("/signout/")["Location"] == "/signin/"
    assert browser.get("/signin/").status_code == 200


def test_who_turns_it_off_sets_it_up_anew(bob: User, browser: Client) -> None:
    second_step.begin(bob)
    codes = second_step.confirm(bob, code_of(bob))
    assert codes
    assert browser.get("/").status_code == 200
    answer = browser.post(SETUP, {"code": codes[0], "do": "off"})
    assert (answer.status_code, answer["Location"]) == (302, SETUP)
    assert browser.get("/").status_code == 302


def test_programs_with_a_token_are_not_asked(world: World, bob: User) -> None:
    _, secret = issue_token(bob, "script")
    program = APIClient(HTTP_AUTHORIZATION=f"Token {secret}")
    assert program.get(f"/api/v1/projects/{world.project.pk}/").status_code == 200


def test_without_the_setting_nobody_is_asked(world: World) -> None:
    client = Client()
    client.force_login(world.bob)
    assert client.get("/account/").status_code == 200

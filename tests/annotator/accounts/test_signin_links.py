"""Links that sign in once."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from annotator.accounts.models import SignInLink
from annotator.accounts.services import issue_signin_link, redeem_signin_link
from tests.annotator.world import World


def test_a_link_signs_in_once(world: World) -> None:
    secret = issue_signin_link(world.bob)
    assert redeem_signin_link(secret) == world.bob
    assert redeem_signin_link(secret) is None


def test_a_link_expires(world: World) -> None:
    secret = issue_signin_link(world.bob)
    SignInLink.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert redeem_signin_link(secret) is None


def test_a_link_of_somebody_who_was_locked_out_is_worth_nothing(world: World) -> None:
    secret = issue_signin_link(world.bob)
    world.bob.is_active = False
    world.bob.save()
    assert redeem_signin_link(secret) is None


def test_the_secret_is_not_in_the_database(world: World) -> None:
    secret = issue_signin_link(world.bob)
    assert secret not in str(SignInLink.objects.values())


def test_the_command_prints_a_link_that_works(world: World) -> None:
    out = io.StringIO()
    call_command("signin_link", "bob", base="http://host:1/", stdout=out)
    address = out.getvalue().strip()
    assert address.startswith("http://host:1/signin/link/")
    assert redeem_signin_link(address.rstrip("/").rsplit("/", 1)[-1]) == world.bob


def test_the_command_says_when_there_is_no_such_person(world: World) -> None:
    with pytest.raises(CommandError, match="no active person called 'zoe'"):
        call_command("signin_link", "zoe")

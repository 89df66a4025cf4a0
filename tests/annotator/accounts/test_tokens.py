"""Keys for programs, and signing in with one."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from annotator.accounts.models import ApiToken
from annotator.accounts.services import issue_token
from tests.annotator.contract import CheckedClient
from tests.annotator.world import World


def test_a_new_key_is_shown_once_and_stored_as_a_digest(world: World) -> None:
    made = world.as_bob.post("/api/v1/tokens/", {"name": "laptop"})
    assert made.status_code == 201
    key = made.json()["key"]
    listed = world.as_bob.get("/api/v1/tokens/").json()["results"]
    assert [(row["name"], row["hint"]) for row in listed] == [("laptop", key[:8])]
    assert "key" not in listed[0]
    assert key not in str(ApiToken.objects.values())


def test_a_program_signs_in_with_its_key(world: World) -> None:
    _, key = issue_token(world.bob, "script")
    client = CheckedClient(headers={"Authorization": f"Token {key}"})
    assert client.get("/api/v1/me/").json()["username"] == "bob"
    assert ApiToken.objects.get().last_used is not None


def test_a_key_needs_no_csrf_token_but_a_session_does(world: World) -> None:
    _, key = issue_token(world.alice, "script")
    program = CheckedClient(headers={"Authorization": f"Token {key}"}, enforce_csrf_checks=True)
    assert program.post("/api/v1/projects/", {"name": "A"}, "json").status_code == 201
    browser = CheckedClient(enforce_csrf_checks=True)
    browser.force_login(world.alice)
    response = browser.post("/api/v1/projects/", {"name": "A"}, "json")
    assert response.status_code == 403
    assert "code" in response.json()


def test_a_wrong_deleted_or_inactive_key_is_401(world: World) -> None:
    token, key = issue_token(world.bob, "script")
    client = CheckedClient(headers={"Authorization": f"Token {key}"})
    assert CheckedClient(headers={"Authorization": "Token wrong"}).get("/api/v1/me/").status_code == 401
    world.bob.is_active = False
    world.bob.save()
    assert client.get("/api/v1/me/").json()["code"] == "authentication_failed"
    token.delete()
    assert client.get("/api/v1/me/").status_code == 401


def test_one_cannot_delete_the_key_of_another(world: World) -> None:
    token, _ = issue_token(world.bob, "script")
    assert world.as_alice.delete(f"/api/v1/tokens/{token.pk}/").status_code == 404
    assert world.as_bob.delete(f"/api/v1/tokens/{token.pk}/").status_code == 204


def test_a_key_makes_no_keys_but_may_delete_them(world: World) -> None:
    """Whoever found a key would otherwise have another one when it is deleted, or ends."""
    token, key = issue_token(world.bob, "script")
    program = CheckedClient(headers={"Authorization": f"Token {key}"})
    refused = program.post("/api/v1/tokens/", {"name": "more"}, "json")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert "Sign in" in refused.json()["message"]
    assert list(ApiToken.objects.all()) == [token]
    assert program.delete(f"/api/v1/tokens/{token.pk}/").status_code == 204


def test_there_is_a_limit_to_keys(world: World) -> None:
    for number in range(50):
        issue_token(world.bob, str(number))
    assert world.as_bob.post("/api/v1/tokens/", {"name": "one more"}).json()["code"] == "too_many_tokens"


def test_a_key_ends_after_the_days_it_was_made_for(world: World) -> None:
    made = world.as_bob.post("/api/v1/tokens/", {"name": "week", "days": 7}).json()
    client = CheckedClient(headers={"Authorization": f"Token {made['key']}"})
    assert client.get("/api/v1/me/").status_code == 200
    token = ApiToken.objects.get(pk=made["id"])
    assert token.expires is not None
    assert abs(token.expires - token.created - timedelta(days=7)) < timedelta(minutes=1)
    ApiToken.objects.update(expires=timezone.now())
    refused = client.get("/api/v1/me/")
    assert (refused.status_code, refused.json()["code"]) == (401, "authentication_failed")


def test_a_key_works_a_year_unless_asked_otherwise(world: World) -> None:
    token, _ = issue_token(world.bob, "script")
    assert token.expires is not None
    assert (token.expires - token.created).days in (364, 365)


def test_a_key_that_may_only_read_changes_nothing(world: World) -> None:
    made = world.as_alice.post("/api/v1/tokens/", {"name": "statistics", "scope": "read"}).json()
    client = CheckedClient(headers={"Authorization": f"Token {made['key']}"})
    assert client.get(f"/api/v1/projects/{world.project.pk}/").status_code == 200
    refused = client.patch(f"/api/v1/projects/{world.project.pk}/", {"name": "Mine"}, "json")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert "may only read" in refused.json()["message"]
    assert client.post("/api/v1/tokens/", {"name": "more"}, "json").status_code == 403

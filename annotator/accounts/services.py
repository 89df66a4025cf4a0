"""Verbs about people: keys for programs, links that sign in once."""

from __future__ import annotations

import json
import secrets
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from annotator.accounts import trail
from annotator.accounts.choices import Event, Purpose, Scope
from annotator.accounts.extensions import say_farewell
from annotator.accounts.models import ApiToken, SignInLink, User, digest
from annotator.accounts.sign_ins import end_all
from annotator.lib.claims import claim_one
from annotator.lib.errors import ApiError, NotFound

MAX_TOKENS = 50
TOKEN_DAYS = 365
"""How long a key works, unless its maker says otherwise."""
MAX_TOKEN_DAYS = 3650
MAX_PREFERENCES_BYTES = 64 * 1024


def issue_token(
    user: User, name: str, *, days: int = TOKEN_DAYS, scope: Scope = Scope.WRITE, project: uuid.UUID | None = None
) -> tuple[ApiToken, str]:
    """Make a key for programs; the key is returned here and never again. `project` is the only one that it opens.
    Raises NotFound when the person is no member of it."""
    if project is not None and not user.memberships.filter(project_id=project).exists():
        raise NotFound("project")
    if user.tokens.count() >= MAX_TOKENS:
        raise ApiError("too_many_tokens", f"You have {MAX_TOKENS} keys already. Delete one that is not used any more.")
    key = f"mw_{secrets.token_urlsafe(32)}"
    expires = timezone.now() + timedelta(days=days)
    token = ApiToken.objects.create(
        user=user, name=name, digest=digest(key), hint=key[:8], scope=scope, expires=expires, project_id=project
    )
    return token, key


def issue_signin_link(user: User, *, minutes: int | None = None, purpose: Purpose = Purpose.SIGN_IN) -> str:
    """Make a link's secret: it signs `user` in, or sets their password, once, until it expires, the password is changed
    or the account is switched off. The page is /signin/link/SECRET/, or /password/SECRET/."""
    secret = secrets.token_urlsafe(32)
    lifetime = timedelta(minutes=minutes or settings.SIGNIN_LINK_MINUTES)
    with transaction.atomic():
        SignInLink.objects.filter(user=user, expires__lt=timezone.now()).delete()
        expires = timezone.now() + lifetime
        door = user.get_session_auth_hash()
        SignInLink.objects.create(user=user, digest=digest(secret), expires=expires, door=door, purpose=purpose)
    return secret


def redeem_signin_link(secret: str, purpose: Purpose = Purpose.SIGN_IN) -> User | None:
    """Return the person a link is of and use it up; None when it is unknown, used, expired, void or for something
    else."""
    link = _waiting(secret, purpose)
    if link is None or not claim_one(SignInLink.objects.filter(pk=link.pk, used=None), used=timezone.now()):
        return None
    return link.user


def person_of_link(secret: str, purpose: Purpose = Purpose.SIGN_IN) -> User | None:
    """Return the person a link is of, without using it up; None as `redeem_signin_link`."""
    link = _waiting(secret, purpose)
    return link.user if link is not None else None


def _waiting(secret: str, purpose: Purpose) -> SignInLink | None:
    rows = SignInLink.objects.filter(digest=digest(secret), purpose=purpose, used=None, expires__gt=timezone.now())
    link = rows.filter(user__is_active=True).select_related("user").first()
    # Who changed the password, or switched the account off, did not mean older links to stay.
    valid = link is not None and constant_time_compare(link.door, link.user.get_session_auth_hash())
    return link if valid else None


def switch_off(person: User, actor: User | None = None) -> None:
    """Let nobody in as this person. Sessions, keys and links end here: switched on again, they are not back. Open work
    is free for others at once. `actor` is the administrator who does it."""
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(is_active=False, doors_shut=F("doors_shut") + 1)
        person.tokens.all().delete()
        person.signin_links.all().delete()
        end_all(person)
        say_farewell(person.pk)
        trail.write(Event.OFF, person, None, actor=actor)
    person.refresh_from_db(fields=["is_active", "doors_shut"])


def switch_on(person: User, actor: User | None = None) -> None:
    """Let the person in again, with the password or a new link."""
    person.is_active = True
    person.save(update_fields=["is_active"])
    trail.write(Event.ON, person, None, actor=actor)


def set_preferences(user: User, changes: dict[str, Any]) -> User:
    """Merge `changes` into the person's preferences; a null removes one. Raises ApiError when they grow too large."""
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        merged = {name: value for name, value in (locked.preferences | changes).items() if value is not None}
        if len(json.dumps(merged)) > MAX_PREFERENCES_BYTES:
            raise ApiError("preferences_too_large", "These preferences are too large to keep (64 KB at most).")
        locked.preferences = merged
        locked.save(update_fields=["preferences"])
    return locked

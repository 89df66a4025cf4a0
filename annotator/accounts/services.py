"""Verbs about people: keys for programs, links that sign in once."""
from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotator.accounts.models import ApiToken, SignInLink, User, digest
from annotator.lib.claims import claim_one
from annotator.lib.errors import ApiError

MAX_TOKENS = 50
MAX_PREFERENCES_BYTES = 64 * 1024


def issue_token(user: User, name: str) -> tuple[ApiToken, str]:
    """Make a key for programs; the key is returned here and never again."""
    if user.tokens.count() >= MAX_TOKENS:
        raise ApiError("too_many_tokens", f"You have {MAX_TOKENS} keys already. Delete one that is not used any more.")
    key = f"mw_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(user=user, name=name, digest=digest(key), hint=key[:8])
    return token, key


def issue_signin_link(user: User, *, minutes: int | None = None) -> str:
    """Make a link's secret: it signs `user` in once, until it expires. The page is /signin/link/SECRET/."""
    secret = secrets.token_urlsafe(32)
    lifetime = timedelta(minutes=minutes or settings.SIGNIN_LINK_MINUTES)
    with transaction.atomic():
        SignInLink.objects.filter(user=user, expires__lt=timezone.now()).delete()
        SignInLink.objects.create(user=user, digest=digest(secret), expires=timezone.now() + lifetime)
    return secret


def redeem_signin_link(secret: str) -> User | None:
    """Return the person a link signs in and use it up; None when it is unknown, used or expired."""
    now = timezone.now()
    waiting = SignInLink.objects.filter(digest=digest(secret), used=None, expires__gt=now, user__is_active=True)
    link = waiting.select_related("user").first()
    if link is None or not claim_one(SignInLink.objects.filter(pk=link.pk, used=None), used=now):
        return None
    return link.user


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

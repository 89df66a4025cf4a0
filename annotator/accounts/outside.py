"""Single sign-on by OpenID Connect (Core 1.0, authorisation code flow with PKCE), spoken by Authlib.

Who comes is known by issuer and subject alone. An e-mail address is believed for nothing: people here write their own,
and whoever wrote another's would receive that person. Accounts that are there already are connected by their owners.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from annotator.accounts.models import OutsideIdentity, User
from annotator.lib.errors import ApiError

NAMES = 100
"""Names that are tried for a new account: anna, anna2, anna3 …"""
AWAY = "The server for single sign-on does not answer. Try again in a moment, or sign in with your password."
REFUSED = "Single sign-on did not work this time, so nobody was signed in. Begin again from the sign-in page."
TAKEN = "Somebody else here is connected with this sign-in already. Ask an administrator."


def offered() -> bool:
    """Tell whether people may sign in so."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT)


@cache
def _client(issuer: str, client: str, secret: str) -> Any:
    from authlib.integrations.django_client import OAuth

    known = {"scope": "openid profile email", "code_challenge_method": "S256", "timeout": 10}
    return OAuth().register(
        "sso",
        client_id=client,
        client_secret=secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs=known,
    )


def client() -> Any:
    """Return Authlib's client of the issuer in the settings."""
    return _client(settings.OIDC_ISSUER, settings.OIDC_CLIENT, settings.OIDC_SECRET)


def begin(request: HttpRequest, back: str) -> Any:
    """Return the answer that sends the browser to the issuer. Raises ApiError when that does not answer."""
    import requests

    try:
        return client().authorize_redirect(request, back)
    except (requests.RequestException, ValueError) as error:
        raise ApiError("sso_away", AWAY, status=503) from error


def claims(request: HttpRequest) -> dict[str, Any]:
    """Return what the issuer says of who came back: its signature, audience, time and nonce are right, and the browser
    is the one that was sent. Raises ApiError otherwise."""
    import requests
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError

    try:
        told = dict(client().authorize_access_token(request).get("userinfo") or {})
    except requests.RequestException as error:
        raise ApiError("sso_away", AWAY, status=503) from error
    except (AuthlibBaseError, JoseError, ValueError, KeyError, RuntimeError) as error:
        raise ApiError("sso_refused", REFUSED, status=403) from error
    if told.get("iss", "").rstrip("/") != settings.OIDC_ISSUER or not told.get("sub"):
        raise ApiError("sso_refused", REFUSED, status=403)
    return told


def person_of(told: dict[str, Any]) -> User | None:
    """Return who is connected with this subject; with `MASKWRIGHT_OIDC_NEW` somebody new gets an account."""
    known = OutsideIdentity.objects.select_related("user").filter(issuer=told["iss"], subject=told["sub"]).first()
    if known is not None:
        return known.user
    return _new_account(told) if settings.OIDC_NEW else None


def connect(user: User, told: dict[str, Any]) -> None:
    """Let the subject sign in as this person from now on. Raises ApiError when it is somebody else's."""
    row, _ = OutsideIdentity.objects.get_or_create(issuer=told["iss"], subject=told["sub"], defaults={"user": user})
    if row.user_id != user.pk:
        raise ApiError("sso_taken", TAKEN, status=409)


def disconnect(user: User) -> bool:
    """Let nobody sign in as this person by single sign-on; False when nobody could."""
    return OutsideIdentity.objects.filter(user=user).delete()[0] > 0


def _new_account(told: dict[str, Any]) -> User:
    wish = str(told.get("preferred_username") or told.get("email") or "person").split("@")[0]
    base = re.sub(r"[^\w.+-]", "", wish)[:100] or "person"
    for number in range(1, NAMES + 1):
        name = base if number == 1 else f"{base}{number}"
        if User.objects.filter(username__iexact=name).exists():
            continue
        try:
            with transaction.atomic():
                user = User(username=name, email=str(told.get("email") or "")[:254])
                user.first_name = str(told.get("given_name") or told.get("name") or "")[:150]
                user.last_name = str(told.get("family_name") or "")[:150]
                user.set_unusable_password()
                user.save()
                OutsideIdentity.objects.create(user=user, issuer=told["iss"], subject=told["sub"])
        except IntegrityError:
            # Two browsers at once: the other one made it, or took the name.
            known = OutsideIdentity.objects.filter(issuer=told["iss"], subject=told["sub"]).first()
            if known is not None:
                return known.user
            continue
        return user
    raise ApiError("no_name_left", "Too many people here are called that. Ask an administrator for an account.")

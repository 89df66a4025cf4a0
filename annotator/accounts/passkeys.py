"""Passkeys as the second step (WebAuthn level 2), checked by the fido2 library: a key in a device, a password manager
or a stick signs what it is asked, and only for the address at which it was made.

`site` is the host name that a key is bound to, `origin` the page's address up to the port, as the browser states both.
What the browser answers is the JSON of its `PublicKeyCredential.toJSON()`.
"""

from __future__ import annotations

import ipaddress
import json
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from annotator.accounts import second_step
from annotator.accounts.models import Passkey, User
from annotator.lib.errors import ApiError

NAME = "Maskwright"
MOST = 20
"""Passkeys of one person."""
LONGEST = 30_000
"""Characters of what a browser answers; a real answer has one to three thousand."""
LONGEST_ID = 1023
"""Bytes of a credential's id, by the standard."""
MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)
"""What the parsing of an answer raises that is none."""
NO_NAME = (
    "Passkeys belong to a name, and this address is a number. Open Maskwright by its name (on this machine: localhost "
    "in place of 127.0.0.1) to make or use one."
)
REFUSED = "This passkey was not taken: it answered something else than it was asked. Load the page again and try again."


def trouble(site: str) -> str:
    """Say why passkeys cannot work at this host name; "" when they can."""
    try:
        ipaddress.ip_address(site.strip("[]"))
    except ValueError:
        return ""
    return NO_NAME


def of(user: User, site: str | None = None) -> list[Passkey]:
    """Return a person's passkeys, those of this host name or all, the oldest first."""
    rows = Passkey.objects.filter(user=user).order_by("created", "pk")
    return list(rows if site is None else rows.filter(site=site))


def offer(user: User, site: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the browser makes a passkey of, and what `add` has to be told afterwards. Raises ApiError when the
    person has as many as there may be."""
    if Passkey.objects.filter(user=user).count() >= MOST:
        raise ApiError("too_many_passkeys", f"You have {MOST} passkeys; remove one that you do not use any more.")
    person = PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.username, display_name=user.name)
    options, state = _server(site, "").register_begin(
        person, _described(of(user, site)), resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.DISCOURAGED,
    )  # fmt: skip
    return dict(options), state


def add(user: User, site: str, origin: str, state: dict[str, Any], answer: str, name: str) -> list[str]:
    """Keep a passkey that the browser made; returns recovery codes, which are never shown again, when it is the
    person's first second step, else nothing. Raises ApiError for an answer to something else or a known key."""
    if Passkey.objects.filter(user=user).count() >= MOST:
        raise ApiError("too_many_passkeys", f"You have {MOST} passkeys; remove one that you do not use any more.")
    try:
        told = _parsed(answer)
        data = _server(site, origin).register_complete(state, RegistrationResponse.from_dict(told))
        known = data.credential_data
        # Where the browser looks for the key; what is not known today is left out.
        transports = [one.value for one in AuthenticatorTransport if one in told["response"].get("transports", [])]
    except MALFORMED as error:
        raise ApiError("passkey_refused", REFUSED) from error
    if known is None or len(known.credential_id) > LONGEST_ID:
        raise ApiError("passkey_refused", REFUSED)
    try:
        with transaction.atomic():
            first = not second_step.is_on(user)
            Passkey.objects.create(
                user=user, site=site, name=_called(name), credential=websafe_encode(known.credential_id),
                key=websafe_encode(bytes(known)), counter=data.counter, transports=transports,
            )  # fmt: skip
            return second_step.new_codes(user) if first else []
    except IntegrityError as error:
        raise ApiError("passkey_known", "This passkey is here already.", status=409) from error


def ask(user: User, site: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return what the browser has a passkey sign, and what `check` has to be told afterwards; None when the person has
    none for this host name."""
    if not (rows := of(user, site)):
        return None
    options, state = _server(site, "").authenticate_begin(
        _described(rows), user_verification=UserVerificationRequirement.DISCOURAGED
    )
    return dict(options), state


def check(user: User, site: str, origin: str, state: dict[str, Any], answer: str) -> bool:
    """Tell whether a passkey of this person signed what it was asked. A counter that did not grow is refused: the key
    was copied. (Keys that are in several places on purpose count nothing.)"""
    rows = {row.credential: row for row in of(user, site)}
    try:
        signed = AuthenticationResponse.from_dict(_parsed(answer))
        known = [AttestedCredentialData(websafe_decode(row.key)) for row in rows.values()]
        used = _server(site, origin).authenticate_complete(state, known, signed)
    except MALFORMED:
        return False
    counter = signed.response.authenticator_data.counter
    grown = Q(counter__lt=counter) if counter else Q(counter=0)
    # By an UPDATE: of two requests with one answer, one is let in.
    row = Passkey.objects.filter(grown, pk=rows[websafe_encode(used.credential_id)].pk)
    return row.update(counter=counter, last_used=timezone.now()) == 1


def rename(user: User, key: str, name: str) -> None:
    """Give a passkey of this person another name."""
    _one(user, key).update(name=_called(name))


def remove(user: User, key: str) -> bool:
    """Remove a passkey; with the last second step the recovery codes go, too. False when it is none of theirs."""
    with transaction.atomic():
        gone = _one(user, key).delete()[0] > 0
        if gone and not second_step.is_on(user):
            second_step.turn_off(user)
    return gone


def _one(user: User, key: str) -> QuerySet[Passkey]:
    try:
        return Passkey.objects.filter(user=user, pk=uuid.UUID(key))
    except ValueError:
        return Passkey.objects.none()


def _server(site: str, origin: str) -> Fido2Server:
    relying = PublicKeyCredentialRpEntity(id=site, name=NAME)
    return Fido2Server(relying, verify_origin=lambda stated: bool(origin) and stated == origin)


def _described(rows: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            type=PublicKeyCredentialType.PUBLIC_KEY, id=websafe_decode(row.credential),
            transports=[AuthenticatorTransport(one) for one in row.transports] or None,
        )
        for row in rows
    ]  # fmt: skip


def _parsed(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST:
        raise ValueError
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise TypeError
    return found


def _called(name: str) -> str:
    return " ".join(name.replace("\x00", "").split())[:60] or "Passkey"

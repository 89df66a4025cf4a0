"""What a page has a browser's passkeys do: what it asks stands in the session until the answer comes, once."""

from __future__ import annotations

import json
import time
from typing import Any

from django.http import HttpRequest

from annotator.accounts import passkeys
from annotator.accounts.models import Passkey, User
from annotator.lib.errors import ApiError

ASKED = "passkey_asked"
SECONDS = 10 * 60
LATE = "That took too long, or the page was open twice. Try once more."


def site(request: HttpRequest) -> str:
    """Return the host name that passkeys made here belong to."""
    return request.get_host().rsplit(":", 1)[0] if not request.get_host().endswith("]") else request.get_host()


def wanted(request: HttpRequest, user: User) -> str:
    """Return, as JSON, what one of this person's passkeys is to sign; "" when they have none for this address."""
    asked = passkeys.ask(user, site(request))
    return _remember(request, "sign", *asked) if asked else ""


def offered(request: HttpRequest, user: User) -> str:
    """Return, as JSON, what the browser makes a passkey of; "" when none can be made at this address or of so many."""
    if passkeys.trouble(site(request)):
        return ""
    try:
        return _remember(request, "make", *passkeys.offer(user, site(request)))
    except ApiError:
        return ""


def shown(request: HttpRequest, user: User) -> str:
    """Tell whether the form brings what one of this person's passkeys signed just now: "passkey" or ""."""
    answer, state = request.POST.get("credential", ""), _asked(request, "sign")
    if not answer or state is None:
        return ""
    return "passkey" if passkeys.check(user, site(request), _origin(request), state, answer) else ""


def made(request: HttpRequest, user: User) -> list[str]:
    """Keep the passkey that the form brings; returns recovery codes when it is the first second step. Raises ApiError
    when it does not fit."""
    state = _asked(request, "make")
    if state is None:
        raise ApiError("passkey_late", LATE)
    name, answer = request.POST.get("name", ""), request.POST.get("credential", "")
    return passkeys.add(user, site(request), _origin(request), state, answer, name)


def listed(request: HttpRequest, user: User) -> list[Passkey]:
    """Return all of a person's passkeys; those made at another address say so by `elsewhere`."""
    rows = passkeys.of(user)
    for row in rows:
        row.__dict__["elsewhere"] = row.site != site(request)
    return rows


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _remember(request: HttpRequest, what: str, options: dict[str, Any], state: dict[str, Any]) -> str:
    request.session[ASKED] = {"for": what, "state": state, "at": int(time.time())}
    return json.dumps(options["publicKey"])


def _asked(request: HttpRequest, what: str) -> dict[str, Any] | None:
    asked = request.session.pop(ASKED, {})
    fresh = asked.get("for") == what and time.time() - asked["at"] < SECONDS
    return asked["state"] if fresh else None

"""Where a drawn request goes: the things that the permission table prepares for its address, and who sends it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.annotator.contract import template_of
from tests.annotator.hostile.drawn import Sent
from tests.annotator.permissions.test_table import ROWS, SOME_ID, filled, person, things
from tests.annotator.world import World, client_of, make_user, undone

WHO = ("owner", "manager", "reviewer", "annotator", "viewer", "stranger", "nobody")
"""The owner is an administrator, too."""


class _AnyId(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return SOME_ID


class Place:
    """An address with everything that is needed for it to answer."""

    def __init__(self, world: World, method: str, address: str) -> None:
        make_user("Zoe")
        row = next(one for one in ROWS if (one.method, _template(one.url)) == (method, address))
        self.people = {who: person(world, who) for who in WHO}
        owner = self.people["owner"]
        assert owner is not None
        owner.is_staff = True
        owner.save()
        self.names = things(world) | (row.prepare(world) if row.prepare else {})
        self.path = urlsplit(row.url.format(**self.names)).path
        body = row.body(world) if callable(row.body) else row.body
        self.right: Any = None if row.form else filled(body, self.names)
        """A body that is taken here; None where there is none, or a form."""

    def deliver(self, who: str, one: Sent) -> int:
        """Send it and take back what it did; returns the status. Raises AssertionError for a fault of the server, and
        for an answer that is not as described."""
        user = self.people[who]
        with undone():
            client = client_of(user)
            if user is not None:
                client.force_login(user)
            headers: dict[str, Any] = {
                f"HTTP_{key.upper().replace('-', '_')}": value for key, value in one.headers.items()
            }
            answer = client.generic(
                one.method, one.path, one.body, content_type=one.kind, QUERY_STRING=one.query, **headers
            )
            for close in getattr(answer, "_resource_closers", []):
                close()
        assert answer.status_code < 500, (who, one, answer.content)
        return int(answer.status_code)


def _template(url: str) -> str:
    return template_of(urlsplit(url).path.format_map(_AnyId()))

"""Every route × everybody. A route that has no row here fails the suite: nothing can forget its permission check."""

from __future__ import annotations

import importlib
import string
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.lib.files import _FILE_POLICY
from annotator.lib.headers import HEADERS
from tests.annotator.permissions.row import EVERYBODY, MEMBERS, Row
from tests.annotator.world import World, client_of, make_member, make_user, undone

# Open to people who have not signed in: that is what they are for.
PUBLIC = {
    "healthz", "readyz", "signin/", "signin/link/<str:secret>/", "signin/code/", "signin/sso/", "signin/sso/back/",
    "signout/", "signup/", "join/<str:secret>/", "password/", "password/<str:secret>/",
}  # fmt: skip
POLICY = "Content-Security-Policy"
METHODS = ("get", "post", "put", "patch", "delete")
HERE = Path(__file__).parent

ROWS: list[Row] = [
    row
    for path in sorted(HERE.glob("rows_*.py"))
    for row in importlib.import_module(f"tests.annotator.permissions.{path.stem}").ROWS
]
SOME_ID = "00000000-0000-4000-8000-000000000000"


def things(world: World) -> dict[str, str]:
    return {
        "project": str(world.project.pk),
        "image": str(world.image.pk),
        "label": str(world.label.pk),
        "model": str(world.model.pk),
    }


def person(world: World, who: str) -> User | None:
    if who in ("nobody", "stranger"):
        return world.charlie if who == "stranger" else None
    user = make_user(who.title())
    make_member(world.project, user, Role(who))
    return user


def filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return value.format(**names) if "{" in value else value
    if isinstance(value, dict):
        return {key: filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, names) for item in value]
    return value


def send(world: World, row: Row, who: str) -> int:
    make_user("Zoe")
    names = things(world) | (row.prepare(world) if row.prepare else {})
    body = row.body(world) if callable(row.body) else row.body
    client = client_of(person(world, who))
    if who != "nobody":
        client.force_login(vars(client.handler)["_force_user"])
    call = getattr(client, row.method)
    kwargs = {"format": "multipart" if row.form else "json"} if body is not None else {}
    response = call(row.url.format(**names), filled(body, names), **kwargs)
    told = {name: response.headers.get(name) for name in HEADERS}
    # A stored file is nothing that runs: its policy is stricter still.
    assert told == HEADERS | ({POLICY: _FILE_POLICY} if told[POLICY] == _FILE_POLICY else {})
    for close in getattr(response, "_resource_closers", []):
        close()
    return int(response.status_code)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.url}")
def test_who_may(world: World, row: Row) -> None:
    answered = {}
    for who in EVERYBODY:
        with undone():
            answered[who] = send(world, row, who)
        world.refresh()
    assert answered == {who: row.expected(who) for who in EVERYBODY}


ADMIN_ROWS = [row for row in ROWS if row.least == "admin"]


@pytest.mark.parametrize("row", ADMIN_ROWS, ids=lambda row: f"{row.method} {row.url}")
def test_an_administrator_may(world: World, row: Row) -> None:
    world.charlie.is_staff = True
    world.charlie.save()
    assert send(world, row, "stranger") < 400


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def offered(view: Any) -> list[str]:
    """The methods of a class; a plain function counts as a page that is looked at."""
    cls = getattr(view, "cls", None)
    return [method for method in METHODS if hasattr(cls, method)] if cls else ["get"]


def test_every_route_has_a_row() -> None:
    names = dict.fromkeys(_placeholders(), SOME_ID)
    covered = {(resolve(row.url.format(**names).split("?")[0]).route, row.method) for row in ROWS}
    wanted = {
        (route, method)
        for route, view in routes(get_resolver().url_patterns)
        if route not in PUBLIC
        for method in offered(view)
    }
    assert sorted(wanted - covered) == [], "These routes need a row in tests/annotator/permissions/rows_*.py"


def _placeholders() -> set[str]:
    return {name for row in ROWS for _, name, _, _ in string.Formatter().parse(row.url) if name}


def test_the_roles_stand_in_the_order_of_their_rights() -> None:
    from annotator.accounts.access import RIGHTS

    in_order = [RIGHTS[Role(name)] for name in MEMBERS]
    assert all(lower <= higher for lower, higher in pairwise(in_order))

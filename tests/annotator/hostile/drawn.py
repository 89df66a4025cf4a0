"""Requests that schemathesis draws from the committed description, aimed at things that are there.

What it draws by itself rarely gets past the door: an id drawn at random names nothing, and a body of which every part
is odd is refused at its first part. So ids name what is there, and many requests spoil only parts of a body that would
be taken.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import requests
import schemathesis
import yaml
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from tests.annotator.contract import COMMITTED, JSON

BASE = "http://testserver"
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
STRANGE: list[Any] = [
    None, True, 0, -1, 2**31, 2**63, 10**400, 1e308, -0.5, "", "\x00", "\ud800", "x" * 5000, [], {}, [[]], [None],
    {"": None}, "9" * 400, "1e999", "\u0661", "../..", "0001-01-01", "9999-12-31T23:59:59Z", [{"a": [1]}] * 3,
]  # fmt: skip
"""Put in the place of any part of a right body."""


@dataclass(frozen=True)
class Sent:
    """What goes over the wire; `path` with its leading slash, `query` without its question mark."""

    method: str
    path: str
    query: str
    body: bytes
    kind: str
    headers: dict[str, str]


@cache
def description() -> Any:
    """Return the committed description as schemathesis reads it."""
    return schemathesis.openapi.from_dict(yaml.safe_load(COMMITTED.read_text()))


def operations() -> list[tuple[str, str]]:
    """Return each described operation: its method in small letters, and its address."""
    paths = yaml.safe_load(COMMITTED.read_text())["paths"]
    return [(method, address) for address, methods in paths.items() for method in methods]


def at_the_limits(method: str, address: str) -> Iterator[Case]:
    """Go through the cases at each limit of the description and beyond it; always the same ones."""
    schema = description()
    operation = schema[address][method.upper()]
    generation = schema.config.generation_for(operation=operation, phase="coverage")
    yield from schema.iter_coverage_cases(operation, generation_modes=MODES, generation_config=generation)


def at_random(method: str, address: str) -> st.SearchStrategy[Case]:
    """Draw cases that the description allows, and cases that it does not."""
    operation = description()[address][method.upper()]
    return st.one_of([operation.as_strategy(generation_mode=mode) for mode in MODES])


def as_sent(case: Case) -> Sent | None:
    """Return a case as it goes over the wire; None for what no client can send."""
    kwargs = case.as_transport_kwargs(base_url=BASE)
    kwargs.pop("timeout", None)
    try:
        whole = requests.Request(**kwargs).prepare()
    except (ValueError, requests.RequestException):  # among them text that has no UTF-8
        return None
    path, _, query = str(whole.url).removeprefix(BASE).partition("?")
    body = whole.body or b""
    headers = {str(key): str(value) for key, value in whole.headers.items()}
    kind = headers.pop("Content-Type", JSON)
    for name in ("Content-Length", "Accept-Encoding"):  # the latter is of the library, not of the case
        headers.pop(name, None)
    return Sent(case.method, path, query, body.encode() if isinstance(body, str) else bytes(body), kind, headers)


def mended(one: Sent, right: Any, known: list[str], chance: random.Random) -> Sent:
    """Return the request with a body that is `right` but for some parts of the drawn one; ids name what is there."""
    try:
        drawn = _named(json.loads(one.body or b"null"), known, chance)
    except ValueError:
        return one
    if isinstance(right, dict) and isinstance(drawn, dict) and drawn and chance.random() < 0.7:
        taken = chance.sample(list(drawn), chance.randint(1, min(3, len(drawn))))
        drawn = right | {key: drawn[key] for key in taken}
    elif right is not None:
        drawn = _spoilt(right, chance)
    return replace(one, body=json.dumps(drawn).encode(), kind=JSON)


def _named(value: Any, known: list[str], chance: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: _named(item, known, chance) for key, item in value.items()}
    if isinstance(value, list):
        return [_named(item, known, chance) for item in value]
    return chance.choice(known) if isinstance(value, str) and _is_id(value) and chance.random() < 0.8 else value


def _is_id(value: str) -> bool:
    try:
        return bool(uuid.UUID(value))
    except ValueError:
        return False


def _spoilt(value: Any, chance: random.Random) -> Any:
    """Return a copy in which one part, at any depth, is strange."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        return value | {key: _spoilt(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.7:
        at = chance.randrange(len(value))
        return [*value[:at], _spoilt(value[at], chance), *value[at + 1 :]]
    return chance.choice(STRANGE)

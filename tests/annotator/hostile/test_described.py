"""Whatever the description allows, and whatever it does not: never a fault of the server, each answer as described.

`MASKWRIGHT_HOSTILE` says how many requests are drawn for each operation, beside all those at the limits of its
description; without it they are few, and the same each time. `make test ARGS="-k hostile"` is the way to say it.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case

from tests.annotator.contract import JSON
from tests.annotator.hostile.drawn import Sent, as_sent, at_random, at_the_limits, mended, operations
from tests.annotator.hostile.place import WHO, Place
from tests.annotator.world import World

LONG = os.environ.get("MASKWRIGHT_HOSTILE")
DRAWN = int(LONG or 2)
AT_LIMITS = 6
"""Without MASKWRIGHT_HOSTILE, of each operation."""
ALL = operations()


@pytest.mark.parametrize(("method", "address"), ALL, ids=[f"{method} {address}" for method, address in ALL])
def test_no_request_is_a_fault(world: World, method: str, address: str) -> None:
    place = Place(world, method, address)
    limits = list(at_the_limits(method, address))
    if not LONG:
        limits = random.Random(address).sample(limits, min(AT_LIMITS, len(limits)))
    for case in limits:
        if (one := as_sent(case)) is not None:
            place.deliver("owner", replace(one, path=place.path))

    @settings(max_examples=DRAWN, derandomize=not LONG, database=None, suppress_health_check=list(HealthCheck))
    @given(case=at_random(method, address), who=st.sampled_from(WHO), chance=st.randoms(use_true_random=False))
    def drawn(case: Case, who: str, chance: random.Random) -> None:
        if (one := as_sent(case)) is None:
            return
        if chance.random() < 0.9:
            one = replace(one, path=place.path)
        if chance.random() < 0.7:
            one = mended(one, place.right, list(place.names.values()), chance)
        place.deliver(who, one)

    drawn()


def test_a_fault_would_be_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("annotator.projects.services.add_label", fails)
    place = Place(world, "post", "/api/v1/projects/{project_id}/labels/")
    one = Sent("POST", place.path, "", b'{"name": "x"}', JSON, {})
    assert place.deliver("viewer", one) == 403
    with pytest.raises(AssertionError, match="server_error"):
        place.deliver("owner", one)

"""A page's address that was not given out is refused with a sentence, on every list there is."""

from __future__ import annotations

from base64 import b64encode
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from annotator.datasets.models import Comparison, Snapshot
from annotator.webhooks.models import Webhook
from tests.annotator.contract import COMMITTED
from tests.annotator.world import World, make_image

# These have few rows and answer all of them at once, or come in windows that are asked for by number.
WHOLE = {
    "/api/v1/tokens/", "/api/v1/projects/{project_id}/labels/", "/api/v1/projects/{project_id}/members/",
    "/api/v1/work/", "/api/v1/projects/{project_id}/jobs/",
    "/api/v1/projects/{project_id}/images/index/", "/api/v1/jobs/{job_id}/images/",
    "/api/v1/projects/{project_id}/tags/", "/api/v1/projects/{project_id}/filters/",
}  # fmt: skip


def lists() -> list[str]:
    """Addresses whose GET is described as a page."""
    found = []
    for address, methods in yaml.safe_load(COMMITTED.read_text())["paths"].items():
        answers = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if answers.get("application/json", {}).get("schema", {}).get("$ref", "").endswith("Page"):
            found.append(address)
    return found


def cursor(**parts: str) -> str:
    return b64encode(urlencode(parts).encode()).decode()


MALFORMED = [
    "nonsense", "%00", "\udcff", "é", "a" * 5000, cursor(p="\x00"), cursor(o="-1"), cursor(o="x"),
]  # fmt: skip
# No places in a list by time; in one by name any text is a place, in one by number a number.
NO_TIMES = [
    cursor(p="yesterday"), cursor(p="2026-01-01"), cursor(p="2026-01-01 00:00:00"),
    cursor(p="0001-01-01 00:00:00+14:00"), cursor(p="9999-12-31 23:59:59-14:00"), cursor(r="1", p="'; --"),
    cursor(p="1", o="9" * 400),
]  # fmt: skip
NO_NUMBERS = NO_TIMES[:-1]
BY_NUMBER = {"/api/v1/projects/{project_id}/agreement/images/"}
BY_NAME = {
    "/api/v1/projects/{project_id}/images/", "/api/v1/comparisons/{comparison_id}/images/",
    "/api/v1/projects/{project_id}/privacy/images/",
}  # fmt: skip


def test_there_are_lists() -> None:
    assert len(lists()) >= 8
    assert set(lists()) >= WHOLE


@pytest.mark.parametrize("address", sorted(set(lists()) - WHOLE))
def test_each_list_refuses_each_malformed_cursor(world: World, address: str) -> None:
    world.alice.is_staff = True
    hook = Webhook.objects.create(project=world.project, url="https://example.org/hook")
    before, after = (
        Snapshot.objects.create(project=world.project, sha256=sha, bytes=1, images=0, annotations=0) for sha in "ab"
    )
    compared = Comparison.objects.create(project=world.project, before=before, after=after)
    path = address.format(project_id=world.project.pk, webhook_id=hook.pk, comparison_id=compared.pk)
    others = [] if address in BY_NAME else NO_NUMBERS if address in BY_NUMBER else NO_TIMES
    for wrong in MALFORMED + others:
        answer = world.as_alice.get(f"{path}?{urlencode({'cursor': wrong}, errors='surrogatepass')}")
        assert (answer.status_code, answer.json().get("code")) == (400, "bad_cursor"), wrong


@pytest.fixture
def paged(world: World) -> SimpleNamespace:
    """Three images, a page of two, and the address of the next."""
    for name in ("b.png", "c.png"):
        make_image(world.project, name)
    path = f"/api/v1/projects/{world.project.pk}/images/"
    first = world.as_alice.get(f"{path}?limit=2").json()
    return SimpleNamespace(client=world.as_alice, path=path, first=first)


def test_the_addresses_that_are_given_out_lead_there_and_back(paged: SimpleNamespace) -> None:
    second = paged.client.get(paged.first["next"]).json()
    assert [row["name"] for row in second["results"]] == ["cat.png"]
    assert paged.client.get(second["previous"]).json()["results"] == paged.first["results"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.one_of(st.text(), st.datetimes().map(str), st.datetimes(timezones=st.timezones()).map(str)))
@example("0001-01-01 00:00:00+00:00")
def test_no_position_is_an_error_inside(paged: SimpleNamespace, position: str) -> None:
    address = f"{paged.path}?{urlencode({'cursor': cursor(p=position.encode(errors='replace').decode())})}"
    assert paged.client.get(address).status_code in (200, 400)

"""What nobody types into an address is answered with a sentence, never with an error inside. Run on PostgreSQL too,
which refuses characters that SQLite takes."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import yaml
from django.test import Client

from annotator.imports.models import Import
from annotator.jobs.models import Job, JobImage
from tests.annotator.contract import COMMITTED
from tests.annotator.world import World

ODD = ["\x00", "a\x00b", "\ufffe", "\\", "%", "_", "'", "-1", "9" * 400, "NaN", "1e999", "x" * 3000, "١", " "]
"""The last but one is a digit elsewhere."""


def asked() -> list[tuple[str, str]]:
    """Every address that reads, and each name its description knows in the query."""
    found = []
    for address, methods in yaml.safe_load(COMMITTED.read_text())["paths"].items():
        parameters = methods.get("get", {}).get("parameters", [])
        found += [(address, one["name"]) for one in parameters if one["in"] == "query"]
    return found


def test_addresses_with_queries_are_known() -> None:
    assert {name for _, name in asked()} >= {"search", "state", "since", "kind", "seed"}


@pytest.mark.parametrize(("address", "name"), asked())
def test_an_odd_value_in_the_api_s_query(world: World, address: str, name: str) -> None:
    world.alice.is_staff = True  # some answer administrators only
    job = Job.objects.create(project=world.project, number=1)
    JobImage.objects.create(job=job, image=world.image)
    brought = Import.objects.create(project=world.project, name="pets.zip", source="upload")
    path = address.format(
        project_id=world.project.pk, image_id=world.image.pk, job_id=job.pk, import_id=brought.pk
    )  # fmt: skip
    for value in ODD:
        assert world.as_alice.get(f"{path}?{urlencode({name: value})}").status_code in (200, 400, 404), value


@pytest.mark.parametrize("name", ["search", "state", "show", "next", "example"])
def test_an_odd_value_in_a_page_s_query(world: World, client: Client, name: str) -> None:
    client.force_login(world.alice)
    pages = [
        f"/projects/{world.project.pk}/{page}"
        for page in ("", "automatic/", "evaluations/", "exports/", "report/", "settings/")
    ]
    for page in ["/", "/signin/", *pages]:
        for value in ODD:
            assert client.get(f"{page}?{urlencode({name: value})}").status_code in (200, 302), (page, value)

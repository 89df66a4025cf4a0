"""A data set in a bucket that an administrator opened: what is there is seen first, then it is fetched and imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.app import App, enter
from tests.e2e.axe import AXE, violations
from tests.e2e.test_imports import data_set, shot

pytestmark = pytest.mark.slow

KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}


@pytest.fixture
def bucket_url(tmp_path: Path) -> Iterator[str]:
    """A bucket "open" with a data set below `sets/harbour`, and one file beside what is opened."""
    boto3 = pytest.importorskip("boto3")
    pytest.importorskip("flask")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", **KEYS)
    client.create_bucket(Bucket="open")
    client.put_object(Bucket="open", Key="sets/harbour/harbour.zip", Body=data_set(tmp_path).read_bytes())
    client.put_object(Bucket="open", Key="secret/harbour.zip", Body=b"not for imports")
    yield f"http://{host}:{port}"
    server.stop()


def test_a_place_in_a_bucket_is_seen_fetched_and_imported(
    start_app: Callable[..., App], open_context: Callable[[], BrowserContext], bucket_url: str
) -> None:
    app = start_app(
        MASKWRIGHT_IMPORT_S3="s3://open/sets", MASKWRIGHT_IMPORT_S3_ENDPOINT=bucket_url,
        MASKWRIGHT_IMPORT_S3_KEY_ID="key", MASKWRIGHT_IMPORT_S3_SECRET="secret",
    )  # fmt: skip
    page: Page = open_context().new_page()
    enter(page, app.signin_link())
    page.get_by_role("button", name="New project").first.click()
    page.get_by_label("Name", exact=True).fill("Harbour")
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_url("**/projects/*/")
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_role("group", name="Where it is").get_by_role("button", name="Bucket").click()
    place = page.get_by_label("A place in a bucket")
    expect(page.get_by_text("Open here: s3://open/sets.")).to_be_visible()
    place.fill("s3://open/secret")
    page.get_by_role("button", name="See what is there").click()
    expect(page.get_by_text("This is no place in a bucket that this server imports from.")).to_be_visible()
    shot(page, "bucket-refused")
    place.fill("s3://open/sets/harbour")
    page.get_by_role("button", name="See what is there").click()
    card = page.get_by_role("article")
    expect(card.get_by_text("Ready to fetch")).to_be_visible()
    expect(card.locator(".count", has_text="file listed").locator("strong")).to_have_text("1")
    shot(page, "bucket-listed")
    if AXE.is_file():
        assert violations(page) == []
    card.get_by_role("button", name="Fetch 1 file").click()
    expect(card.get_by_text("Ready to import")).to_be_visible()
    expect(card.locator(".count", has_text="new images").locator("strong")).to_have_text("2")
    card.get_by_role("button", name="Start import").click()
    expect(card.get_by_text("Imported", exact=True)).to_be_visible()

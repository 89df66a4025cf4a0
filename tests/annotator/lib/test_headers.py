"""Headers of pages, API answers and static files; media types that module scripts and wasm need."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings
from whitenoise.middleware import WhiteNoiseMiddleware

from annotator.lib.headers import HEADERS
from annotator.lib.staticfiles import HashedModules
from tests.annotator.world import World

pytestmark = pytest.mark.any_database

REPO = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("address", ["/healthz", "/api/v1/me/", "/no/such/page", "/static/css/tokens.css"])
def test_every_answer_isolates_the_page(db: None, address: str) -> None:
    response = Client().get(address)
    assert {name: response[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("address", ["/signin/?next=/join/abc/", "/signin/link/abc/", "/join/abc/", "/password/abc/"])
def test_an_address_with_a_secret_is_told_to_nothing_that_its_page_loads(db: None, address: str) -> None:
    assert Client().get(address)["Referrer-Policy"] == "strict-origin"


def test_scripts_may_not_be_inline_and_wasm_may_be_compiled() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy


@pytest.mark.parametrize(
    ("name", "media"),
    [("a.mjs", "text/javascript"), ("a.js", "text/javascript"), ("a.wasm", "application/wasm"), ("a.css", "text/css")],
)
def test_static_files_have_the_types_browsers_insist_on(name: str, media: str) -> None:
    served = WhiteNoiseMiddleware(lambda request: None)
    assert served.media_types.get_type(name).split(";")[0] == media


def test_static_scripts_are_served_from_their_source_folders() -> None:
    script = next((REPO / "static" / "app").rglob("*.js"))
    address = f"/static/app/{script.relative_to(REPO / 'static' / 'app')}"
    response = Client().get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/javascript")


@pytest.mark.slow
def test_hashed_static_files_can_be_collected(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "annotator.lib.staticfiles.HashedModules"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "static" / "staticfiles.json").exists()


def test_files_get_their_hashed_names_in_whatever_order_they_are_found(tmp_path: Path) -> None:
    """A comment that says “export” lets two of Django's patterns find one import, whose new name is not there yet."""
    (tmp_path / "first.js").write_text("/** What export\n does. */\nimport { a } from './second.js';\na();\n")
    (tmp_path / "second.js").write_text("export const a = () => 1;\n")
    store = HashedModules(location=tmp_path, base_url="/static/")
    found = list(store.post_process({name: (store, name) for name in ("first.js", "second.js")}))
    assert [one for one in found if isinstance(one[2], Exception)] == []
    (first,), (second,) = tmp_path.glob("first.*.js"), tmp_path.glob("second.*.js")
    assert f"from './{second.name}';" in first.read_text() or f'from "./{second.name}";' in first.read_text()


def test_errors_are_json_under_api_and_a_page_elsewhere(world: World) -> None:
    missing = world.as_alice.get("/api/v1/nothing/")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    page = Client().get("/nothing/")
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_a_host_that_is_not_ours_is_refused_with_the_envelope(db: None) -> None:
    response = Client(headers={"host": "evil.example"}).get("/api/v1/me/")
    assert (response.status_code, response.json()["code"]) == (400, "bad_request")

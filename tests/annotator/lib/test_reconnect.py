"""After PostgreSQL restarted, no request pays for the connections that died with it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory

from annotator.accounts.models import User
from annotator.lib.env import env_database
from tests.annotator.world import client_of

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could restart.")


def get(cookie: str) -> tuple[int, bytes]:
    """Ask as a web server does, with what goes before and after each request (the test client leaves that out)."""
    said: list[int] = []

    def start(status: str, headers: Any, problem: Any = None) -> Any:
        said.append(int(status.split()[0]))

    environ = RequestFactory().get("/api/v1/me/").environ | {
        "wsgi.input": io.BytesIO(), "HTTP_COOKIE": f"sessionid={cookie}",
    }  # fmt: skip
    answer = WSGIHandler()(environ, start)
    body = b"".join(answer)
    answer.close()
    return said[0], body


@pytest.mark.django_db(transaction=True)
def test_the_next_request_after_a_restart_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    chosen = env_database("MASKWRIGHT_NO_SUCH_VARIABLE", Path("any.sqlite3"))
    for name in ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS"):
        monkeypatch.setitem(connection.settings_dict, name, chosen[name])
    user = User.objects.create_user("ann")
    client = client_of(user)
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    assert get(cookie)[0] == 200
    settings = connection.settings_dict
    for _ in range(3):
        pid = connection.connection.info.backend_pid
        with psycopg.connect(
            dbname=settings["NAME"], user=settings["USER"], password=settings["PASSWORD"], host=settings["HOST"],
            port=settings["PORT"], autocommit=True,
        ) as other:  # fmt: skip
            # Waits until the other end of our connection is gone.
            assert other.execute("SELECT pg_terminate_backend(%s, 10000)", [pid]).fetchone() == (True,)
        status, body = get(cookie)
        assert status == 200, body
        assert connection.connection.info.backend_pid != pid

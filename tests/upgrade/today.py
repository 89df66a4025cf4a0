"""`python -m tests.upgrade.today KEPT`: bring the installation in MASKWRIGHT_VAR up to date, and print as JSON what
today's API says of what `told.json` in KEPT tells of."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.upgrade.fill import PASSWORD, PEOPLE, told


def look(was: dict[str, Any]) -> dict[str, Any]:
    """Migrate and look."""
    from django.conf import settings
    from django.contrib.auth import authenticate
    from django.core.management import call_command
    from rest_framework.test import APIClient

    from annotator.accounts.models import User
    from annotator.inference.models import Embedding

    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    client = APIClient()
    client.force_authenticate(User.objects.get(username="ann"))
    found = told(client, was["project"]["id"], list(was["images"]))
    export = was["exports"][0]["id"]
    program = APIClient(headers={"Authorization": f"Token {was['key']}"})
    found["signed in"] = [name for name in PEOPLE if authenticate(None, username=name, password=PASSWORD)]
    found["by token"] = program.get("/api/v1/me/").json().get("username")
    found["archive"] = b"".join(client.get(f"/api/v1/exports/{export}/download/"))[:2].decode()
    found["embeddings"] = sorted(_text(row.sha256) for row in Embedding.objects.all())
    made = client.get(f"/api/v1/images/{next(iter(was['images']))}/annotations/").json()["results"][0]
    changed = client.patch(f"/api/v1/annotations/{made['id']}/", {"revision": made["revision"], "clicks": 9}, "json")
    found["goes on"] = [changed.status_code, changed.json().get("clicks")]
    call_command("makemigrations", check=True, verbosity=0)
    call_command("verify", "--quick")
    return found


def _text(sha256: str) -> str:
    from annotator.lib import storage

    with storage.open_blob(sha256) as blob:
        return blob.read().decode()


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(look(json.loads((Path(sys.argv[1]) / "told.json").read_text()))))

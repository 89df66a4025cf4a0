"""`python -m tests.bench.trial`: search photos, judge what was found, print the numbers beside the paper's.

Everything goes through the API. The work lies in --var and is gone on with when the command is started again, so a slow
machine may do it in parts (--minutes).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[3]
PROJECT = "Trial"
CHUNK = 5
"""Images per run: an interrupted trial has lost at most one image's search."""


def main(arguments: list[str]) -> int:
    """Run it; 0 when everything was searched and judged."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.trial", description=__doc__)
    data = os.environ.get("MASKWRIGHT_DATA", REPO.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=Path(data))
    parser.add_argument("--var", type=Path, default=REPO / "bench" / "trial")
    parser.add_argument("--photos", type=int, default=50)
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop searching after this long")
    parser.add_argument("--partial", action="store_true", help="judge and report what was searched so far")
    options = parser.parse_args(arguments)
    options.var.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "MASKWRIGHT_VAR": str(options.var), "DJANGO_SETTINGS_MODULE": "annotator.settings",
        "DATABASE_URL": f"sqlite:///{options.var / 'maskwright.sqlite3'}", "MASKWRIGHT_RUN_LEASE_SECONDS": "600",
    }  # fmt: skip
    import django

    django.setup()
    from tests.bench.trial.server import Server

    server = Server.open(PROJECT)
    images = server.upload(options.data, options.photos)
    finished = server.work_until(time.monotonic() + 60 * options.minutes, images, options.preset, CHUNK)
    if not finished and not options.partial:
        print("Not everything is searched yet; start the same command again to go on.")
        return 1
    return _report(server, images, options.var)


def _report(server: Any, images: dict[str, Any], var: Path) -> int:
    from tests.bench.trial.judge import judge
    from tests.bench.trial.photos import OUTLINED
    from tests.bench.trial.table import shares, table

    kept = var / "judged.json"
    done: dict[str, dict[str, int]] = json.loads(kept.read_text()) if kept.exists() else {}
    searched = set(server.searched_images())
    for image, photo in images.items():
        if photo is not None and image in searched and image not in done:
            done[image] = dict(judge(server.api, image, photo))
            kept.write_text(json.dumps(done))
    verbs = sum((Counter(one) for one in done.values()), Counter[str]())
    sets = {image: photo.set for image, photo in images.items() if photo is not None}
    outlined = sum((Counter(one) for image, one in done.items() if sets.get(image) == OUTLINED), Counter[str]())
    report = server.api("get", f"projects/{server.project}/stages/")
    audit = server.api("get", f"projects/{server.project}/audit/?size=500")
    print(table(server.searched(), verbs, report, audit, len(done)))
    print(f"  on photos of {OUTLINED} alone: {shares(outlined)}")
    (var / "report.json").write_text(json.dumps({"report": report, "verbs": verbs}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

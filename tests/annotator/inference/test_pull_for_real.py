"""A pull from end to end: a broken transfer, the hash, the conversion, and a model that answers."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from annotator.inference import convert, library  # noqa: E402
from annotator.inference.lending import Purpose, borrow  # noqa: E402
from annotator.inference.models import ModelVersion  # noqa: E402
from sam_backend.build import build_random  # noqa: E402
from sam_backend.checkpoint_predictor import CheckpointPredictor  # noqa: E402
from sam_backend.registry import CHECKPOINTS, Checkpoint  # noqa: E402
from tests.sam_backend.modeling.tiny import VIT  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.slow]
# The command itself, which knows one more variant: the published ones take minutes and gigabytes.
CONVERT = """
import sys
from sam_backend.cli import main
from sam_backend.config import VARIANTS
from tests.sam_backend.modeling.tiny import VIT
VARIANTS["tiny"] = VIT
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint with random weights."""
    path = tmp_path_factory.mktemp("weights") / "tiny.pth"
    torch.save(build_random(VIT, seed=3).state_dict(), path)
    return path


@pytest.fixture
def site(weights: Path) -> Iterator[tuple[str, list[str]]]:
    """Publishes the checkpoint, and breaks off in the middle of the first transfer; the ranges that were asked for."""
    asked: list[str] = []
    data = weights.read_bytes()

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            asked.append(wanted)
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
            self.send_response(206 if wanted else 200)
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            self.wfile.write(data[start : len(data) // 2 if len(asked) == 1 else None])

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/tiny.pth", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def published(
    site: tuple[str, list[str]], weights: Path, db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> Checkpoint:
    """The registry has this checkpoint alone."""
    settings.MASKWRIGHT_VAR = tmp_path / "var"
    data = weights.read_bytes()
    one = replace(
        CHECKPOINTS[0], name="tiny", title="Tiny SAM", family="sam", url=site[0], bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    monkeypatch.setattr("sam_backend.registry.CHECKPOINTS", (one,))
    monkeypatch.setattr(library, "CHECKPOINTS", (one,))
    real = convert._command

    def command(*arguments: Any) -> list[str]:
        return [sys.executable, "-c", CONVERT, *real(*arguments)[3:]]

    monkeypatch.setattr(convert, "_command", command)
    return one


def test_a_pull_that_breaks_off_goes_on_and_becomes_a_model_that_answers_as_its_checkpoint(
    published: Checkpoint, site: tuple[str, list[str]]
) -> None:
    half = published.bytes // 2
    with pytest.raises(CommandError, match=f"after {half:,} of {published.bytes:,} bytes"):
        call_command("models", "pull", "tiny")
    assert not ModelVersion.objects.exists()
    call_command("models", "pull", "tiny")
    assert site[1] == ["", f"bytes={half}-"]
    version = ModelVersion.objects.get()
    assert (version.name, version.source_sha256) == ("Tiny SAM", published.sha256)
    rgb = np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8)
    original = CheckpointPredictor(build_random(VIT, seed=3))
    original.set_image(rgb)
    with borrow(version, Purpose.MEASURE) as predictor:
        predictor.set_image(rgb)
        ours = predictor.predict([[60, 40]], [1])
    wanted = original.predict([[60, 40]], [1])
    assert np.abs(ours.logits - wanted.logits).max() <= 1e-3 * np.abs(wanted.logits).max()


def test_a_file_that_is_another_one_is_thrown_away_before_anything_reads_it(
    published: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sam_backend.registry.CHECKPOINTS", (replace(published, sha256="0" * 64),))
    monkeypatch.setattr(convert, "_command", lambda *_: pytest.fail("it was converted"))
    for said in ("bytes", "sha256 is"):
        with pytest.raises(CommandError, match=said):
            call_command("models", "pull", "tiny")
    assert list(library.checkpoint_folder().iterdir()) == []

"""The process that trains, with a trainer in place of PyTorch."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.lib import storage
from annotator.tuning import child
from annotator.tuning.job import DECLARED, Folder, Job, Pictured
from sam_backend.tuning import TuneError, TuneProgress
from tests.annotator.tuning.material import report


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "job")
    beside = tmp_path / "cat.safetensors"
    beside.write_bytes(b"of the cat")
    blob = storage.put_bytes(b"of the dog")
    masks = [{"size": [4, 4], "counts": "04`0"}]
    examples = [Pictured("dog.png", "1", masks, blob=blob)]
    made.write(Job("/package", examples, [Pictured("cat.png", "cat", masks, file=str(beside))], {"seed": 7}, 1, []))
    return made


@pytest.fixture
def tuned(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], None]:
    return lambda tune: monkeypatch.setattr(child, "tune", tune)


def test_it_reads_embeddings_where_they_lie_and_leaves_the_report(
    folder: Folder, tuned: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    read: list[Any] = []

    def tune(parent: Path, examples: Any, out: Path, **others: Any) -> Any:
        read.extend([parent, examples[0].embedding(), others["fixed"][0].embedding(), others["options"].seed])
        assert examples[0].masks[0]["size"] == [4, 4]
        others["progress"](TuneProgress("train", 1, 2, 0.5, 9.0))
        return report()

    tuned(tune)
    assert child.main(str(folder.path)) == 0
    assert read == [Path("/package"), b"of the dog", b"of the cat", 7]
    assert json.loads(capsys.readouterr().out)["phase"] == "train"
    assert json.loads(folder.report.read_text())["better"] is True


def test_what_a_killed_one_wrote_without_telling_is_written_anew(folder: Folder, tuned: Callable[..., None]) -> None:
    folder.out.mkdir()
    (folder.out / "manifest.json").touch()
    there: list[bool] = []

    def tune(parent: Path, examples: Any, out: Path, **others: Any) -> Any:
        there.append(out.exists())
        return report()

    tuned(tune)
    assert child.main(str(folder.path)) == 0
    assert there == [False]


def test_what_a_person_can_mend_is_its_last_word(
    folder: Folder, tuned: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    def tune(*_: Any, **others: Any) -> Any:
        raise TuneError("The loss is not a number.")

    tuned(tune)
    assert child.main(str(folder.path)) == DECLARED
    assert capsys.readouterr().out == "The loss is not a number.\n"
    assert not folder.report.exists()


def test_it_ends_when_its_worker_is_gone(
    folder: Folder, tuned: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def tune(*_: Any, **others: Any) -> Any:
        monkeypatch.setattr(os, "getppid", lambda: 1)
        others["progress"](TuneProgress("train", 1, 2))
        raise AssertionError("it went on")

    tuned(tune)
    with pytest.raises(SystemExit):
        child.main(str(folder.path))
    assert not folder.report.exists()


def test_a_job_that_is_gone_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert child.main(str(tmp_path / "empty")) == DECLARED
    assert "ended meanwhile" in capsys.readouterr().out

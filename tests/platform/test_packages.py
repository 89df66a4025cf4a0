"""Installing: what happens without a network, without Node.js, and with a virtual environment that broke."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.launch import node, packages
from annotator.launch.console import Problem
from annotator.launch.places import ROOT, read_stamp

NOWHERE = "http://127.0.0.1:9/"
"""An index that refuses every connection: port 9 is `discard`, which nobody runs."""


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A virtual environment of the test's own, and an index that cannot be reached."""
    monkeypatch.setenv("MASKWRIGHT_VENV", str(tmp_path / "venv"))
    monkeypatch.setenv("MASKWRIGHT_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("PIP_INDEX_URL", NOWHERE)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    return tmp_path


def test_no_network_is_said_in_a_sentence_and_the_next_try_starts_over(fresh: Path) -> None:
    with pytest.raises(Problem, match=r"package index could not be reached to install the Python packages"):
        packages.install(["node"])
    assert (fresh / "venv" / "bin" / "python").exists()
    assert read_stamp(fresh / "venv" / "maskwright.json") == {}


def test_no_node_and_no_network_is_one_sentence(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(fresh))
    with pytest.raises(Problem, match=r"Node\.js 22 or newer is needed .* could not be reached"):
        node.node_environment()


def test_an_old_node_does_not_count(tmp_path: Path) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v20.20.2\n")
        (tmp_path / name).chmod(0o755)
    assert not node._usable({"PATH": str(tmp_path)})
    (tmp_path / "node").write_text("#!/bin/sh\necho v22.0.0\n")
    assert node._usable({"PATH": str(tmp_path)})


def test_a_broken_environment_is_made_anew(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    python = fresh / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/no/such/python")
    with pytest.raises(Problem):
        packages.install(["node"])
    assert "does not work any more; making it anew" in capsys.readouterr().out
    assert packages._works()


def test_the_pins_cover_every_requirement() -> None:
    pinned = {line.split("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines()}
    for group in ("runtime", "team", "torch", "node", "dev"):
        for requirement in packages.requirements([group]):
            name = requirement.replace("~", "=").replace(">", "=").split("=")[0].split("[")[0]
            assert name in pinned, f"{requirement} has no pin"


def test_the_pins_name_no_address_and_no_hash() -> None:
    text = (ROOT / "constraints.txt").read_text()
    assert "://" not in text
    assert "--hash" not in text


def test_running_needs_neither_torch_nor_a_server() -> None:
    wanted = " ".join(packages.requirements(["runtime"]))
    assert not [name for name in ("torch", "psycopg", "redis", "onnx>") if name in wanted]


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk filled up while installing"),
        ("npm error code ENOTFOUND", "could not be reached to install"),
        ("error: something else", "failed; the whole story is in"),
    ],
)
def test_an_installer_log_becomes_one_sentence(tmp_path: Path, log: str, sentence: str) -> None:
    (tmp_path / "install.log").write_text(log)
    said = packages.install_problem("the packages", tmp_path / "install.log")
    assert sentence in said
    assert "\n" not in said


def test_the_children_get_no_foreign_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert "PYTHONPATH" not in packages.clean_environment()

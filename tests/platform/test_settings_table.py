"""The administration page tells every setting as the code has it, and the files and commands that there are."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import get_commands

from annotator.launch import settings_table

ROOT = Path(__file__).resolve().parents[2]
PAGE = settings_table.PAGE.read_text()


def test_the_table_is_what_the_code_reads() -> None:
    assert settings_table.written(PAGE, settings_table.settings()) == PAGE, (
        "Run python -m annotator.launch.settings_table"
    )
    assert settings_table.unexplained(PAGE) == []


def test_no_setting_is_read_elsewhere() -> None:
    sources = [path for path in (ROOT / "annotator").rglob("*.py") if path.name != "env.py"]
    read = {name for path in sources for name in re.findall(r'\benv_\w+\(\s*"(\w+)"', path.read_text())}
    assert read == set(settings_table.settings())


def test_a_new_setting_has_to_be_explained_and_an_old_one_goes() -> None:
    page = settings_table.HEAD + "| `OLD` | `1` | what it was |\n| `KEPT` | `1` | what it is |\n\nMore.\n"
    written = settings_table.written(page, {"KEPT": "2", "NEW": "'x'"})
    assert written == settings_table.HEAD + "| `KEPT` | `2` | what it is |\n| `NEW` | `x` |  |\n\nMore.\n"
    assert settings_table.unexplained(written) == ["NEW"]


def test_what_the_page_says_to_run_and_to_read_is_there() -> None:
    known = set(get_commands()) | {"run"}
    for command in re.findall(r"(?m)(?:^|`|\bweb )maskwright ([a-z_]+)", PAGE):
        assert command in known, command
    for path in re.findall(r"`(deploy/[\w./*-]+)`|\bdeploy/[\w.]+\b", PAGE):
        assert not path or list(ROOT.glob(path)), path
    for path in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "deploy" / path).exists(), path
    elsewhere = {"MASKWRIGHT_QUEUES", "MASKWRIGHT_HOST", "MASKWRIGHT_EXTRAS"}  # compose.yaml, units and Caddy read them
    named = set(re.findall(r"\bMASKWRIGHT_[A-Z0-9_]+\b", PAGE)) - elsewhere
    assert named <= set(settings_table.settings())

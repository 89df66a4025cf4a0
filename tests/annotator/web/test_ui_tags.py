from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from annotator.web.templatetags.ui import icon, number, size

STATIC = Path(__file__).parents[3] / "static"


GROUPED = [(7, "7"), (1234, "1\u202f234"), (12345678, "12\u202f345\u202f678"), (None, "0")]


@pytest.mark.parametrize(("value", "written"), GROUPED)
def test_numbers_are_grouped_with_thin_spaces(value: Any, written: Any) -> None:
    assert number(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(3_400_000, "3.40 MB"), (34_000_000, "34.0 MB"), (1_234_000_000, "1\u202f234 MB"), (12, "0.01 MB")],
)
def test_sizes_are_in_megabytes_as_the_scripts_write_them(value: Any, written: Any) -> None:
    assert size(value) == written


def test_an_icon_is_hidden_from_screen_readers_and_escapes_its_name() -> None:
    assert 'aria-hidden="true"' in icon("x")
    assert "<script" not in icon('"><script>')


def test_every_icon_the_pages_name_is_in_the_list() -> None:
    listed = set(json.loads((STATIC / "icons.json").read_text()))
    templates = "".join(path.read_text() for path in (STATIC.parent / "templates").rglob("*.html"))
    scripts = "".join(path.read_text() for path in (STATIC / "app" / "pages").glob("*.js"))
    named = set(re.findall(r'{% icon "([a-z0-9-]+)"', templates)) | set(re.findall(r"icon\('([a-z0-9-]+)'", scripts))
    assert named <= listed

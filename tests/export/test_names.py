from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.archive import check_path
from export.names import safe_name, unique_names


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("photo.jpg", "photo.jpg"),
        ("größe 😀 名前.png", "größe 😀 名前.png"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\temp\\a.jpg", "C__temp_a.jpg"),
        ('say "hi"?.jpg', "say _hi__.jpg"),
        ("CON.jpg", "_CON.jpg"),
        (".hidden", "hidden"),
        ("", "file"),
        ("..", "file"),
        ("gpj.\u202eexe", "gpj._exe"),
        ("e\u0301.jpg", "é.jpg"),
    ],
)
def test_it_makes_a_name_safe(name, safe):
    assert safe_name(name) == safe


def test_it_numbers_names_that_meet():
    assert unique_names(["a.jpg", "A.JPG", "a.jpg", "b.jpg"]) == ["a.jpg", "A-2.JPG", "a-3.jpg", "b.jpg"]


@given(st.lists(st.text(max_size=300), max_size=8))
def test_its_names_are_always_unique_paths_of_one_part(names):
    result = unique_names(names)
    assert len({name.casefold() for name in result}) == len(names)
    for name in result:
        check_path(name)
        assert "/" not in name
        assert len(name.encode()) <= 255

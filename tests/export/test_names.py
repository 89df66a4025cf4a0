from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.archive import check_path
from export.names import safe_name, unique_names, unique_paths, unique_stems


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
def test_it_makes_a_name_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_it_numbers_names_that_meet() -> None:
    assert unique_names(["a.jpg", "A.JPG", "a.jpg", "b.jpg"]) == ["a.jpg", "A-2.JPG", "a-3.jpg", "b.jpg"]


@given(st.lists(st.text(max_size=300), max_size=8))
def test_its_names_are_always_unique_paths_of_one_part(names: list[Any]) -> None:
    result = unique_names(names)
    assert len({name.casefold() for name in result}) == len(names)
    for name in result:
        check_path(name)
        assert "/" not in name
        assert len(name.encode()) <= 255


PLACES = st.lists(
    st.tuples(st.sampled_from(["", "a", "A/b", "a.png", "../x", "c:/d", "CON"]), st.text(max_size=40)), max_size=12
)


@given(PLACES)
def test_paths_are_unique_safe_and_never_both_a_file_and_a_folder(places: Any) -> None:
    paths = unique_paths(places)
    folded = [path.casefold() for path in paths]
    assert len(set(folded)) == len(paths)
    for path in paths:
        check_path(path)
    folders = {str(parent) for path in folded for parent in PurePosixPath(path).parents}
    assert not folders & set(folded)


def test_names_that_meet_in_another_folder_stay_as_they_are() -> None:
    places = [("left", "0001.png"), ("right", "0001.png"), ("Left", "0001.PNG"), ("", "left"), ("", "0001.png")]
    assert unique_paths(places) == ["left/0001.png", "right/0001.png", "Left/0001-2.PNG", "left-2", "0001.png"]


def test_a_stem_loses_its_extension_and_is_numbered_where_two_would_meet() -> None:
    paths = ["photo1.jpg", "photo1.png", "a/photo1.jpg", "Photo1.webp", "v1.2.jpg", "set.png/x.jpg", "set.jpg"]
    assert unique_stems(paths) == ["photo1", "photo1-2", "a/photo1", "Photo1-3", "v1.2", "set.png/x", "set-2"]


@given(PLACES)
def test_files_made_of_stems_never_meet_each_other_or_a_folder(places: Any) -> None:
    stems = unique_stems(unique_paths(places))
    files = [f"{stem}.png".casefold() for stem in stems]
    assert len(set(files)) == len(places)
    assert not {str(parent) for file in files for parent in PurePosixPath(file).parents} & set(files)

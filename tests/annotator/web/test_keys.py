"""The help page shows every key that the editor's commands have, as its rail and palette do."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.test import Client

from annotator.web.keys import key_groups, parts_of
from tests.annotator.world import World


class Keys(HTMLParser):
    """What stands in the <kbd> of the page, and the words of its <dd>."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = ""
        self.pressed: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside = tag

    def handle_data(self, data: str) -> None:
        if self.inside == "kbd":
            self.pressed.append(data)
        elif self.inside == "dd":
            self.words.append(data)


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("S", ["S"]),
        ("+", ["+"]),
        ("-", ["-"]),
        ("Ctrl++", ["Ctrl", "+"]),
        ("Ctrl+-", ["Ctrl", "-"]),
        ("Ctrl+Shift+Z", ["Ctrl", "Shift", "Z"]),
        ("Delete", ["Del"]),
        ("Shift+ArrowUp", ["Shift", "↑"]),
    ],
)
def test_a_key_is_shown_as_the_keys_to_press(key: str, parts: list[str]) -> None:
    assert parts_of(key) == parts


def test_no_key_stands_twice() -> None:
    shown = ["+".join(keys) for group in key_groups() for key in group["keys"] for keys in key["keys"]]
    assert len(set(shown)) == len(shown)
    assert {"S", "Tab", "Ctrl+Z", "1…9", "\\", "?", "Space", "Y", "Shift+B"} <= set(shown)


@pytest.mark.django_db
def test_the_help_page_names_every_command_with_its_keys(world: World) -> None:
    client = Client()
    client.force_login(world.alice)
    page = Keys()
    page.feed(client.get("/help/").content.decode())
    for group in key_groups():
        for key in group["keys"]:
            assert key["text"] in page.words
            assert {part for keys in key["keys"] for part in keys} <= set(page.pressed)

"""Guidelines are Markdown; nothing in them can run."""

from __future__ import annotations

import pytest

from tests.annotator.world import World


def html_of(world: World, markdown: str) -> str:
    world.project.guidelines = markdown
    world.project.save()
    return str(world.as_bob.get(f"/api/v1/projects/{world.project.pk}/guidelines/").json()["html"])


def test_headings_lists_tables_and_links_are_shown_as_they_are_meant(world: World) -> None:
    html = html_of(world, "# Edges\n\n- *visible*\n- ~~hidden~~\n\n|a|b|\n|-|-|\n|1|2|\n\n[more](https://example.org)")
    parts = (
        "<h1>Edges</h1>",
        "<li><em>visible</em></li>",
        "<s>hidden</s>",
        "<td>2</td>",
        '<a href="https://example.org">',
    )
    for part in parts:
        assert part in html
    assert html_of(world, "") == ""


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "![x](vbscript:x)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<javascript:alert(1)>",
        '[x](https://e.org "a\\" onclick=\\"alert(1)")',
    ],
)
def test_what_could_run_is_shown_as_text(world: World, markdown: str) -> None:
    html = html_of(world, markdown)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html.lower()
    assert 'href="data:' not in html
    assert 'onclick="' not in html

"""Guidelines: Markdown to HTML that is safe to show."""

from __future__ import annotations

from markdown_it import MarkdownIt

# HTML in the text is shown as text; the parser itself refuses addresses that run code (`javascript:` and its like).
_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


def as_html(markdown: str) -> str:
    """Return CommonMark, with tables and strikethrough, as HTML without anything that could run."""
    return str(_PARSER.render(markdown))

"""What axe-core has to say about a page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "static" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

SETTLE = "document.getAnimations().forEach(one => one instanceof CSSTransition && one.finish())"
"""Half-way between two colours nothing has its contrast."""


def wear(page: Page, theme: str) -> None:
    """Show the page in the person's own choice of colours, which outweighs the system's."""
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it is now, one line per element."""
    page.evaluate(AXE.read_text())
    page.evaluate(SETTLE)
    found = page.evaluate("rules => axe.run({ runOnly: rules })", RULES)["violations"]
    return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found for node in each["nodes"]]

"""How templates write icons, numbers and sizes. The browser's twin is static/app/pages/format.js."""

from __future__ import annotations

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from annotator.accounts.sign_ins import described

register = template.Library()

THIN_SPACE = "\u202f"


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Return an icon of the sprite; decoration only, so hidden from screen readers."""
    markup = '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>'
    return format_html(markup, f" {extra}" if extra else "", static("vendor/icons/sprite.svg"), name)


@register.filter
def number(value: int | None) -> str:
    """Group digits with thin spaces: 12345 becomes 12 345."""
    return f"{value or 0:,}".replace(",", THIN_SPACE)


@register.filter
def duration(seconds: float | None) -> str:
    """Write active time: 48 s, 12 min, 3 h 05 min."""
    minutes = round((seconds or 0) / 60)
    if minutes < 1:
        return f"{round(seconds or 0)} s"
    return f"{minutes} min" if minutes < 60 else f"{number(minutes // 60)} h {minutes % 60:02} min"


@register.filter
def percent(share: float | None) -> str:
    """Write a share: 0.125 becomes 12 %; a dash where there is none."""
    return "–" if share is None else f"{round(100 * share)}{THIN_SPACE}%"


@register.filter
def size(value: int | None) -> str:
    """Write bytes in MB, small files with two digits."""
    mega = (value or 0) / 1e6
    if mega >= 100:
        return f"{number(round(mega))} MB"
    return f"{mega:.1f} MB" if mega >= 10 else f"{max(mega, 0.01):.2f} MB"


@register.filter
def browser(agent: str) -> str:
    """Say which browser on which system an agent's text is of."""
    return described(agent)


@register.filter
def gigabytes(value: int) -> str:
    """Write the bytes of a disk in GB, few of them with a digit."""
    giga = value / 1e9
    return f"{giga:.1f} GB" if giga < 10 else f"{number(round(giga))} GB"


@register.filter
def spans(parts: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Write shares that make a whole as (x, width, kind) of rectangles in a picture 100 wide."""
    found, x = [], 0.0
    for part in parts:
        width = 100 * part["share"]
        found.append((f"{x:.2f}", f"{width:.2f}", part["part"] or "none"))
        x += width
    return found

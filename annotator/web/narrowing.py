"""Lists that the address narrows and that go on by pages, newest first: the log of a project, the trail of sign-ins."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from rest_framework import serializers

from annotator.web.page import PageRequest

SHOWN = 100


def wanted_of(request: PageRequest, kind: type[serializers.Serializer[Any]]) -> tuple[dict[str, Any], list[str]]:
    """Return what the address asks for, as `kind` reads it, and what of it makes no sense and narrows nothing."""
    sent = {name: value for name in kind().fields if (value := request.GET.get(str(name), ""))}
    checked = kind(data=sent)
    if checked.is_valid():
        return dict(checked.validated_data), []
    wrong = set(checked.errors)
    kept = kind(data={name: value for name, value in sent.items() if name not in wrong})
    kept.is_valid(raise_exception=True)
    return dict(kept.validated_data), [sent[name] for name in sorted(wrong)]


def paged(request: PageRequest, rows: QuerySet[Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the page that the address names: {"rows", "asked": what was wanted as text, "newer", "older": addresses of
    the pages beside it, or ""}."""
    at = int(text) if (text := request.GET.get("page", "")).isascii() and text.isdigit() and len(text) < 6 else 1
    begin = (max(at, 1) - 1) * SHOWN
    found = list(rows[begin : begin + SHOWN + 1])
    asked = {name: str(value) for name, value in wanted.items()}
    return {
        "rows": found[:SHOWN],
        "asked": asked,
        "newer": _address(asked, at - 1) if at > 1 else "",
        "older": _address(asked, at + 1) if len(found) > SHOWN else "",
    }


def _address(asked: dict[str, str], at: int) -> str:
    return "?" + urlencode(asked | {"page": str(at)})

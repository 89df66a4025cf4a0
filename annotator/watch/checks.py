"""What `check --deploy` says beside Django's own checks."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from annotator.watch.connections import trouble_told_quickly


@register(deploy=True)
def enough_connections(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Warn where PostgreSQL lets in fewer connections than this installation can take."""
    said = trouble_told_quickly()
    return [Warning(said, id="maskwright.W001")] if said else []

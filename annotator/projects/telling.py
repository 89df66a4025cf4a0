"""What is done to a project as such, told to whoever follows (`lib/happenings.py`), the project's log above all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from annotator.accounts.models import User
from annotator.lib.happenings import Happening, Kind, tell
from annotator.projects.models import Project

LONG = frozenset({"description", "guidelines", "attributes"})
"""Fields of which only is told that they changed."""


def tell_of(project: Project, kind: Kind, by: User | None, image: uuid.UUID | None = None, **about: Any) -> None:
    """Tell what somebody did; nobody: the server itself, or a program on it."""
    tell(Happening(kind, project.pk, by.pk if by else None, about, image=image))


def tell_changes(
    project: Project, kind: Kind, by: User | None, before: Mapping[str, Any], after: Mapping[str, Any], **about: Any
) -> None:
    """Tell which fields changed, from what to what; nothing where none did."""
    changed = {name: None if name in LONG else [before[name], after[name]] for name in after}
    changed = {name: values for name, values in changed.items() if before[name] != after[name]}
    if changed:
        tell_of(project, kind, by, changed=changed, **about)

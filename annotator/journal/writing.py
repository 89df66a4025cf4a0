"""From what happened to entries of the log."""

from __future__ import annotations

from annotator.accounts.models import User
from annotator.journal.choices import KEPT
from annotator.journal.models import Entry
from annotator.lib.happenings import Happening, Kind


def heard(happening: Happening) -> None:
    """Write an entry, of runs only for exports: what leaves the project is worth remembering."""
    if happening.kind not in KEPT or happening.project is None:
        return
    if happening.kind == Kind.RUN_SUCCEEDED and happening.about.get("kind") != "export":
        return
    actor = User.objects.filter(pk=happening.actor).first() if happening.actor else None
    Entry.objects.create(
        project_id=happening.project, kind=happening.kind, actor=actor, actor_name=actor.name if actor else "",
        about=happening.about,
    )  # fmt: skip

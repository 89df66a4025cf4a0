"""That an audit was drawn, or its corrections taken over, told to whoever follows (`lib/happenings.py`)."""

from __future__ import annotations

from annotator.accounts.models import User
from annotator.audits.models import Audit
from annotator.lib.happenings import Happening, Kind, tell


def tell_drawn(audit: Audit, by: User, count: int) -> None:
    """Tell that a sample was drawn."""
    tell(Happening(Kind.AUDIT_DRAWN, audit.project_id, by.pk, {"number": audit.number, "count": count}))


def tell_taken(audit: Audit, by: User, count: int) -> None:
    """Tell that corrections became the project's masks."""
    tell(Happening(Kind.AUDIT_TAKEN, audit.project_id, by.pk, {"number": audit.number, "count": count}))

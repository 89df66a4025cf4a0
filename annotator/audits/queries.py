"""Audits as a person may see them."""

from __future__ import annotations

import uuid

from annotator.accounts.access import Person, Right, get_for
from annotator.audits.models import Audit


def get_audit_for(user: Person, pk: uuid.UUID, right: Right) -> Audit:
    """Return an audit. Raises NotFound and Forbidden."""
    rows = Audit.objects.select_related("project", "created_by")
    return get_for(user, rows, pk, right, lambda row: row.project, "audit")

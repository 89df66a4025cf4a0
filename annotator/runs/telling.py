"""That a run came to its end, told to whoever follows (`lib/happenings.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotator.lib.happenings import Happening, Kind, tell
from annotator.runs.choices import State
from annotator.runs.models import Run

KINDS = {State.SUCCEEDED: Kind.RUN_SUCCEEDED, State.FAILED: Kind.RUN_FAILED}


RESULTS = ("archive", "name", "bytes", "sha256")
"""What of a run's result others need to fetch what it made."""


def tell_end(run: Run, state: State, *, error: str = "", result: Mapping[str, Any] | None = None) -> None:
    """Tell it, in the transaction that writes it."""
    people = [run.requested_by_id] if run.requested_by_id else []
    about = {"run": str(run.pk), "kind": run.kind, "error": error}
    about |= {name: value for name, value in (result or {}).items() if name in RESULTS}
    tell(Happening(KINDS[state], run.project_id, run.requested_by_id, about, people))

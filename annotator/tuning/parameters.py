"""What a retraining can be asked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MINUTES = (1, 600)


@dataclass(frozen=True)
class Wanted:
    """`minutes`: of training at most; measuring comes on top. `promote`: use the new version at once if it is better
    with confidence. `by_rule`: nobody pressed the button."""

    minutes: int = 20
    promote: bool = False
    by_rule: bool = False

    def to_json(self) -> dict[str, Any]:
        """The parameters as a run stores them."""
        return asdict(self)

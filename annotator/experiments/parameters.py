"""What an experiment can be asked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import TextChoices

COVERED = 0.9
"""Share of an image that masks cover where edges are measured: what nobody drew would count as no edge."""
LIMIT = (1, 500)
POINTS = (4, 64)
PAPER_POINTS = {"proposals": 64, "edges": 16}
"""Points per side of the paper's grids (appendices D.3 and D.2)."""
LONGEST_SIDE = {"edges": 512}
"""Pixels at which edges are compared, about the size of BSDS500's images (481 × 321), which the tolerance and the
thinning are made for. The other tasks are measured at the size of all evaluations."""


class Task(TextChoices):
    """The tasks, in the paper's order."""

    POINT = "point", "Single point"
    EDGES = "edges", "Edges"
    PROPOSALS = "proposals", "Object proposals"
    INSTANCES = "instances", "Instances"


@dataclass(frozen=True)
class Wanted:
    """`task`; `limit`: images drawn at most; `points`: points per side of the grid (0: the paper's); `detector`:
    instances are asked for by a detector's boxes in place of people's."""

    task: str
    limit: int = 50
    points: int = 0
    detector: bool = False

    def to_json(self) -> dict[str, Any]:
        """The parameters as a run stores them."""
        return asdict(self)

    def grid(self) -> int:
        """Points per side; 0 where there is no grid."""
        usual = PAPER_POINTS.get(self.task, 0)
        return self.points or usual if usual else 0

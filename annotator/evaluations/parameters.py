"""What an evaluation can be asked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any

BY_LABEL = "label"
CLICKS = (5, 20)
LIMIT = (1, 2000)


@dataclass(frozen=True)
class Wanted:
    """`clicks`: most simulated clicks per mask, where NoC stops counting. `limit`: masks drawn, by `seed`.
    `baselines`: the classical tools too. `groups`: what groups of masks are compared by: "label", else the name of an
    attribute; blank: nothing."""

    clicks: int = 10
    limit: int = 200
    seed: int = 1
    baselines: bool = False
    groups: str = ""

    def to_json(self) -> dict[str, Any]:
        """The parameters as a run stores them."""
        return asdict(self)


def can_run_baselines() -> bool:
    """Tell whether the classical tools can be asked on this machine: they need OpenCV."""
    return find_spec("cv2") is not None

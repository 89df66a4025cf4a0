"""What a run of automatic mask generation is asked for: the library's parameters, and what becomes of its masks."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from annotator.lib.errors import ApiError
from sam_backend.amg.params import PRESETS, Params, preset

__all__ = ["PRESETS", "Use", "Wanted", "read"]

DEFAULT = "quick"
_WHOLE = {field.name for field in fields(Params) if isinstance(field.default, int)}
_SEARCH = {field.name for field in fields(Params)}


@dataclass(frozen=True, slots=True)
class Use:
    """What becomes of the masks."""

    avoid_iou: float = 0.5
    """A mask this much like an accepted object (IoU) is no news; above 1, everything is suggested."""
    avoid_inside: float = 0.9
    """A mask with this share inside an accepted object is part of it; above 1, parts are suggested too."""
    prefill_above: float | None = None
    """Predicted IoU from which the editor shows a suggestion as if it had been accepted; None = half way between the
    search's threshold and 1."""


_LIMITS = {"avoid_iou": (0.05, 2.0), "avoid_inside": (0.05, 2.0), "prefill_above": (-1.0, 2.0)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A checked wish."""

    preset: str
    search: Params
    use: Use

    @property
    def prefill_above(self) -> float:
        """The predicted IoU from which suggestions come pre-filled."""
        chosen = self.use.prefill_above
        return chosen if chosen is not None else (1 + self.search.predicted_iou) / 2

    def to_json(self) -> dict[str, Any]:
        """Every parameter with its value, as plain data that `read` takes back."""
        values = {"preset": self.preset} | asdict(self.search) | asdict(self.use)
        return {name: value for name, value in values.items() if value is not None}


def read(given: object, base: dict[str, Any] | None = None) -> Wanted:
    """Return what a client wants: a preset, and single parameters that shall differ from it. Without a preset the
    differences are to `base`, the project's own parameters. Raises ApiError that names what makes no sense."""
    if not isinstance(given, dict):
        raise _refused("params", "An object is needed here.")
    merged = given if "preset" in given else (base or {}) | given
    name = merged.get("preset", DEFAULT)
    if not isinstance(name, str) or name not in PRESETS:
        raise _refused("preset", f"One of {', '.join(PRESETS)} is needed here.")
    values = {key: _number(key, value) for key, value in merged.items() if key != "preset"}
    use = Use(**{key: value for key, value in values.items() if key in _LIMITS})
    try:
        search = preset(name, **{key: value for key, value in values.items() if key in _SEARCH})
    except ValueError as error:
        raise _refused("params", str(error)) from None
    return Wanted(name, search, use)


def _number(name: str, value: object) -> Any:
    if name not in _SEARCH and name not in _LIMITS:
        raise _refused(name, "This parameter is unknown here.")
    whole = name in _WHOLE
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        raise _refused(name, f"A {'whole ' if whole else ''}number is needed here.")
    lowest, highest = _LIMITS.get(name, (-1e9, 1e9))
    if not lowest <= value <= highest:
        raise _refused(name, f"It must lie between {lowest:g} and {highest:g}.")
    return value


def _refused(name: str, sentence: str) -> ApiError:
    return ApiError("invalid", f"{name}: {sentence}", fields={name: [sentence]})

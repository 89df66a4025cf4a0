"""Who is learnt from, who chooses the weights, who is only measured: by group, decided by a hash.

A group's place does not depend on the other groups, so an image that was held out once is held out again when more
have been accepted. Only where a side would be empty are the groups nearest to the border moved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sam_backend.tuning.errors import TuneError
from sam_backend.tuning.records import Example, TuneOptions

LEAST_MASKS = 10
"""Fewer teach nothing that could be shown to help."""
LEAST_GROUPS = 4
"""Two to learn from, of which one chooses the weights, and two held out, or there is nothing to take an interval of."""
LEAST_LEARNT, LEAST_CHECK, LEAST_HELD_OUT = 1, 1, 2


@dataclass(frozen=True)
class Split:
    """Three sides without a common group; the order is the examples'."""

    train: tuple[Example, ...]
    check: tuple[Example, ...]
    held_out: tuple[Example, ...]


def split(examples: Sequence[Example], options: TuneOptions) -> Split:
    """Deals examples out by group.

    Raises:
        TuneError: too few masks, images or groups; a key twice.
    """
    given = [example for example in examples if example.masks]
    _check(given)
    groups = sorted({example.group for example in given}, key=lambda group: place(group, options.seed, "held out"))
    held = _first(groups, options.held_out, LEAST_HELD_OUT, LEAST_LEARNT + LEAST_CHECK, options.seed, "held out")
    rest = sorted(set(groups) - held, key=lambda group: place(group, options.seed, "check"))
    check = _first(rest, options.check, LEAST_CHECK, LEAST_LEARNT, options.seed, "check")
    return Split(
        tuple(e for e in given if e.group not in held | check),
        tuple(e for e in given if e.group in check),
        tuple(e for e in given if e.group in held),
    )


def place(group: str, seed: int, draw: str) -> float:
    """A number in 0..1 that a group has for ever."""
    digest = hashlib.sha256(f"{draw}\n{seed}\n{group}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _first(groups: list[str], share: float, least: int, leave: int, seed: int, draw: str) -> set[str]:
    """The groups placed under `share`, at least `least` of them, and all but `leave` of them at most."""
    count = sum(place(group, seed, draw) < share for group in groups)
    return set(groups[: min(max(count, least), len(groups) - leave)])


def _check(examples: Sequence[Example]) -> None:
    masks = sum(len(example.masks) for example in examples)
    if masks < LEAST_MASKS:
        raise TuneError(
            f"There are {masks} accepted masks; {LEAST_MASKS} are the least that a model can learn from. "
            "Accept more masks, then try again."
        )
    if len({example.key for example in examples}) != len(examples):
        raise TuneError("An image was given twice; each may be there once, with all of its masks.")
    groups = len({example.group for example in examples})
    if groups < LEAST_GROUPS:
        raise TuneError(
            f"The accepted masks lie on {_images(len(examples))} of {_groups(groups)}; at least {LEAST_GROUPS} are "
            "needed, so that the model can be measured on images that it has not learnt from. Annotate more images."
        )


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"


def _groups(count: int) -> str:
    return "1 group (a video is one)" if count == 1 else f"{count} groups (a video is one)"

"""Train, validation and test: by a stable hash, or by hand, and never two of them in one group."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from annotator.datasets.choices import Part
from annotator.datasets.groups import Groups

NAMED = 20
"""How many torn groups a report names."""


@dataclass(frozen=True, slots=True)
class Split:
    """How images are divided. `shares` are per cent by part, for images that nobody put anywhere; without any, those
    stay outside of all parts. `seed` gives another division of the same images."""

    shares: Mapping[str, int] = field(default_factory=dict)
    seed: str = ""
    groups: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return a split from plain values, in the one order they are written in."""
        shares = {str(part): int(values["shares"][part]) for part in Part if (values.get("shares") or {}).get(part)}
        return cls(shares, str(values.get("seed", "")), tuple(sorted(set(values.get("groups", ())))))

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"shares": dict(self.shares), "seed": self.seed, "groups": list(self.groups)}

    def part_of(self, key: str) -> str:
        """Return the part that a key's hash falls into, "" without shares."""
        whole, reached = sum(self.shares.values()), 0
        digest = hashlib.sha256(f"{self.seed}\0{key}".encode()).digest()
        at = int.from_bytes(digest[:8], "big") * whole >> 64
        for part, share in self.shares.items():
            reached += share
            if at < reached:
                return part
        return ""


@dataclass(slots=True)
class Division:
    """The part of each image by its id, the size of each group by part, and what could not be kept together."""

    parts: dict[uuid.UUID, str]
    groups: Counter[str] = field(default_factory=Counter)
    largest: int = 0
    torn: list[list[str]] = field(default_factory=list)
    by_hand: int = 0


def divide(images: Sequence[dict[str, Any]], groups: Groups, split: Split, placed: Mapping[uuid.UUID, str]) -> Division:
    """Give each image (rows with `id`, `name`) its part. A group goes where somebody put an image of it; where people
    put its images into several parts, each stays there and the group counts as torn."""
    division = Division({})
    for members in groups.members().values():
        ids = [images[place]["id"] for place in members]
        chosen = [part for part in Part.values if any(placed.get(one) == part for one in ids)]
        usual = chosen[0] if chosen else split.part_of(groups.key(members))
        for one in ids:
            division.parts[one] = placed.get(one, usual)
        division.by_hand += sum(one in placed for one in ids)
        division.groups[usual] += 1
        division.largest = max(division.largest, len(ids))
        if len(chosen) > 1:
            division.torn.append([images[place]["name"] for place in members[:NAMED]])
    return division


@dataclass(slots=True)
class Balance:
    """Counts images and objects by part and label while a snapshot is written."""

    images: Counter[str] = field(default_factory=Counter)
    objects: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    labelled: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    """Images that hold a label."""

    def add(self, part: str, labels: Sequence[str | None]) -> None:
        """Count an image and the labels of the objects on it."""
        self.images[part] += 1
        for label in labels:
            self.objects[part, label] += 1
        for label in set(labels):
            self.labelled[part, label] += 1

    def report(self, names: Mapping[str | None, str], split: Split | None, division: Division | None) -> dict[str, Any]:
        """Return objects and images by label, and where there is a split the parts, the groups and which labels a part
        lacks. `names` are the labels in their order."""
        labels = [self._label(key, names[key]) for key in names if any(one == key for _, one in self.objects)]
        found: dict[str, Any] = {"labels": labels}
        if split is None or division is None:
            return found
        whole = sum(self.images.values())
        there = [part for part in (*Part.values, "") if self.images[part] or part in split.shares]
        wanted = sum(split.shares.values())
        found["parts"] = [
            {
                "part": part,
                "wanted": split.shares.get(part, 0) / wanted if wanted else None,
                "share": self.images[part] / whole if whole else 0.0,
                "images": self.images[part],
                "objects": sum(count for (where, _), count in self.objects.items() if where == part),
                "groups": division.groups[part],
            }
            for part in there
        ]
        found["groups"] = {
            "count": sum(division.groups.values()), "largest": division.largest, "torn": len(division.torn),
            "torn_examples": division.torn[:NAMED], "by_hand": division.by_hand,
        }  # fmt: skip
        found["missing"] = [
            {"label": row["name"], "part": part}
            for row in labels for part in there if part and not row["parts"].get(part)
        ]  # fmt: skip
        return found

    def _label(self, key: str | None, name: str) -> dict[str, Any]:
        parts = {part: count for (part, label), count in self.objects.items() if label == key}
        return {
            "label": key, "name": name, "objects": sum(parts.values()),
            "images": sum(count for (_, label), count in self.labelled.items() if label == key), "parts": parts,
        }  # fmt: skip

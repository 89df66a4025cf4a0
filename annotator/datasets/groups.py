"""Images that belong together, so that no two parts of a data set share them."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from annotator.datasets.choices import Group
from annotator.datasets.fingerprints import near_pairs, unsigned
from annotator.datasets.models import Fingerprint
from annotator.datasets.selection import Selection
from annotator.projects.models import Project
from annotator.projects.video.notes import video_of

ATTRIBUTE = "attribute:"
"""Before an attribute's name, where its values must stay in one part."""


class Union:
    """Places 0 to n − 1 that are joined to groups."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def root(self, place: int) -> int:
        """Return the place that stands for the group: its lowest."""
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place

    def join(self, one: int, other: int) -> None:
        """Make two groups one."""
        low, high = sorted((self.root(one), self.root(other)))
        self._above[high] = low


class Groups:
    """The groups of images: `root` of each place, and the `key` by which a place is hashed."""

    def __init__(self, images: Sequence[dict[str, Any]]) -> None:
        self._union = Union(len(images))
        self._places = {image["id"]: place for place, image in enumerate(images)}
        self._first: dict[str, int] = {}
        self._own = [image["sha256"] for image in images]
        self._named: dict[int, str] = {}

    def same(self, image: uuid.UUID, name: str) -> None:
        """Say that an image belongs to what has this name."""
        place = self._places.get(image)
        if place is None:
            return
        first = self._first.setdefault(name, place)
        self._union.join(first, place)
        self._named[place] = min(name, self._named.get(place, name))

    def alike(self, one: uuid.UUID, other: uuid.UUID) -> None:
        """Say that two images belong together."""
        if one in self._places and other in self._places:
            self._union.join(self._places[one], self._places[other])

    def members(self) -> dict[int, list[int]]:
        """Return the places of each group, by its lowest."""
        found: dict[int, list[int]] = {}
        for place in range(len(self._own)):
            found.setdefault(self._union.root(place), []).append(place)
        return found

    def key(self, members: Iterable[int]) -> str:
        """Return what a group is hashed by: the first of its names where it has one, for a video that grows is the same
        video, else the lowest hash of its images."""
        members = list(members)
        names = [self._named[place] for place in members if place in self._named]
        return min(names) if names else min(self._own[place] for place in members)


def groups_of(project: Project, images: Sequence[dict[str, Any]], selection: Selection, kinds: Iterable[str]) -> Groups:
    """Join images (rows with `id`, `sha256`, `folder`, `notes`) by each of `kinds`: values of `Group`, or an
    attribute's name behind `attribute:`. Near-duplicates need fingerprints, see `fingerprints.take_missing`."""
    groups = Groups(images)
    for kind in sorted(set(kinds)):
        if kind == Group.DUPLICATES:
            _join_duplicates(project, groups)
        elif kind.startswith(ATTRIBUTE):
            _join_attribute(project, selection, kind.removeprefix(ATTRIBUTE), groups)
        else:
            for image in images:
                video = video_of(image["notes"]) if kind == Group.VIDEO else ""
                if video or (kind == Group.FOLDER and image["folder"]):
                    groups.same(image["id"], f"{kind}:{image['folder']}/{video}")
    return groups


def _join_duplicates(project: Project, groups: Groups) -> None:
    rows = list(Fingerprint.objects.filter(image__project=project).order_by("image").values_list("image_id", "bits"))
    for one, other in near_pairs(unsigned([bits for _, bits in rows])).tolist():
        groups.alike(rows[one][0], rows[other][0])


def _join_attribute(project: Project, selection: Selection, name: str, groups: Groups) -> None:
    rows = selection.objects(project).order_by().values_list("image_id", "attributes")
    for image, attributes in rows.iterator(2000):
        value = attributes.get(name)
        if value not in (None, "", []):
            written = json.dumps(value, sort_keys=True, ensure_ascii=False)
            # Long texts are kept once, not once per name of a group.
            groups.same(image, f"{ATTRIBUTE}{name}={hashlib.sha256(written.encode()).hexdigest()}")

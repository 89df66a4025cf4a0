"""What an import would do: the data set read, its images met with the project's, all counted. Changes nothing."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from annotator.annotations.models import Annotation
from annotator.imports import labels
from annotator.imports.matching import Album, How, Match
from annotator.imports.objects import LOSSES, Named, count_image_losses, count_losses, named
from annotator.lib.words import counted
from annotator.projects.models import Project
from export import FORMATS, ArchiveError, Category, ImageRecord, Instance
from export.files import Files
from export.formats.detect import detect
from export.reading import Problem
from export.reading.shelf import Shelf

Told = Callable[[float, str], None]
CHUNK = 500


@dataclass(slots=True)
class Group:
    """What a data set has for one image: of several entries with the same picture, all of it. `ids` are their numbers
    in the data set, `count` how many objects they have."""

    record: ImageRecord
    match: Match
    ids: list[int] = field(default_factory=list)
    count: int = 0

    @property
    def usable(self) -> bool:
        """Whether there is, or will be, an image for it."""
        return not self.match.problem


@dataclass(slots=True)
class Plan:
    """A data set beside a project. `labels` are names by category, `problems` what the reader and matching found; the
    objects lie on a shelf, and in memory are those of one image."""

    format: str
    shelf: Shelf
    categories: dict[str, Category]
    labels: dict[int | None, str]
    groups: list[Group]
    images: Counter[str]
    problems: list[Problem]

    def objects(self, group: Group, image: uuid.UUID) -> list[Named]:
        """Return a group's objects as they are called on this image."""
        return named(image, self.instances(group), self.labels)

    def instances(self, group: Group) -> Iterator[Instance]:
        """Go through a group's objects as the data set has them."""
        for number in group.ids:
            yield from self.shelf.of(number)


def recognise(files: Files, chosen: str) -> str:
    """Return the format that was chosen, else the one the files have. Raises ArchiveError."""
    if chosen:
        return chosen
    if not files.paths():
        raise ArchiveError("There is no file in it.")
    try:
        found = detect(files)
    except ArchiveError:
        found = ""
    if found not in FORMATS:
        raise ArchiveError("Its format is not recognised. Choose it, or look whether this is the right file.")
    return found


def make(project: Project, files: Files, format_name: str, told: Told) -> Plan:
    """Read a data set and meet it with the project. `told` hears the share done, and may raise to stop it.

    Raises ArchiveError where nothing can be read."""
    read = FORMATS[format_name].read
    if read is None:
        raise ArchiveError(f"{FORMATS[format_name].title} is written here, not read.")
    if lack := FORMATS[format_name].lack():
        raise ArchiveError(f"{lack} The worker that reads imports has to have it.")
    told(0.0, "Reading the annotations")
    dataset, problems = read(files)
    if not dataset.images and problems:
        raise ArchiveError(f"Nothing could be read as {FORMATS[format_name].title}. {problems[0]}")
    names: dict[int | None, str] = {None: labels.UNNAMED}
    names |= {category.id: labels.name_of(category) for category in dataset.categories}
    if not isinstance(dataset.instances, Shelf):
        raise TypeError("Readers give the objects on a shelf.")
    plan = Plan(
        format=format_name,
        shelf=dataset.instances,
        categories={names[category.id]: category for category in dataset.categories},
        labels=names,
        groups=[],
        images=Counter(),
        # Whether there is a picture is told by the matching: the project may have it.
        problems=[problem for problem in problems if not problem.absent],
    )
    _meet(plan, project, files, dataset.images, told)
    return plan


def _meet(plan: Plan, project: Project, files: Files, records: Iterable[ImageRecord], told: Told) -> None:
    album, groups = Album(project), dict[uuid.UUID | str, Group]()
    images = list(records)
    for number, record in enumerate(images):
        told(0.1 + 0.8 * number / len(images), f"Comparing images: {number + 1} of {len(images)}")
        match = album.match(files, record)
        plan.images[match.how.value] += 1
        count = plan.shelf.count(record.id)
        if match.problem:
            lost = f" {counted(count, 'object')} on it left out." if count else ""
            plan.problems.append(Problem(record.path, record.file_name, match.problem + lost))
            plan.groups.append(Group(record, match, [record.id], count))
            continue
        key = match.image or match.sha256
        if key not in groups:
            groups[key] = Group(record, match)
            plan.groups.append(groups[key])
        groups[key].ids.append(record.id)
        groups[key].count += count


def report(project: Project, plan: Plan, told: Told) -> dict[str, Any]:
    """Return what the dry run says."""
    usable = [group for group in plan.groups if group.usable]
    counts, lost, suggested = Counter[str](), Counter[str](), 0
    for number, group in enumerate(usable):
        told(0.9, f"Counting objects: image {number + 1} of {len(usable)}")
        count_image_losses(group.record, lost)
        for instance in plan.instances(group):
            counts[plan.labels[instance.category_id]] += 1
            suggested += instance.suggested
            count_losses(instance, lost)
    told(0.9, "Counting what is there already")
    return {
        "format": plan.format,
        "title": FORMATS[plan.format].title,
        "images": {"total": plan.images.total()} | {how.value: plan.images[how.value] for how in How},
        "annotations": {
            "total": len(plan.shelf),
            "ready": counts.total(),
            "there": _there(plan, usable),
            "suggested": suggested,
        },
        "labels": _labels(project, plan, counts),
        "lost": losses_json(lost),
        "problems": len(plan.problems),
    }


def losses_json(lost: Counter[str]) -> list[dict[str, Any]]:
    """Return what a project has no place for, with its rule."""
    return [{"kind": kind, "count": lost[kind], "rule": rule} for kind, rule in LOSSES.items() if lost[kind]]


def _labels(project: Project, plan: Plan, counts: Counter[str]) -> list[dict[str, Any]]:
    names = list(plan.categories) + [name for name in counts if name not in plan.categories]
    guessed = labels.guess(project, names)
    return [{"name": name, "count": counts[name], "choice": guessed[name]} for name in names]


def _there(plan: Plan, groups: list[Group]) -> int:
    """Count the objects that the project has already."""
    count, asked = 0, list[tuple[uuid.UUID, list[uuid.UUID]]]()
    for group in groups:
        if group.match.image is not None:
            image = group.match.image
            asked += [(image, one.ids()) for one in plan.objects(group, image)]
        if len(asked) >= CHUNK:
            count, asked = count + _found(asked), []
    return count + _found(asked)


def _found(asked: list[tuple[uuid.UUID, list[uuid.UUID]]]) -> int:
    """How many of these objects, each an image and the ids it may have, are there."""
    keys, there = [pk for _, ids in asked for pk in ids], set[tuple[uuid.UUID, uuid.UUID]]()
    for start in range(0, len(keys), CHUNK):
        rows = Annotation.objects.filter(pk__in=keys[start : start + CHUNK], deleted_at=None)
        there |= set(rows.values_list("image", "pk"))
    return sum(any((image, pk) in there for pk in ids) for image, ids in asked)

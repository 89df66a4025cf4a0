"""How far people agree: as a whole, by label, by pair of people, and week by week."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from annotator.accounts.access import Person, Right, may
from annotator.accounts.models import User
from annotator.agreement.comparing import catch_up
from annotator.agreement.copies import merged, overlapping, waiting
from annotator.agreement.models import Compared
from annotator.lib.measures import Measure, alpha, mean
from annotator.projects.choices import Audience
from annotator.projects.models import Project

Unit = list[str | None]


@dataclass(slots=True)
class Part:
    """One image as far as it is looked at: for each object the labels it was given, of `coders` people, and the overlap
    of each two masks of it (as `Compared.pairs`)."""

    coders: int
    units: list[Unit]
    pairs: list[list[float | int]]

    @property
    def found(self) -> tuple[int, int]:
        """Pairs of people who both have an object, twice, and how often one of a pair has one: the harmonic mean of
        precision and recall (F1) of each with the other is their quotient."""
        there = [sum(value is not None for value in unit) for unit in self.units]
        return sum(n * (n - 1) for n in there), sum(n * (self.coders - 1) for n in there)


def sees_people(user: Person, project: Project) -> bool:
    """Tell whether somebody sees the numbers of single people here, beside their own."""
    return may(user, project, Right.MANAGE) or project.person_numbers == Audience.MEMBERS


def agreement_for(user: User, project: Project) -> dict[str, Any]:
    """Return the numbers of a project as this person may see them: who does not see those of single people has the
    pairs in which they are themselves."""
    left, people = catch_up(project), sees_people(user, project)
    rows = list(Compared.objects.filter(project=project, image__deleted_at=None))
    images = overlapping(project)
    wholes = [whole(row) for row in rows]
    return {
        "images": len(rows),
        "left": left,
        "overlapping": images.count(),
        "waiting": waiting(images).count(),
        "merged": merged(images).count(),
        "overall": figures(wholes),
        "labels": _by_label(project, wholes),
        "pairs": _by_pair(rows, None if people else user.pk),
        "weeks": _by_week(rows),
        "sees_people": people,
    }


def whole(row: Compared) -> Part:
    """Return an image with all the people who worked on it."""
    return Part(len(row.people), row.units, row.pairs)


def figures(parts: list[Part]) -> dict[str, Any]:
    """Return what is said of some images, each number with its interval."""
    found = [part.found for part in parts]
    return {
        "images": len(parts),
        "objects": sum(len(part.units) for part in parts),
        "found": mean([pair[0] for pair in found], [pair[1] for pair in found]).to_json(),
        "iou": _mean(parts, 3).to_json(),
        "boundary_iou": _mean(parts, 4).to_json(),
        "alpha": alpha(part.units for part in parts).to_json(),
    }


def _mean(parts: list[Part], column: int) -> Measure:
    return mean([sum(pair[column] for pair in part.pairs) for part in parts], [len(part.pairs) for part in parts])


def _by_label(project: Project, parts: list[Part]) -> list[dict[str, Any]]:
    """One label against all others: an object has it when somebody gave it."""
    rows = []
    for label in project.labels.all():
        mine = [about for part in parts if (about := _of_label(part, str(label.pk))).units]
        if mine:
            said = {"id": str(label.pk), "name": label.name, "color": label.color}
            rows.append({"label": said} | figures(mine) | {"alpha": _against_others(parts, str(label.pk)).to_json()})
    return sorted(rows, key=lambda row: (-row["objects"], row["label"]["name"]))


def _of_label(part: Part, label: str) -> Part:
    """Return the objects to which somebody gave this label; who made them with another one has found them, too."""
    mine = [at for at, unit in enumerate(part.units) if label in unit]
    return Part(part.coders, [part.units[at] for at in mine], [pair for pair in part.pairs if pair[0] in mine])


def _against_others(parts: Iterable[Part], label: str) -> Measure:
    return alpha(
        [[None if value is None else str(value == label) for value in unit] for unit in part.units] for part in parts
    )


def _by_pair(rows: list[Compared], only: uuid.UUID | None) -> list[dict[str, Any]]:
    by_pair: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for row in rows:
        for a, b in combinations(range(len(row.people)), 2):
            one, other = row.people[a], row.people[b]
            if one and other and (only is None or str(only) in (one, other)):
                by_pair[min(one, other), max(one, other)].append(between(row, a, b))
    ids = {uuid.UUID(pk) for pair in by_pair for pk in pair}
    names = {str(user.pk): user.name for user in User.objects.filter(pk__in=ids)}
    shown = [
        {"people": [{"id": pk, "name": names.get(pk, "")} for pk in sorted(pair, key=lambda pk: names.get(pk, ""))]}
        | figures(parts)
        for pair, parts in by_pair.items()
    ]
    return sorted(shown, key=lambda row: [person["name"] for person in row["people"]])


def between(row: Compared, a: int, b: int) -> Part:
    """Return an image as two of its people see it."""
    pairs = [pair for pair in row.pairs if (pair[1], pair[2]) == (a, b)]
    units = [unit for values in row.units if (unit := [values[a], values[b]]) != [None, None]]
    return Part(2, units, pairs)


def _by_week(rows: list[Compared]) -> list[dict[str, Any]]:
    weeks: dict[date, list[Part]] = defaultdict(list)
    for row in rows:
        weeks[row.day - timedelta(days=row.day.weekday())].append(whole(row))
    return [{"week": week} | figures(parts) for week, parts in sorted(weeks.items())]

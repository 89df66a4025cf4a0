"""The numbers of a project as people see them: totals, by day, by person, by label, in a fixed number of queries."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from annotator.accounts.access import Person, sees_all
from annotator.accounts.models import User
from annotator.agreement.numbers import sees_people
from annotator.agreement.standings import NOTHING, standings_of
from annotator.annotations.models import Merge
from annotator.dashboard import steps
from annotator.dashboard.models import SUMS, Tally
from annotator.dashboard.tally import catch_up, count
from annotator.lib.days import last, start_of
from annotator.lib.errors import NotFound
from annotator.projects.models import Project

Totals = dict[Any, Counter[str]]
Standings = dict[uuid.UUID | None, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a member may see: everybody's rows or their own; `whole`: the project's sums and progress, too."""

    people: bool
    whole: bool


def sight_of(user: Person, project: Project) -> Sight:
    """Managers see everybody. Others do where the project says so; who sees the images of their own jobs only sees
    their own numbers only."""
    whole = sees_all(user, project)
    return Sight(people=whole and sees_people(user, project), whole=whole)


def numbers_for(user: User, project: Project, count_of_days: int, person: uuid.UUID | None = None) -> dict[str, Any]:
    """Return the numbers of the last days as this person may see them; `person` narrows days and labels to somebody.

    Raises NotFound for somebody whose numbers one may not see."""
    sight, days = sight_of(user, project), last(count_of_days)
    if person not in (None, user.pk) and not sight.people:
        raise NotFound("person")
    only = person if person or sight.whole else user.pk
    kept, fresh = rows_since(project, days[0])
    moves = steps.moves_since(project, days[0])
    finished = steps.done_by(moves, days)
    standings = standings_of(project)
    return {
        "days": _by_day(days, _by("day", kept, fresh, only), finished, only),
        "people": _by_person(_by("person_id", kept, fresh, None if sight.people else user.pk), finished, user,
                             standings, everybody=sight.people),
        "labels": _by_label(project, _by("label_id", kept, fresh, only)),
        "sees_people": sight.people,
    } | (_whole(project, moves, days) if sight.whole else {"progress": [], "estimate": None})  # fmt: skip


def _whole(project: Project, moves: list[dict[str, Any]], days: list[date]) -> dict[str, Any]:
    standings = steps.standings_of(project)
    estimate = steps.pace(project, standings, moves, days[-1])
    return {"progress": steps.progress(project, standings, moves, days), "estimate": estimate}


def rows_since(project: Project, since: date) -> tuple[QuerySet[Tally], list[Tally]]:
    """Return the tallies since a day, to be summed in the database, and what is not in them yet."""
    until = catch_up(project)
    kept = Tally.objects.filter(project=project, day__gte=since).order_by()
    return kept, count(project, max(until, start_of(since)))


def _by(key: str, kept: QuerySet[Tally], fresh: Iterable[Tally], person: uuid.UUID | None) -> Totals:
    """Sum by a column, for everybody or one person."""
    return {row: sums for (row,), sums in sums_by((key,), kept, fresh, person).items()}


def sums_by(
    keys: tuple[str, ...], kept: QuerySet[Tally], fresh: Iterable[Tally], person: uuid.UUID | None
) -> dict[tuple[Any, ...], Counter[str]]:
    """Sum by columns, for everybody or one person; what is kept is summed in the database."""
    found: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    mine = kept if person is None else kept.filter(person=person)
    grouped: Any = mine.values(*keys).annotate(**{f"sum_{name}": Sum(name) for name in SUMS})
    for row in grouped:
        found[tuple(row[key] for key in keys)].update({name: row[f"sum_{name}"] for name in SUMS})
    for tally in fresh:
        if person in (None, tally.person_id):
            found[tuple(getattr(tally, key) for key in keys)].update({name: getattr(tally, name) for name in SUMS})
    return found


def _by_day(
    days: list[date], totals: Totals, finished: Counter[tuple[date, Any]], person: uuid.UUID | None
) -> list[dict[str, Any]]:
    images: Counter[date] = Counter()
    for (day, actor), count_of_images in finished.items():
        if person in (None, actor):
            images[day] += count_of_images
    return [{"day": day, "images": images[day]} | figures(totals.get(day, Counter())) for day in days]


def _by_person(
    totals: Totals, finished: Counter[tuple[date, Any]], user: User, standings: Standings, *, everybody: bool
) -> list[dict[str, Any]]:
    images: Counter[uuid.UUID | None] = Counter()
    for (_, actor), count_of_images in finished.items():
        images[actor] += count_of_images
    wanted = set(totals) | set(images) if everybody else {user.pk}
    names = {person.pk: person.name for person in User.objects.filter(pk__in=[pk for pk in wanted if pk])}
    rows = [
        {"person": {"id": str(pk), "name": names[pk]} if pk in names else None, "images": images[pk]}
        | figures(totals.get(pk, Counter()))
        | standings.get(pk, NOTHING)
        for pk in wanted
    ]
    return sorted(rows, key=lambda row: (-row["made"], -row["images"], row["person"]["name"] if row["person"] else ""))


def _by_label(project: Project, totals: Totals) -> list[dict[str, Any]]:
    known, now = {label.pk: label for label in project.labels.all()}, now_called(project)
    merged: Totals = defaultdict(Counter)
    for pk, sums in totals.items():
        merged[now.get(pk, pk)].update(sums)
    rows = [
        {"label": {"id": str(pk), "name": known[pk].name, "color": known[pk].color} if pk in known else None}
        | figures(sums)
        for pk, sums in merged.items()
        if sums["made"] or sums["seconds"] or sums["deleted"]
    ]
    return sorted(rows, key=lambda row: (-row["made"], row["label"]["name"] if row["label"] else ""))


def now_called(project: Project) -> dict[uuid.UUID, uuid.UUID]:
    """Return which labels were merged away, each with the label its objects have now."""
    merges = Merge.objects.filter(project=project, undone=None).order_by("-created")
    found: dict[uuid.UUID, uuid.UUID] = {}
    for label, into in merges.values_list("label__id", "into"):
        found[uuid.UUID(label)] = found.get(into, into)
    return found


def figures(sums: Counter[str]) -> dict[str, Any]:
    """Return sums with what follows from them; None where there is nothing to divide by."""
    timed, judged = sums["timed"], sums["judged"]
    whole = {name: int(sums[name]) for name in SUMS if name != "seconds"}
    return whole | {
        "seconds": round(sums["seconds"], 1),
        "seconds_per_mask": round(sums["seconds"] / timed, 2) if timed else None,
        "clicks_per_mask": round(sums["clicks"] / timed, 2) if timed else None,
        "passed_share": round(sums["passed"] / judged, 4) if judged else None,
    }
